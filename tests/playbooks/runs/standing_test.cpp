#include "playbooks/runs/standing.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

struct Terms {
  StandingBook book;
  crypto::Charter charter;
  crypto::Policy policy{"block"};
  StandingBody body{{}, "block", {mesh::IndicatorType::ipv4}, 50, 3, {100}, {200},
                    Trigger::indicator, "delos", "anna"};
  StandingBook::Ask ask{{}, "block", mesh::IndicatorType::ipv4, 50, 1, {100}};

  Terms() {
    for (const auto* org : {"delos", "bleu", "bsi"}) {
      crypto::Member member{org, org, "DE"};
      member.role = std::string_view(org) == "bsi" ? crypto::OrgRole::authority
                                                   : crypto::OrgRole::operator_;
      charter.body.members.push_back(member);
    }
  }
  Result<void> sign(std::string org, std::string analyst) {
    body.org = std::move(org);
    body.analyst = std::move(analyst);
    return book.add(body);
  }
  bool covers() const { return book.covers(ask, policy, charter).has_value(); }
};

}  // namespace

TEST_CASE("a member that the charter calls lost does not put terms in force") {
  Terms terms;
  REQUIRE(terms.sign("delos", "anna"));
  REQUIRE(terms.sign("bleu", "luc"));
  CHECK(terms.covers());
  terms.charter.body.lost = {"bleu"};
  CHECK_FALSE(terms.covers());
}

TEST_CASE("only distinct organisations that the policy lets sign put terms in force") {
  Terms terms;
  REQUIRE(terms.sign("delos", "anna"));
  CHECK(terms.sign("delos", "anna").error().code == Errc::duplicate);
  REQUIRE(terms.sign("delos", "dora"));
  REQUIRE(terms.sign("bsi", "hans"));
  REQUIRE(terms.sign("stranger", "x"));
  CHECK_FALSE(terms.covers());
  REQUIRE(terms.sign("bleu", "luc"));
  CHECK(terms.covers());
  CHECK(terms.book.all().at(0).signers.size() == 5);
}

TEST_CASE("terms cover nothing beyond what they say") {
  Terms terms;
  REQUIRE(terms.sign("delos", "anna"));
  REQUIRE(terms.sign("bleu", "luc"));
  REQUIRE(terms.covers());
  SECTION("type") { terms.ask.type = mesh::IndicatorType::domain; }
  SECTION("confidence") { terms.ask.confidence = 49; }
  SECTION("class") { terms.ask.action_class = "isolate"; }
  SECTION("playbook") { terms.ask.playbook.data.fill(1); }
  SECTION("before") { terms.ask.now = {99}; }
  SECTION("after") { terms.ask.now = {200}; }
  SECTION("count") { terms.ask.effects = 4; }
  CHECK_FALSE(terms.covers());
}

TEST_CASE("a use counts once, also when it is known before the terms are") {
  Terms terms;
  const auto digest = terms_digest(terms.body);
  for (int again = 0; again < 3; ++again)
    for (std::uint32_t i = 0; i < 2; ++i) terms.book.use(digest, standing_use({}, "s", i));
  REQUIRE(terms.sign("delos", "anna"));
  REQUIRE(terms.sign("bleu", "luc"));
  CHECK(terms.book.all().at(0).used == 2);
  CHECK(terms.covers());
  terms.book.use(digest, standing_use({}, "t", 0));
  CHECK_FALSE(terms.covers());
}

TEST_CASE("a threshold is at least one, whatever a charter says") {
  CHECK(orgs_needed({"block", 0}) == 1);
  CHECK(orgs_needed({"block", -5}) == 1);
  CHECK(orgs_needed({"block", 3}) == 3);
}

TEST_CASE("a standing order starts runs although one without trigger covers the same") {
  Terms terms;
  for (const std::uint32_t count : {3, 4, 5, 6})
    for (const auto trigger : {Trigger::none, Trigger::indicator}) {
      Terms both;
      both.body.count = count;
      both.body.trigger = trigger;
      const auto wanted = trigger == Trigger::indicator ? terms_digest(both.body) : Digest{};
      REQUIRE(both.sign("delos", "anna"));
      REQUIRE(both.sign("bleu", "luc"));
      both.body.trigger = trigger == Trigger::none ? Trigger::indicator : Trigger::none;
      const auto other = trigger == Trigger::none ? terms_digest(both.body) : wanted;
      REQUIRE(both.sign("delos", "anna"));
      REQUIRE(both.sign("bleu", "luc"));
      both.ask.trigger = Trigger::indicator;
      CHECK(both.book.covers(both.ask, both.policy, both.charter) == other);
    }
}

TEST_CASE("terms without type, count or period are refused, and no more than the bound are kept") {
  Terms terms;
  auto none = terms.body;
  none.types.clear();
  CHECK(terms.book.add(none).error().code == Errc::invalid);
  none = terms.body;
  none.count = 0;
  CHECK(terms.book.add(none).error().code == Errc::invalid);
  none = terms.body;
  none.expires = none.created;
  CHECK(terms.book.add(none).error().code == Errc::invalid);
  for (std::size_t i = 0; i < StandingBook::terms_max; ++i) {
    terms.body.count = std::uint32_t(i + 1);
    REQUIRE(terms.sign("delos", "anna"));
  }
  terms.body.count = 9999;
  CHECK(terms.sign("delos", "anna").error().code == Errc::full);
}

}  // namespace tocsin::playbooks
