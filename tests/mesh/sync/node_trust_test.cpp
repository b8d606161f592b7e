#include "crypto/charter_chain.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

const Audience all_of_us{true, {}, {}};

struct Rig : NodeRig {
  Rig() : NodeRig({{"bleu"}, {"delos"}, {"acme"}}) {
    open(0);
    open(1, {0});
    open(2, {0, 1});
    REQUIRE(connected(0, 1));
    REQUIRE(connected(0, 2));
    REQUIRE(connected(1, 2));
  }
  /// Signed by bleu and delos; what bleu holds of `org` now goes on to count.
  crypto::Charter without(std::string_view org) {
    auto wish = federation.charter.body;
    std::erase_if(wish.members, [&](const auto& member) { return member.org == org; });
    wish.created = real.world().clock.wall();
    wish.amend = {};
    wish.policies.clear();
    wish.removed = {{std::string(org), {}}};
    for (const auto& end : node(0).heads_of_org(org))
      wish.removed[0].logs.push_back(*crypto::LastBatch::from(encode_last_good(end)));
    auto next = crypto::amend_charter(federation.charter, wish).value();
    for (const std::size_t signer : {0, 1})
      REQUIRE(crypto::sign_charter(next, federation.agents[signer].org, federation.root(signer)));
    return next;
  }
  void say(std::size_t who, const std::string& text) {
    std::vector<Draft> drafts;
    drafts.push_back(note(who, Tlp::green, all_of_us, text));
    REQUIRE(publish(who, std::move(drafts)));
  }
  bool cut_off(std::size_t from, std::size_t whom, Duration limit = std::chrono::seconds(5)) {
    return until(
        [&] {
          for (const auto& peer : node(from).peers())
            if (peer.org == federation.agents[whom].org) return peer.state == PeerState::revoked;
          return true;
        },
        limit);
  }
};

}  // namespace

TEST_CASE("a version given to one agent is in force at the others, and the removed one is cut") {
  Rig rig;
  rig.say(2, "while a member");
  for (const auto at : {0, 1})
    REQUIRE(rig.until([&] { return rig.notes(at).has("while a member"); }));
  REQUIRE(rig.node(0).renew({.charter = rig.without("acme"), .certificates = {}, .secrets = {}}));
  CHECK(rig.node(0).charter().body.version == 2);
  CHECK(rig.until([&] { return rig.node(1).charter().body.version == 2; }));
  CHECK(rig.cut_off(0, 2));
  CHECK(rig.cut_off(1, 2));
  // It stays evidence, and what is said now reaches nobody.
  CHECK(rig.notes(1).has("while a member"));
  CHECK(rig.node(1).counters().withdrawn == 0);
  rig.say(2, "after its removal");
  CHECK_FALSE(rig.until([&] { return rig.notes(0).has("after its removal"); },
                        std::chrono::seconds(1)));
  CHECK_FALSE(rig.notes(1).has("after its removal"));
}

TEST_CASE("a version that came over the mesh is in force again after a restart on the old file") {
  Rig rig;
  REQUIRE(rig.node(0).renew({.charter = rig.without("acme"), .certificates = {}, .secrets = {}}));
  REQUIRE(rig.until([&] { return rig.node(1).charter().body.version == 2; }));
  (void)rig.until([] { return false; }, std::chrono::milliseconds(300));  // It comes to disk too.
  rig.close(1);
  rig.open(1, {0});
  CHECK(rig.node(1).charter().body.version == 2);
}

TEST_CASE("an older or an unsigned version changes nothing in a running node") {
  Rig rig;
  auto bare = rig.without("acme");
  bare.signatures.pop_back();
  CHECK(rig.node(0).renew({.charter = bare, .certificates = {}, .secrets = {}}).error().code ==
        Errc::refused);
  REQUIRE(rig.node(0).renew({.charter = rig.without("acme"), .certificates = {}, .secrets = {}}));
  CHECK(rig.node(0)
            .renew({.charter = rig.federation.charter, .certificates = {}, .secrets = {}})
            .error()
            .code == Errc::refused);
  CHECK(rig.node(0).charter().body.version == 2);
}

TEST_CASE("a node that a version removes does not take it") {
  Rig rig;
  CHECK(rig.node(2)
            .renew({.charter = rig.without("acme"), .certificates = {}, .secrets = {}})
            .error()
            .code == Errc::refused);
  CHECK(rig.node(2).charter().body.version == 1);
}

TEST_CASE("what a revoked agent said after its last good batch is withdrawn everywhere") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  Published last;
  for (const auto* text : {"one", "two", "three"}) {
    std::vector<Draft> drafts;
    drafts.push_back(rig.note(1, Tlp::green, all_of_us, text));
    last = rig.publish(1, std::move(drafts)).value().front();
    REQUIRE(rig.until([&] { return rig.notes(0).has(text); }));
  }
  const auto now = rig.real.world().clock.wall();
  const Marking green{Tlp::green, Pap::green};
  const auto revoke = [&](std::uint64_t good) {
    const Revocation word{"delos", rig.federation.agents[1].id, now, "stolen",
                          {{last.log, good, Digest{}}}};
    CHECK(rig.node(0).is_news(word));
    std::vector<Draft> drafts;
    drafts.push_back({RecordKind::revocation, green, all_of_us, LogClass::control,
                      encode_revocation({RecordKind::revocation, green, now, rig.node(0).author()},
                                        word, rig.federation.root(1),
                                        rig.federation.charter.federation)});
    REQUIRE(rig.publish(0, std::move(drafts)));
    CHECK_FALSE(rig.node(0).is_news(word));
  };
  const auto of_the_notes = [&] { return rig.node(0).counters().withdrawn; };
  revoke(2);
  // Its certificates' log is not named, so nothing of it stays trusted either.
  REQUIRE(rig.until([&] { return of_the_notes() >= 1; }));
  const auto before = of_the_notes();
  revoke(1);  // Stricter: it counts although there is one already.
  CHECK(rig.until([&] { return of_the_notes() >= before + 2; }));
}

TEST_CASE("own certificates and secrets change while sessions live on") {
  Rig rig;
  auto secrets = rig.federation.options(0).secrets;
  const auto fresh = rig.federation.entropy().make<crypto::SecretKey>();
  for (auto& pair : secrets)
    if (pair.peer_org == "delos") pair.next = fresh;
  REQUIRE(rig.node(0).renew({.charter = {}, .certificates = {}, .secrets = secrets}));
  CHECK(rig.node(0).reachable("delos"));
  auto theirs = rig.federation.options(1).secrets;
  for (auto& pair : theirs)
    if (pair.peer_org == "bleu") pair = {"bleu", fresh, std::nullopt};
  // Delos has promoted it already: it dials with what is next at Bleu.
  REQUIRE(rig.node(1).renew({.charter = {}, .certificates = {}, .secrets = theirs}));
  rig.node(1).cut("bleu", true);
  REQUIRE(rig.until([&] { return !rig.node(0).reachable("delos"); }));
  rig.node(1).cut("bleu", false);
  REQUIRE(rig.until([&] { return rig.node(0).reachable("delos"); }));
  for (const auto& peer : rig.node(0).peers())
    if (peer.org == "delos") CHECK(peer.next_secret);
}
