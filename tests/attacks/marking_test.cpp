// Every exit against an oracle that was written from the rules, not from the code.
#include "mesh/wire/marking.hpp"

#include <map>
#include <set>

#include "tests/catch.hpp"
#include "tests/mesh/wire/sample_charter.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

struct Question {
  Exit exit{};
  Marking marking;
  Audience audience;
  std::string org, analyst;
  bool carrier = false;
};

const std::set<std::string> members{"delos", "bleu", "third", "bsi", "watch", "maker"};

bool names(const std::vector<std::string>& list, const std::string& name) {
  for (const auto& one : list)
    if (one == name) return true;
  return false;
}

// May the one who asks come to know the content of the record?
bool may_read(const Question& q) {
  if (q.carrier) return false;
  const bool somebody = members.contains(q.org);
  switch (int(q.marking.tlp)) {
    case 1:  // CLEAR: the world, unless its author narrowed it
      return q.org.empty() ? q.audience.all_members
                           : somebody && (q.audience.all_members || names(q.audience.orgs, q.org));
    case 2:  // GREEN: the community of members, or those it was narrowed to
      return somebody && (q.audience.all_members || names(q.audience.orgs, q.org));
    case 3: case 4:  // AMBER, AMBER+STRICT: named organisations, and never "all"
      return somebody && !q.audience.all_members && names(q.audience.orgs, q.org);
    case 5:  // RED: the named person
      return somebody && names(q.audience.persons, q.org + "/" + q.analyst);
  }
  return false;
}

// May bytes sealed for persons be put into the hands of their organisation's agent?
bool may_hold_for_person(const Question& q) {
  if (q.carrier || !q.analyst.empty() || !members.contains(q.org)) return false;
  for (const auto& person : q.audience.persons)
    if (person.starts_with(q.org + "/")) return true;
  return false;
}

bool expected(const Question& q) {
  const int tlp = int(q.marking.tlp), pap = int(q.marking.pap);
  if (tlp < 1 || tlp > 5 || pap < 1 || pap > 4) return false;
  const bool between_agents = q.exit == Exit::push || q.exit == Exit::pull ||
                              q.exit == Exit::relay || q.exit == Exit::bundle;
  const bool published = q.exit == Exit::edl || q.exit == Exit::export_;
  if (q.exit == Exit::edl && pap > 2) return false;
  if (q.org.empty() && (!published || q.carrier || !q.analyst.empty())) return false;
  if (q.carrier)
    return between_agents && tlp != 5 && members.contains(q.org) &&
           (q.audience.all_members || !q.audience.orgs.empty());
  if (tlp != 5) return may_read(q);
  if (q.exit == Exit::relay || published) return false;
  if (q.exit == Exit::api) return !q.analyst.empty() && may_read(q);
  return q.analyst.empty() ? may_hold_for_person(q) : may_read(q);
}

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : entropy_(seed) {}
  std::uint64_t below(std::uint64_t n) { return entropy_.number() % n; }
  std::string org() {
    static const std::vector<std::string> some{"delos", "bleu", "third", "bsi", "watch", "maker",
                                               "stranger", "bleu2"};
    return some[below(some.size())];
  }
  std::string analyst() { return below(2) == 0 ? "anna" : "ben"; }
  Audience audience() {
    Audience out;
    out.all_members = below(4) == 0;
    std::set<std::string> orgs, persons;
    for (auto n = below(4); n > 0; --n) orgs.insert(org());
    for (auto n = below(3); n > 0; --n) persons.insert(org() + "/" + analyst());
    out.orgs.assign(orgs.begin(), orgs.end());
    out.persons.assign(persons.begin(), persons.end());
    return out;
  }
  Question question() {
    Question q{Exit(below(7)), {Tlp(below(7)), Pap(below(6))}, audience(), "", "", false};
    if (below(6) != 0) q.org = org();
    if (below(3) == 0) q.analyst = analyst();
    q.carrier = below(5) == 0;
    return q;
  }

 private:
  tests::SeededEntropy entropy_;
};

}  // namespace

TEST_CASE("attack 13: an empty or unknown audience is nobody") {
  const auto charter = tests::sample_charter();
  for (int exit = 0; exit < 7; ++exit)
    for (int tlp = 0; tlp <= 6; ++tlp)
      for (const auto* org : {"", "delos", "bsi", "stranger"})
        for (const bool carrier : {false, true})
          CHECK(check_exit(Exit(exit), {Tlp(tlp), Pap::clear}, Audience{}, {org, {}, carrier},
                           charter) != Refusal::none);
  const Audience strangers{false, {"stranger"}, {"stranger/anna"}};
  CHECK(check_exit(Exit::push, {Tlp::green, Pap::green}, strangers, {"stranger"}, charter) ==
        Refusal::unknown_recipient);
}

TEST_CASE("attack 13: 100,000 random exits leak nothing and refuse nothing that is owed") {
  const auto charter = tests::sample_charter();
  Draw draw(2026);
  int leaks = 0, withheld = 0, given = 0;
  for (int round = 0; round < 100'000; ++round) {
    const auto q = draw.question();
    const bool leaves = check_exit(q.exit, q.marking, q.audience, {q.org, q.analyst, q.carrier},
                                   charter) == Refusal::none;
    const bool may = expected(q);
    leaks += leaves && !may;
    withheld += !leaves && may;
    given += leaves;
  }
  CHECK(leaks == 0);
  CHECK(withheld == 0);
  CHECK(given > 5'000);
}

TEST_CASE("attack 10: RED is offered to nobody but the person it names") {
  const auto charter = tests::sample_charter();
  const Audience anna{false, {"delos"}, {"bleu/anna"}};
  const Marking red{Tlp::red, Pap::red};
  for (const auto* org : {"delos", "third", "bsi", "watch", "maker", "stranger", ""})
    for (int exit = 0; exit < 7; ++exit)
      for (const auto* person : {"", "anna", "ben"})
        CHECK(check_exit(Exit(exit), red, anna, {org, person, false}, charter) != Refusal::none);
  CHECK(check_exit(Exit::api, red, anna, {"bleu", "ben"}, charter) == Refusal::red);
  CHECK(check_exit(Exit::api, red, anna, {"bleu", "anna"}, charter) == Refusal::none);
}

TEST_CASE("attack 12: clearance for AMBER is none for AMBER+STRICT") {
  const auto charter = tests::sample_charter();
  const auto amber = *audience_of({Tlp::amber, Pap::green}, {}, "delos", charter);
  const auto strict = *audience_of({Tlp::amber_strict, Pap::green}, {"bsi"}, "delos", charter);
  REQUIRE(check_exit(Exit::pull, {Tlp::amber, Pap::green}, amber, {"bleu"}, charter) == Refusal::none);
  CHECK(check_exit(Exit::pull, {Tlp::amber_strict, Pap::green}, strict, {"bleu"}, charter) ==
        Refusal::not_in_audience);
}

TEST_CASE("attack 12: PAP:AMBER and PAP:RED are on no published block list") {
  const auto charter = tests::sample_charter();
  const Audience everybody{true, {}, {}};
  for (const auto pap : {Pap::amber, Pap::red}) {
    CHECK_FALSE(may_block({Tlp::clear, pap}));
    CHECK(check_exit(Exit::edl, {Tlp::clear, pap}, everybody, {}, charter) == Refusal::marking);
  }
  CHECK(check_exit(Exit::edl, {Tlp::clear, Pap::green}, everybody, {}, charter) == Refusal::none);
}
