#include "mesh/sync/clearance.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, bsi = 1, delos = 2, sncf = 3;
const Audience pair_only{false, {"bleu", "delos"}, {}};

struct Rig : Holders {
  Rig() : Holders({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}, {"sncf"}}) {}
  PeerName name(std::size_t index) { return {holders[index]->agent, holders[index]->org}; }
  Refusal reader(std::size_t holder, const LogKey& log, std::size_t peer, Exit exit = Exit::pull) {
    return reader_clearance(exit, log, name(peer), holders[holder]->catalogue,
                            federation.charter);
  }
  Refusal carrier(std::size_t holder, const LogKey& log, std::size_t peer) {
    return carrier_clearance(log, name(peer), holders[holder]->catalogue, federation.charter);
  }
  /// A sealed log of delos with one note in it, which all others that may know of it hold.
  LogKey sealed(const Audience& audience, Tlp tlp) {
    const auto [log, announced] = holders[delos]->open_scope(audience);
    const auto batch = holders[delos]->publish(log, {holders[delos]->note("hush", tlp)});
    for (const auto index : {bleu, bsi, sncf}) {
      REQUIRE(holders[index]->take(announced).verdict == Verdict::fresh);
      holders[index]->take(batch);
    }
    return log;
  }
};

}  // namespace

TEST_CASE("an open log may go to every member, and to nobody else") {
  Rig rig;
  const auto log = rig[delos].case_log();
  rig[delos].publish(log, {rig[delos].note("hello")});
  for (const auto peer : {bleu, bsi, sncf}) CHECK(rig.reader(delos, log, peer) == Refusal::none);
  CHECK(reader_clearance(Exit::pull, log, {rig[bleu].agent, "acme"}, rig[delos].catalogue,
                         rig.federation.charter) == Refusal::unknown_recipient);
}

TEST_CASE("a log of which no record was seen goes to nobody") {
  Rig rig;
  CHECK(rig.reader(delos, rig[delos].case_log(), bleu) == Refusal::marking);
  const auto [empty, announced] = rig[delos].open_scope(pair_only);
  CHECK(rig.reader(delos, empty, bleu) == Refusal::marking);
  CHECK(rig.carrier(delos, empty, bsi) == Refusal::marking);
}

TEST_CASE("a sealed log whose scope is unknown goes to nobody, not even its author") {
  Rig rig;
  auto log = rig[delos].case_log();
  log.scope = ScopeId{{9}};
  for (const auto peer : {bleu, bsi, delos}) {
    CHECK(rig.reader(bleu, log, peer) == Refusal::not_in_audience);
    CHECK(rig.carrier(bleu, log, peer) == Refusal::not_in_audience);
  }
}

TEST_CASE("AMBER for all operators does not open what is AMBER+STRICT for two of them") {
  Rig rig;
  const auto amber = rig.sealed({false, {"bleu", "delos", "sncf"}, {}}, Tlp::amber);
  const auto strict = rig.sealed(pair_only, Tlp::amber_strict);
  CHECK(rig.reader(delos, amber, sncf) == Refusal::none);
  CHECK(rig.reader(delos, amber, bsi) == Refusal::not_in_audience);
  CHECK(rig.reader(delos, strict, bleu) == Refusal::none);
  CHECK(rig.reader(delos, strict, sncf) == Refusal::not_in_audience);
  CHECK(rig.reader(bleu, strict, sncf) == Refusal::not_in_audience);
}

TEST_CASE("whoever holds a log may give it back to its author") {
  Rig rig;
  const auto log = rig.sealed(pair_only, Tlp::amber);
  CHECK(rig.reader(bleu, log, delos) == Refusal::none);
  CHECK(rig.reader(bsi, log, delos) == Refusal::none);
}

TEST_CASE("an agent whose organisation is named but whose key is not wrapped gets nothing") {
  Rig rig;
  const auto log = rig.sealed(pair_only, Tlp::amber);
  auto late = rig.federation.agents[bleu].id;
  late.data[0] ^= 1;
  CHECK(reader_clearance(Exit::pull, log, {late, "bleu"}, rig[delos].catalogue,
                         rig.federation.charter) == Refusal::not_in_audience);
}

TEST_CASE("a carrier without the key hands on to recipients by their agents") {
  Rig rig;
  const auto log = rig.sealed(pair_only, Tlp::amber);
  CHECK(rig.reader(bsi, log, bleu, Exit::relay) == Refusal::none);
  CHECK(rig.reader(bsi, log, sncf, Exit::relay) == Refusal::not_in_audience);
}

TEST_CASE("AMBER may be lent sealed to a member that cannot read it") {
  Rig rig;
  const auto log = rig.sealed(pair_only, Tlp::amber);
  CHECK(rig.carrier(delos, log, bsi) == Refusal::none);
  CHECK(rig.carrier(bsi, log, sncf) == Refusal::not_in_audience);  // It cannot read it itself.
}

TEST_CASE("RED goes to the organisations of its persons, and is never lent or passed on") {
  Rig rig;
  const auto log = rig.sealed({false, {}, {"bleu/ana", "delos/bob"}}, Tlp::red);
  CHECK(rig.reader(delos, log, bleu, Exit::push) == Refusal::none);
  CHECK(rig.reader(delos, log, bleu, Exit::pull) == Refusal::none);
  CHECK(rig.reader(delos, log, bleu, Exit::relay) == Refusal::red);
  CHECK(rig.reader(delos, log, sncf) == Refusal::not_in_audience);
  CHECK(rig.carrier(delos, log, bsi) == Refusal::red);
}

TEST_CASE("one record of a stricter marking closes its whole log to those that it excludes") {
  Rig rig;
  const auto log = rig.sealed(pair_only, Tlp::amber);
  REQUIRE(rig.reader(delos, log, bleu) == Refusal::none);
  rig[delos].publish(log, {rig[delos].note("for persons", Tlp::red)});
  CHECK(rig.reader(delos, log, bleu) == Refusal::red);
  CHECK(rig.carrier(delos, log, bsi) != Refusal::none);
}
