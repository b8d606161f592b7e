#include "crypto/charter_chain.hpp"

#include "crypto/charter_body.hpp"
#include "crypto/digest.hpp"
#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

struct Chain : tests::SampleFederation {
  tests::SampleOrg acn = tests::make_sample_org("acn", OrgRole::operator_, entropy);
  tests::SampleOrg cert = tests::make_sample_org("cert", OrgRole::authority, entropy);
  Charter first = signed_by(*make_charter(body()), {&delos, &bleu, &bsi});
  static inline const WallTime later = tests::sample_start + std::chrono::days(30);

  static Charter signed_by(Charter charter, std::vector<const tests::SampleOrg*> orgs) {
    for (const auto* org : orgs) REQUIRE(sign_charter(charter, org->card.org, org->root));
    return charter;
  }
  CharterBody wish(std::vector<Member> members) const {
    auto out = first.body;
    out.members = std::move(members);
    out.created = later;
    out.amend = {};
    out.policies.clear();
    return out;
  }
  Charter amend(std::vector<Member> members) const {
    auto out = amend_charter(first, wish(std::move(members)));
    REQUIRE(out);
    return std::move(*out);
  }
  static std::string refusal(const Charter& charter) {
    const auto complete = check_complete(charter, later);
    return complete ? "" : complete.error().message;
  }
};

}  // namespace

TEST_CASE_METHOD(Chain, "a later version names the body before it and keeps the federation") {
  const auto second = signed_by(amend({delos.card, bleu.card, bsi.card, acn.card}),
                                {&delos, &bleu, &acn});
  CHECK(second.body.version == 2);
  CHECK(second.body.previous == blake2b(bytes_of(first.body_text)));
  CHECK(second.federation == first.federation);
  CHECK(refusal(second).empty());
  const auto read = read_charter(write_charter(second));
  REQUIRE(read);
  CHECK(read->federation == first.federation);
  CHECK(read->earlier.size() == 1);
  CHECK(read->earlier[0].body_text == first.body_text);
  CHECK(check_succession(first, *read) == true);
  CHECK(check_succession(*read, *read) == false);
}

TEST_CASE_METHOD(Chain, "an added member must sign, and two thirds of the old and of the new") {
  auto second = amend({delos.card, bleu.card, bsi.card, acn.card, cert.card});
  CHECK(refusal(signed_by(second, {&delos, &bleu, &acn})) == "charter: not signed by cert");
  CHECK(refusal(signed_by(second, {&delos, &bsi, &acn, &cert})).empty());
  // One of three is not two thirds of the old, however many new ones agree.
  CHECK(refusal(signed_by(second, {&delos, &acn, &cert})).find("rule of version 1") !=
        std::string::npos);
  // Two of the old and two new ones: but of the new, operators are short where only one signs.
  second.body.amend.operators = 3;
  CHECK_FALSE(check_signers(second.before(), second.body, {"delos", "bsi", "acn", "cert"}));
}

TEST_CASE_METHOD(Chain, "nobody can veto its own removal, and nobody is removed by too few") {
  auto second = amend({delos.card, bsi.card});
  CHECK(refusal(signed_by(second, {&delos})).find("rule of version 1 it needs 2") !=
        std::string::npos);
  CHECK(refusal(signed_by(second, {&delos, &bsi})).empty());
  CHECK(read_charter(write_charter(signed_by(second, {&delos, &bsi})))->is_former("bleu"));
  // The signature of the one that leaves counts for nothing.
  CHECK_FALSE(refusal(signed_by(second, {&delos, &bleu})).empty());
}

TEST_CASE_METHOD(Chain, "where all must sign, one removal lowers that by one and two do not by two") {
  auto strict = body();
  strict.members = {delos.card, bleu.card, bsi.card, acn.card, cert.card};
  strict.amend = {.members = 5, .operators = 0, .lost_max = 2};
  first = signed_by(*make_charter(strict), {&delos, &bleu, &bsi, &acn, &cert});
  CHECK(refusal(signed_by(amend({delos.card, bleu.card, bsi.card, acn.card}),
                          {&delos, &bleu, &bsi, &acn}))
            .empty());
  CHECK_FALSE(refusal(signed_by(amend({delos.card, bleu.card, bsi.card}), {&delos, &bleu, &bsi}))
                  .empty());
}

