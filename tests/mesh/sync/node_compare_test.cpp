#include "mesh/store/memory_medium.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

/// Two agents that hold the same ten open notes and ten sealed ones.
struct Pair {
  Pair() : rig({{"bleu"}, {"delos"}}) {
    rig.open(0);
    rig.open(1, {0});
    REQUIRE(rig.connected(0, 1));
    for (int i = 0; i < 20; ++i) {
      const auto done = rig.publish(
          1, {rig.note(1, i % 2 ? Tlp::green : Tlp::amber,
                       i % 2 ? everybody : orgs({"bleu", "delos"}), "note " + std::to_string(i))});
      REQUIRE(done);
      placed.push_back(done->front());
    }
    REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == 20; }));
  }
  Result<Difference> compare(std::size_t from, std::string with) {
    return rig.real.complete(rig.node(from).compare(std::move(with)));
  }
  NodeRig rig;
  std::vector<Published> placed;
};

}  // namespace

TEST_CASE("agents that hold the same find no difference") {
  Pair pair;
  const auto found = pair.compare(0, "delos");
  REQUIRE(found);
  CHECK(found->only_here.empty());
  CHECK(found->only_there.empty());
  CHECK(found->items_here == found->items_there);
  CHECK(found->items_here >= 20);
}

TEST_CASE("a batch that the store lost in silence is found by content, and mended") {
  Pair pair;
  const bool sealed = GENERATE(false, true);
  const auto& lost = pair.placed[sealed ? 4 : 5];
  pair.rig.backing(0)->rotten[{lost.log, lost.sequence}] = true;
  CHECK(pair.rig.node(0).heads_digest("delos") == pair.rig.node(1).heads_digest("bleu"));
  const auto found = pair.compare(0, "delos");
  REQUIRE(found);
  REQUIRE(found->only_there.size() == 1);
  CHECK(found->only_there[0].key == lost.log);
  CHECK(found->only_there[0].sequence == lost.sequence);
  CHECK(found->only_here.empty());
  REQUIRE(pair.rig.until([&] { return pair.rig.backing(0)->rotten.empty(); }));
  CHECK(pair.rig.node(0).counters().mended == 1);
}

TEST_CASE("a comparison again at once is put off, and the session stays up") {
  Pair pair;
  REQUIRE(pair.compare(0, "delos"));
  CHECK(pair.compare(0, "delos").error().code == Errc::refused);
  CHECK(pair.rig.connected(0, 1));
}

TEST_CASE("there is nobody to compare with where nobody is connected") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  const auto found = rig.real.complete(rig.node(0).compare("delos"));
  CHECK(found.error().code == Errc::unreachable);
}
