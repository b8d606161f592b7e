#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

// Two agents of bleu (0, 1) and three of delos (2 to 4). All are connected except the last of
// delos, which reaches its own two only.
struct Borders : SimNodes {
  Borders() : SimNodes({{"bleu", crypto::OrgRole::operator_, 2},
                        {"delos", crypto::OrgRole::operator_, 3}}) {
    open(0);
    open(1, {0});
    open(2, {0, 1});
    open(3, {0, 1, 2});
    open(4, {2, 3});
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < i; ++j) REQUIRE(connected(i, j));
    REQUIRE(connected(4, 2));
    REQUIRE(connected(4, 3));
    (void)universe.run_for(2500ms).value();
  }
  std::size_t first_of(std::size_t a, std::size_t b) const {
    return federation.agents[a].id < federation.agents[b].id ? a : b;
  }
  // It stays up and says nothing more.
  void silence(std::size_t index) {
    std::vector<std::uint32_t> others;
    for (std::size_t i = 0; i < 5; ++i)
      if (i != index) others.push_back(number(i));
    universe.wires().cut({number(index)}, others, SimCut::stall);
  }
  void say(std::size_t from, std::string_view text, LogClass log_class = LogClass::urgent) {
    REQUIRE(publish(from, {note(from, Tlp::green, to_all, text, log_class)}));
  }
};

}  // namespace

TEST_CASE("what went into a gateway that has just fallen silent goes to the next one at once") {
  Borders nodes;
  const auto silent = nodes.first_of(0, 1);
  nodes.silence(silent);
  nodes.say(2, "into the silence");
  CHECK(nodes.until([&] { return nodes.notes(1 - silent).has("into the silence"); }, 100ms));
  CHECK(nodes.notes(1 - silent).durable["into the silence"] == "delos");
}

TEST_CASE("a colleague crosses the border at once for a gateway that has just fallen silent") {
  Borders nodes;
  nodes.silence(nodes.first_of(2, 3));
  nodes.say(4, "from inside");
  CHECK(nodes.until([&] { return nodes.notes(0).has("from inside") &&
                                 nodes.notes(1).has("from inside"); }, 100ms));
}

TEST_CASE("while gateways answer nothing takes a second way") {
  Borders nodes;
  for (int i = 0; i < 20; ++i) {
    nodes.say(std::size_t(2 + i % 3), "note " + std::to_string(i));
    (void)nodes.universe.run_for(30ms).value();
  }
  (void)nodes.universe.run_for(1s).value();
  for (std::size_t i = 0; i < 5; ++i) CHECK(nodes.node(i).counters().duplicates == 0);
}
