#include "agents/home/amendment.hpp"

#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  crypto::Charter first;

  Rig() {
    agree({"bleu", "delos", "acme"});
    first = *open("bleu").charter;
  }
  Result<crypto::Charter> amend(const Amendment& wish) { return amended(first, wish, now()); }
  crypto::Charter signed_by(crypto::Charter charter, const std::vector<std::string>& orgs) {
    for (const auto& org : orgs)
      REQUIRE(sign_agreement(charter, root_key(org), now()).has_value());
    return charter;
  }
  Result<void> accept(const std::string& org, const crypto::Charter& charter) {
    return accept_agreement(disk, open(org), charter, now());
  }
};

}  // namespace

TEST_CASE("an amendment says who joins and leaves, and the rule follows the members") {
  Rig rig;
  rig.found("anssi");
  const auto next = rig.amend({.cards = {rig.open("anssi").card}, .removed = {"acme"}});
  REQUIRE(next);
  CHECK(next->body.version == 2);
  CHECK(next->member("anssi") != nullptr);
  CHECK(next->is_former("acme"));
  CHECK(next->body.amend.members == 2);
  CHECK(rig.amend({.removed = {"acme"}})->body.amend.members == 2);
  CHECK(rig.amend({.members = 3})->body.amend.members == 3);
}

TEST_CASE("what cannot be meant is refused before anything is drawn up") {
  Rig rig;
  CHECK(code(rig.amend({})) == "refused");
  CHECK(code(rig.amend({.removed = {"nobody"}})) == "usage");
  CHECK(code(rig.amend({.removed = {"acme"}, .lost = {"acme"}})) == "usage");
  CHECK(code(rig.amend({.cards = {rig.open("acme").card}, .removed = {"acme"}})) == "usage");
  CHECK(says(rig.amend({.members = 1}), "'amend_members' is 1"));
  const auto too_few = rig.amend({.removed = {"acme", "delos"}});
  CHECK(code(too_few) == "invalid");
  CHECK(too_few.error().hint.find("--policy") != std::string::npos);
}

TEST_CASE("thresholds are read as CLASS=ORGS or CLASS=ORGS/LOCAL") {
  CHECK(policy_from("block=3/2")->orgs_distinct == 3);
  CHECK(policy_from("block=3/2")->local_orgs_distinct == 2);
  CHECK(policy_from("undo=1")->action_class == "undo");
  for (const auto* bad : {"block", "block=", "block=0", "block=2/", "block=x", "b/1=2", "block=2/0"})
    CHECK(code(policy_from(bad)) == "usage");
  Rig rig;
  const auto next = rig.amend({.policies = {{"block", 3, 2}, {"isolate", 1, 1}}});
  REQUIRE(next);
  CHECK(next->policy("block")->orgs_distinct == 3);
  CHECK(next->policy("isolate")->orgs_distinct == 1);
}

TEST_CASE("the members that remain remove one without its signature, and it cannot come back alone") {
  Rig rig;
  auto next = rig.signed_by(*rig.amend({.removed = {"acme"}}), {"bleu"});
  CHECK(code(rig.accept("delos", next)) == "refused");
  next = rig.signed_by(next, {"delos"});
  REQUIRE(rig.accept("bleu", next));
  CHECK(rig.open("bleu").charter->body.version == 2);
  CHECK(says(rig.accept("bleu", rig.first), "older than version 2"));
  CHECK(code(rig.accept("acme", next)) == "refused");
}

TEST_CASE("a member that is lost needs not sign, and counts again once it is taken back") {
  Rig rig;
  const auto lost = rig.signed_by(*rig.amend({.lost = {"acme"}}), {"bleu", "delos"});
  REQUIRE(rig.accept("bleu", lost));
  CHECK(rig.open("bleu").charter->body.is_lost("acme"));
  // It is a member still: what it accepts is this version too.
  CHECK(code(rig.accept("acme", lost)) == "none");
  const auto back = amended(lost, {.back = {"acme"}}, rig.now());
  REQUIRE(back);
  CHECK_FALSE(back->body.is_lost("acme"));
}

TEST_CASE("a lost root is replaced: card, agents and persons get the word of the new one") {
  Rig rig;
  const auto person =
      make_person(rig.disk, rig.entropy, rig.open("delos"),
                  {.name = "erika", .roles = 2, .keys = "/keys", .root_folder = rig.root("delos"),
                   .passphrase = {}},
                  rig.now());
  REQUIRE(person);
  const auto before = rig.open("delos");
  const auto recovery = read_recovery(rig.disk, rig.root("delos"), {});
  REQUIRE(recovery);
  const auto anew = make_root(rig.disk, rig.entropy, "/new-root", {});
  REQUIRE(anew);
  CHECK(code(make_root(rig.disk, rig.entropy, "/new-root", {})) == "refused");

  auto next = amended(rig.first, {.cards = {rerooted_card(before, *anew)}}, rig.now());
  REQUIRE(next);
  auto stolen = *next;
  CHECK(code(sign_rerooting(rig.disk, before, *anew, rig.root_key("delos"), "/new-root", stolen,
                            rig.now())) == "refused");
  REQUIRE(sign_rerooting(rig.disk, before, *anew, *recovery, "/new-root", *next, rig.now()));
  CHECK(code(rig.accept("delos", *next)) == "refused");
  const auto whole = rig.signed_by(*next, {"bleu"});
  CHECK(rig.open("delos").card.root == before.card.root);
  for (const auto* org : {"delos", "bleu", "acme"}) REQUIRE(rig.accept(org, whole));

  const auto after = rig.open("delos");
  CHECK(after.card.root == anew->root.public_key());
  CHECK(after.card.recovery == anew->recovery.public_key());
  CHECK_FALSE(rig.disk.exists(staged(after.at.card())));
  const auto certificates = certificates_of(*after.charter, "delos", after.signing);
  REQUIRE(certificates);
  CHECK(crypto::read_certificate(certificates->back().encoded, anew->root.public_key(),
                                 after.charter->federation));
  CHECK(read_analysts(rig.disk, after)->front().valid_at(rig.now() + std::chrono::days(1)));
  REQUIRE(open_person(rig.disk, after, "/keys", "erika", {}));
}
