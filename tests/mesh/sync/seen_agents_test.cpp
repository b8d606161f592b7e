#include "mesh/sync/seen_agents.hpp"

#include "mesh/store/memory_medium.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}
const AgentId bleu = agent(1), bsi = agent(2), sncf = agent(3);
const std::set<AgentId> all{bleu, bsi, sncf};
const WallTime start{1'800'000'000'000};

struct Rig {
  RealWorld real;
  std::unique_ptr<Store> store = open_memory_store(real.world(), make_memory_backing());
};

}  // namespace

TEST_CASE("while nobody was ever seen, everybody may have been") {
  Rig rig;
  CHECK(SeenAgents(*rig.store).lately(all) == all);
}

TEST_CASE("who was connected of late is known after a restart") {
  Rig rig;
  SeenAgents before(*rig.store);
  before.see(bleu, start);
  before.see(bsi, start + 1h);
  CHECK(before.lately(all) == std::set{bleu, bsi});
  CHECK(SeenAgents(*rig.store).lately(all) == std::set{bleu, bsi});
  CHECK(SeenAgents(*rig.store).lately({sncf}).empty());
}

TEST_CASE("a week is counted from when anybody was seen last") {
  Rig rig;
  SeenAgents seen(*rig.store);
  seen.see(bleu, start);
  seen.see(bsi, start + SeenAgents::lately_max);
  CHECK(seen.lately(all) == std::set{bleu, bsi});
  seen.see(bsi, start + SeenAgents::lately_max + SeenAgents::note_every);
  CHECK(seen.lately(all) == std::set{bsi});
  seen.see(bleu, start + SeenAgents::lately_max + SeenAgents::note_every);
  CHECK(SeenAgents(*rig.store).lately(all) == std::set{bleu, bsi});
}

TEST_CASE("a clock that was set back makes nobody forgotten") {
  Rig rig;
  SeenAgents seen(*rig.store);
  seen.see(bleu, start);
  seen.see(bsi, start - 30 * 24h);
  CHECK(seen.lately(all) == std::set{bleu, bsi});
  CHECK(SeenAgents(*rig.store).lately(all) == std::set{bleu, bsi});
}

TEST_CASE("one that stays connected is noted once an hour") {
  Rig rig;
  SeenAgents seen(*rig.store);
  seen.see(bleu, start);
  const auto key = rig.store->facts(bytes_of("seen/")).value().at(0);
  seen.see(bleu, start + 59min);
  CHECK(rig.store->facts(bytes_of("seen/")).value().at(0) == key);
  seen.see(bleu, start + 60min);
  CHECK(rig.store->facts(bytes_of("seen/")).value().at(0) != key);
}