TEST_CASE_METHOD(Chain, "a lost member is counted out, but never so many that others are half") {
  auto strict = body();
  strict.amend = {.members = 3, .operators = 2, .lost_max = 1};
  first = signed_by(*make_charter(strict), {&delos, &bleu, &bsi});
  auto next = wish({delos.card, bleu.card, bsi.card});
  next.lost = {"bleu"};
  next.policies = {{.action_class = "block", .orgs_distinct = 1}};
  next.amend = first.body.amend;
  const auto second = amend_charter(first, next);
  REQUIRE(second);
  CHECK_FALSE(refusal(signed_by(*second, {&delos})).empty());
  CHECK(refusal(signed_by(*second, {&delos, &bsi})).empty());
  next.lost = {"bleu", "bsi"};
  CHECK(amend_charter(first, next).error().message.find("'lost_max'") != std::string::npos);
  // What only a lost member could fulfil is refused.
  next.lost = {"bleu"};
  next.policies = {{.action_class = "block", .orgs_distinct = 2}};
  CHECK(amend_charter(first, next).error().message.find("'orgs_distinct'") != std::string::npos);
}

TEST_CASE_METHOD(Chain, "a lost root is replaced by the recovery key and the thresholds") {
  auto anew = delos.card;
  const auto new_root = SigningKey::make(entropy), new_recovery = SigningKey::make(entropy);
  anew.root = new_root.public_key();
  anew.recovery = new_recovery.public_key();
  auto second = amend({anew, bleu.card, bsi.card});
  CHECK(sign_charter(second, "delos", delos.root).error().code == Errc::refused);
  CHECK(sign_charter(second, "delos", new_root).error().code == Errc::refused);
  CHECK(refusal(signed_by(second, {&bleu, &bsi})) == "charter: not signed by delos");
  REQUIRE(sign_charter(second, "delos", delos.recovery));
  CHECK_FALSE(refusal(second).empty());
  const auto whole = signed_by(second, {&bsi});
  CHECK(refusal(whole).empty());

  const auto old_one = certify(delos.agent_body(), delos.root, first.federation);
  auto later_body = delos.agent_body();
  later_body.not_before = later;
  later_body.not_after = later + std::chrono::days(31);
  const auto read_old = read_member_certificate(whole, old_one.encoded);
  REQUIRE(read_old);
  CHECK(read_old->valid_at(later - std::chrono::seconds(1)));
  CHECK_FALSE(read_old->valid_at(later));
  CHECK(read_member_certificate(whole, certify(later_body, new_root, first.federation).encoded)
            ->valid_at(later));
  CHECK_FALSE(read_member_certificate(whole, certify(later_body, delos.root, first.federation)
                                                 .encoded)
                  ->valid_at(later));
}

TEST_CASE_METHOD(Chain, "no entry of a member changes without its own signature") {
  auto moved = bleu.card;
  moved.agents[0].address = "203.0.113.9:7440";
  const auto second = amend({delos.card, moved, bsi.card});
  CHECK(refusal(signed_by(second, {&delos, &bsi})) == "charter: not signed by bleu");
  CHECK(refusal(signed_by(second, {&bleu, &bsi})).empty());
}

TEST_CASE_METHOD(Chain, "an older version, another of the same number, or a foreign line is refused") {
  const auto second = signed_by(amend({delos.card, bleu.card, bsi.card, acn.card}),
                                {&delos, &bleu, &acn});
  const auto other = signed_by(amend({delos.card, bsi.card}), {&delos, &bsi});
  CHECK(check_succession(second, first).error().message.find("older than version 2") !=
        std::string::npos);
  CHECK(check_succession(second, other).error().code == Errc::refused);
  auto third_body = other.body;
  third_body.created = later + std::chrono::days(1);
  const auto third = amend_charter(other, third_body);
  REQUIRE(third);
  CHECK(check_succession(second, *third).error().message.find("two of them") !=
        std::string::npos);
  CHECK(check_succession(first, *third) == true);
}

TEST_CASE_METHOD(Chain, "a version that comes by itself follows only from the one in force") {
  const auto second = signed_by(amend({delos.card, bsi.card}), {&delos, &bsi});
  const auto followed = follow_charter(first, second.body_text, second.signatures);
  REQUIRE(followed);
  CHECK(write_charter(*followed) == write_charter(second));
  CHECK(follow_charter(second, second.body_text, second.signatures).error().code ==
        Errc::refused);
  CHECK(follow_charter(first, second.body_text, first.signatures).error().code ==
        Errc::unauthenticated);
  CHECK(follow_charter(first, "{}", {}).error().code == Errc::invalid);
}

