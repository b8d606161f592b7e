#include "agents/agent/equipment.hpp"

#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using mesh::IndicatorType;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  Rig() {
    agree({"bleu", "delos"});
    REQUIRE(disk.make_folders("/lists/resolvers", mesh::FileMode::shared).has_value());
    home.emplace(unlock_home(disk, open("delos"), {}).value());
    store = mesh::open_memory_store(world, mesh::make_memory_backing());
    services.emplace(world, *home, *home->open.charter, *store);
  }
  Config& config() { return home->open.config; }
  bool allows(IndicatorType type, std::string_view value) {
    return services->guard.check(type, value).allowed;
  }

  std::optional<Home> home;
  std::unique_ptr<mesh::Store> store;
  std::optional<Services> services;
};

const std::string list = R"({"name":"Resolvers","type":"cidr","version":1,
                             "list":["192.0.2.0/24"]})";

}  // namespace

TEST_CASE("an agent without configuration has a block list and a zone in its home") {
  Rig rig;
  REQUIRE(open_actuators(*rig.services));
  REQUIRE(rig.services->actuators.size() == 2);
  CHECK(rig.services->actuators.at("edl")->kind() == "edl");
  CHECK(rig.services->actuators.at("rpz")->kind() == "rpz");
}

TEST_CASE("a configured actuator takes the place of the one of its name") {
  Rig rig;
  rig.config().actuators = {{"edl", "rpz", "/delos/names.zone", "block.example"},
                            {"second", "edl", "/delos/second.txt", {}},
                            {"hands", "manual", {}, {}}};
  REQUIRE(open_actuators(*rig.services));
  CHECK(rig.services->actuators.at("edl")->kind() == "rpz");
  CHECK(rig.services->actuators.at("second")->kind() == "edl");
  CHECK_FALSE(rig.services->actuators.contains("hands"));  // A person, no machinery.
  CHECK(rig.services->actuators.size() == 3);
}

TEST_CASE("an actuator of an unknown kind, or whose file is damaged, is refused by its name") {
  Rig rig;
  rig.config().actuators = {{"fw", "nftables", {}, {}}};
  const auto unknown = open_actuators(*rig.services);
  CHECK(code(unknown) == "unsupported");
  CHECK(says(unknown, "fw"));
  rig.config().actuators = {};
  REQUIRE(open_actuators(*rig.services));
}

TEST_CASE("the guard protects what its lists name") {
  Rig rig;
  rig.write("/lists/resolvers/list.json", list);
  rig.config().guard.lists = {"/lists/resolvers/list.json"};
  CHECK(rig.allows(IndicatorType::ipv4, "192.0.2.53"));
  REQUIRE(load_guard(*rig.services));
  CHECK_FALSE(rig.allows(IndicatorType::ipv4, "192.0.2.53"));
  CHECK(rig.services->guard.check(IndicatorType::ipv4, "192.0.2.53").list == "resolvers");
  CHECK(rig.allows(IndicatorType::ipv4, "203.0.113.7"));
}

TEST_CASE("the guard protects the networks of members, of partners' cards, and our own") {
  Rig rig;
  for (auto& member : rig.home->open.charter->body.members)
    member.own_networks = {member.org == "bleu" ? "198.51.100.0/24" : "203.0.113.0/24"};
  PeerFile peer{rig.open("bleu").card, {}};
  peer.card.own_networks = {"partner.example"};
  rig.home->open.peers = {peer};
  rig.config().guard.own = {"own.example"};
  REQUIRE(load_guard(*rig.services));
  CHECK_FALSE(rig.allows(IndicatorType::ipv4, "198.51.100.9"));
  CHECK_FALSE(rig.allows(IndicatorType::ipv4, "203.0.113.9"));
  CHECK_FALSE(rig.allows(IndicatorType::domain, "www.partner.example"));
  CHECK_FALSE(rig.allows(IndicatorType::domain, "own.example"));
  CHECK(rig.allows(IndicatorType::domain, "evil.example"));
}

TEST_CASE("a list that is missing or damaged, or a network that is none, stops the start") {
  Rig rig;
  rig.config().guard.lists = {"/lists/none.json"};
  CHECK(code(load_guard(*rig.services)) == "not_found");
  rig.write("/lists/bad.json", "{");
  rig.config().guard.lists = {"/lists/bad.json"};
  CHECK(code(load_guard(*rig.services)) == "invalid");
  CHECK(says(load_guard(*rig.services), "/lists/bad.json"));
  rig.config().guard.lists = {};
  rig.config().guard.own = {"300.1.1.1/8"};
  CHECK(code(load_guard(*rig.services)) == "invalid");
  CHECK(says(load_guard(*rig.services), "[guard] own"));
}

TEST_CASE("the inventory is read where there is one, and refused by name when damaged") {
  Rig rig;
  REQUIRE(load_inventory(*rig.services));
  CHECK(rig.services->damage.assets().empty());
  const auto file = inventory_file(rig.home->open.at);
  playbooks::Asset asset;
  asset.id = "mail-1";
  asset.name = "Mail";
  rig.write(file, playbooks::write_assets_json(std::vector{asset}));
  REQUIRE(load_inventory(*rig.services));
  REQUIRE(rig.services->damage.assets().size() == 1);
  CHECK(rig.services->damage.assets()[0].id == "mail-1");
  rig.write(file, "{");
  CHECK(code(load_inventory(*rig.services)) == "invalid");
  CHECK(says(load_inventory(*rig.services), "assets.json"));
}

TEST_CASE("an engine without a node knows nobody and starts nothing") {
  Rig rig;
  const auto engine = make_engine(*rig.services, AgentId{});
  CHECK(engine->runs().empty());
  CHECK_FALSE(engine->submit({Bytes{1}, {}}, rig.now()));
  CHECK(engine->effects(false).empty());
}
