#include "mesh/sync/route_table.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}
std::vector<AgentId> agents(std::vector<std::uint8_t> numbers) {
  std::vector<AgentId> out;
  for (const auto n : numbers) out.push_back(agent(n));
  return out;
}
Neighbour near(std::uint8_t n, std::string_view org) { return {agent(n), org}; }
Routes routes(std::vector<std::string> orgs, std::vector<std::uint8_t> site) {
  Routes out;
  out.orgs = std::move(orgs);
  for (const auto n : site) out.site.push_back({agent(n)});
  return out;
}

constexpr RouteTable::Handed from_abroad{{}, false, false};
RouteTable::Handed ours_from(std::uint8_t n) { return {agent(n), true, true}; }

}  // namespace

TEST_CASE("one whose answer is overdue comes after those that answer, and colleagues hear of it") {
  Neighbour one = near(1, "bleu"), two = near(2, "bleu");
  one.gateway = one.late = true;
  CHECK(goes_before(two, one));
  two.suspect = true;
  CHECK(goes_before(one, two));

  const RouteTable table(agent(9), "bleu", false);
  const auto said = table.announcement({near(3, "bleu"), one, {agent(4), "delos", false, false, true}});
  CHECK(said.site == routes({}, {3}).site);
  CHECK(said.orgs == std::vector<std::string>{"delos"});
}

TEST_CASE("the gateway is the configured one, else the smallest id, and never a suspect one") {
  Neighbour one = near(1, "bleu"), two = near(2, "bleu");
  CHECK(goes_before(one, two));
  two.gateway = true;
  CHECK(goes_before(two, one));
  two.suspect = true;
  CHECK(goes_before(one, two));
}

TEST_CASE("each organisation that is reached has one gateway, the own one with this agent in it") {
  auto configured = near(8, "delos"), silent = near(1, "bleu");
  silent.suspect = true;
  const std::vector<Neighbour> live{silent, near(2, "bleu"), near(3, "bleu"), configured};
  CHECK(RouteTable(agent(9), "delos", false).gateways(live) == std::set{agent(2), agent(8)});
  CHECK(RouteTable(agent(7), "delos", false).gateways(live) == std::set{agent(2), agent(7)});
  auto with_gateway = live;
  with_gateway.back().gateway = true;
  CHECK(RouteTable(agent(7), "delos", false).gateways(with_gateway) ==
        std::set{agent(2), agent(8)});
}

TEST_CASE("an own batch goes to every agent of the site and to one of each other organisation") {
  const RouteTable table(agent(9), "delos", false);
  const auto to = table.outward({near(8, "delos"), near(2, "bleu"), near(1, "bleu"),
                                 near(7, "delos"), near(3, "sncf")});
  CHECK(to == agents({8, 7, 1, 3}));
}

TEST_CASE("what crossed the border goes to every agent of the site and no further") {
  const RouteTable table(agent(9), "delos", false);
  CHECK(table.onward(from_abroad, {near(8, "delos"), near(1, "bleu")}) == agents({8}));
}

TEST_CASE("of two gateways that a member told, the first goes on and the second does not") {
  // 5 is a member that reaches the gateways 1 and 2 only; 6 is another one; 3 is of bleu.
  RouteTable first(agent(1), "delos", false), second(agent(2), "delos", false);
  for (auto* table : {&first, &second}) {
    table->heard(agent(5), routes({}, {1, 2}));
    table->heard(agent(6), routes({}, {1, 2}));
  }
  first.heard(agent(2), routes({"bleu"}, {1, 5, 6}));
  second.heard(agent(1), routes({"bleu"}, {2, 5, 6}));
  CHECK(first.onward(ours_from(5), {near(2, "delos"), near(6, "delos"), near(3, "bleu")}) ==
        agents({6, 3}));
  CHECK(second.onward(ours_from(5), {near(1, "delos"), near(6, "delos"), near(3, "bleu")}).empty());
}

TEST_CASE("the second gateway goes on for whom, and to where, the first one does not reach") {
  RouteTable second(agent(2), "delos", false);
  second.heard(agent(5), routes({}, {1, 2}));
  second.heard(agent(6), routes({}, {2}));  // It lost the first.
  second.heard(agent(1), routes({"sncf"}, {2, 5}));
  const auto to = second.onward(ours_from(5), {near(1, "delos"), near(6, "delos"),
                                               near(3, "bleu"), near(4, "sncf")});
  CHECK(to == agents({6, 3}));
}

TEST_CASE("the second gateway takes over once it suspects the first") {
  RouteTable second(agent(2), "delos", false);
  second.heard(agent(5), routes({}, {1, 2}));
  second.heard(agent(1), routes({"bleu"}, {2, 5}));
  auto first = near(1, "delos");
  CHECK(second.onward(ours_from(5), {first, near(3, "bleu")}).empty());
  first.suspect = true;
  CHECK(second.onward(ours_from(5), {first, near(3, "bleu")}) == agents({3}));
}

TEST_CASE("nothing goes on that its sender sends itself, nor for one who says nothing") {
  RouteTable table(agent(1), "delos", false);
  CHECK(table.onward(ours_from(5), {near(6, "delos"), near(3, "bleu")}).empty());
  table.heard(agent(5), routes({"bleu"}, {1, 6}));
  CHECK(table.onward(ours_from(5), {near(6, "delos"), near(3, "bleu")}).empty());
  table.heard(agent(5), routes({}, {1}));
  CHECK(table.onward(ours_from(5), {near(6, "delos"), near(3, "bleu")}) == agents({6, 3}));
  table.lost(agent(5));
  CHECK(table.onward(ours_from(5), {near(6, "delos"), near(3, "bleu")}).empty());
}

TEST_CASE("another organisation's batch never crosses the border again from here") {
  RouteTable table(agent(1), "delos", false);
  table.heard(agent(5), routes({}, {1}));
  const RouteTable::Handed theirs{agent(5), true, false};
  CHECK(table.onward(theirs, {near(6, "delos"), near(3, "bleu")}) == agents({6}));
}

TEST_CASE("an agent announces whom it reaches, and no suspect") {
  const RouteTable table(agent(9), "delos", true);
  auto silent = near(4, "sncf");
  silent.suspect = true;
  auto gateway = near(2, "delos");
  gateway.gateway = true;
  const auto said = table.announcement({near(3, "bleu"), near(1, "bleu"), silent, gateway});
  CHECK(said.gateway);
  CHECK(said.orgs == std::vector<std::string>{"bleu"});
  REQUIRE(said.site.size() == 1);
  CHECK(said.site[0] == Routes::Neighbour{agent(2), true});
}