TEST_CASE_METHOD(Chain, "a file whose earlier versions are cut off, swapped or unsigned is refused") {
  const auto second = signed_by(amend({delos.card, bsi.card}), {&delos, &bsi});
  auto cut = second;
  cut.earlier.clear();
  CHECK(read_charter(write_charter(cut)).error().message.find("without the versions") !=
        std::string::npos);
  auto bare = second;
  bare.earlier[0].signatures.pop_back();
  CHECK(read_charter(write_charter(bare)).error().code == Errc::refused);
  auto twice = second;
  twice.earlier.push_back(twice.earlier[0]);
  CHECK(read_charter(write_charter(twice)).error().code == Errc::invalid);
}

TEST_CASE_METHOD(Chain, "an amendment neither turns production into an exercise nor goes back in time") {
  auto early = wish({delos.card, bsi.card});
  early.created = tests::sample_start - std::chrono::seconds(1);
  CHECK(amend_charter(first, early).error().message.find("'created'") != std::string::npos);
  auto drill = wish({delos.card, bsi.card});
  drill.exercise = true;
  CHECK_FALSE(amend_charter(first, drill)->body.exercise);
  auto rule = wish({delos.card, bsi.card});
  rule.amend = {.members = 1, .operators = 1, .lost_max = 0};
  CHECK(amend_charter(first, rule).error().message.find("'amend_members' is 1") !=
        std::string::npos);
}

TEST_CASE_METHOD(Chain, "a version names exactly the members that it removes, and where their logs end") {
  const auto last = [](std::uint8_t log, std::uint8_t id) {
    LastBatch out;
    out.data[0] = log;
    out.data.back() = id;
    return out;
  };
  auto without = wish({delos.card, bsi.card});
  without.removed = {{"bleu", {last(7, 1), last(3, 2)}}, {"acn", {}}};
  const auto second = signed_by(*amend_charter(first, without), {&delos, &bsi});
  REQUIRE(second.body.removed.size() == 1);  // Acn was no member.
  CHECK(second.body.removed[0].logs == std::vector{last(3, 2), last(7, 1)});
  const auto read = read_charter(write_charter(second));
  REQUIRE(read);
  REQUIRE(read->departure_of("bleu"));
  CHECK(read->departure_of("bleu")->logs == second.body.removed[0].logs);
  CHECK_FALSE(read->departure_of("delos"));

  // It is remembered in later versions, until the member is back.
  auto later_wish = second.body;
  later_wish.expires = later_wish.expires + std::chrono::days(1);
  const auto third = amend_charter(second, later_wish);
  REQUIRE(third);
  CHECK(third->body.removed.empty());
  CHECK(third->departure_of("bleu")->logs.size() == 2);
  later_wish.members.push_back(bleu.card);
  CHECK_FALSE(amend_charter(second, later_wish)->departure_of("bleu"));

  const auto follows = [&](auto change) {
    auto body = second.body;
    change(body);
    return check_link(first.body, first.body_text, body).has_value();
  };
  CHECK(follows([](auto&) {}));
  CHECK_FALSE(follows([](auto& body) { body.removed.clear(); }));
  CHECK_FALSE(follows([](auto& body) { body.removed.push_back({"acn", {}}); }));
  const auto message = [&](std::vector<Departure> removed) {
    auto body = second.body;
    body.removed = std::move(removed);
    const auto good = check_charter_body(body);
    return good ? "" : good.error().message;
  };
  CHECK(message({{"bleu", {last(7, 1), last(3, 2)}}}).find("do not ascend") != std::string::npos);
  CHECK(message({{"bleu", {last(7, 1), last(7, 2)}}}).find("do not ascend") != std::string::npos);
  CHECK(message({{"bleu", {}}, {"bleu", {}}}).find("twice") != std::string::npos);
  CHECK(message({{"delos", {}}}).find("is a member") != std::string::npos);
  std::vector<LastBatch> many;
  for (std::size_t i = 0; i <= departed_logs_max; ++i) {
    many.emplace_back();
    many.back().data[0] = std::uint8_t(i >> 8);
    many.back().data[1] = std::uint8_t(i);
  }
  CHECK(message({{"bleu", many}}).find("limit 1024") != std::string::npos);
  many.pop_back();
  CHECK(message({{"bleu", many}}).empty());
}
