#include "agents/agent/daemon.hpp"

#include "agents/home/node_options.hpp"
#include "mesh/store/memory_medium.hpp"
#include "playbooks/detect/sighting.hpp"
#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

TEST_CASE("two agents find each other and an indicator crosses the border") {
  Federation federation;
  federation.start_all();
  REQUIRE(federation.eventually(
      [&] { return federation.call("bleu", "agent.status").at("peers").to_number<std::uint64_t>() == 1; }));
  const auto added = federation.call(
      "delos", "ioc.add", {{"type", "domain"}, {"value", "Evil[.]Example"}, {"tlp", "green"}});
  CHECK(Federation::text(added, "value") == "evil.example");
  CHECK(federation.eventually([&] {
    const auto found = federation.call("bleu", "ioc.search", {{"text", "evil.example"}});
    return found.at("indicators").as_array().size() == 1;
  }));
}

TEST_CASE("what was acknowledged is there after a restart") {
  Federation federation;
  federation.start("delos");
  const auto added = federation.call(
      "delos", "ioc.add",
      {{"type", "ipv4"}, {"value", "203.0.113.7"}, {"tlp", "amber"}, {"pap", "green"}});
  federation.stop("delos");
  federation.start("delos");
  const auto shown = federation.call("delos", "ioc.show", {{"id", added.at("id")}});
  CHECK(Federation::text(shown, "value") == "203.0.113.7");
  CHECK(Federation::text(shown, "tlp") == "amber");
  CHECK(federation.call("delos", "agent.status").at("indicators").to_number<std::uint64_t>() == 1);
}

TEST_CASE("a second agent on one home is refused") {
  Federation federation;
  federation.start("delos");
  const auto second = agents::Daemon::start(
      federation.world(), {federation.home("delos"), {}, {}}, [](Result<void>) {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::refused);
}

TEST_CASE("an agent whose store fails acknowledges nothing, and ends saying why") {
  Federation federation;
  federation.start("delos");  // For its agent.toml.
  federation.stop("delos");
  const auto backing = mesh::make_memory_backing();
  std::optional<Error> ended;
  const auto daemon = agents::Daemon::start(
      federation.world(),
      {.home = federation.home("delos"), .config = {}, .passphrase = {},
       .open_store = [&](mesh::World& world, mesh::StoreOptions) -> Result<std::unique_ptr<mesh::Store>> {
         return mesh::open_memory_store(world, backing);
       }},
      [&](Result<void> why) { ended = why ? Error{} : why.error(); });
  REQUIRE(daemon);
  const json::object indicator{{"type", "domain"}, {"value", "evil.example"}, {"tlp", "green"}};
  CHECK(federation.reply("delos", "ioc.add", indicator).ok);
  CHECK_FALSE(ended.has_value());
  backing->fail_commits = true;
  const auto refused = federation.reply(
      "delos", "ioc.add", {{"type", "domain"}, {"value", "late.example"}, {"tlp", "green"}});
  CHECK_FALSE(refused.ok);
  CHECK(refused.message.find("the simulated disk failed") != std::string::npos);
  REQUIRE(federation.eventually([&] { return ended.has_value(); }));
  CHECK(ended->code == Errc::io);
}

namespace {

// An agent of `org` that mends nothing at its start: what a crash leaves is made with it.
struct BareAgent {
  BareAgent(Federation& federation, const std::string& org, std::vector<mesh::PeerConfig> peers)
      : world(federation.world()) {
    auto open = agents::read_home(world.disk, federation.home(org));
    auto home = agents::unlock_home(world.disk, std::move(*open), {});
    store = mesh::open_lmdb_store(world, {home->open.at.store()}).value();
    auto options = agents::node_options(*home).value();
    channel = options.channel.public_key();
    options.listen = "127.0.0.1:0";
    options.peers = std::move(peers);
    node = mesh::Node::open(world, *store, std::move(options), {}).value();
  }
  mesh::PeerConfig as_peer(const std::string& org) const {
    return {org, channel, {node->listening()}};
  }
  mesh::RecordHeader header(mesh::RecordKind kind) const {
    return {kind, {mesh::Tlp::green, mesh::Pap::green}, world.clock.wall(), node->author()};
  }
  mesh::Draft draft(mesh::RecordKind kind, Bytes record) const {
    return {kind, {mesh::Tlp::green, mesh::Pap::green}, {true, {}, {}}, mesh::LogClass::urgent,
            std::move(record)};
  }
  mesh::Draft sighting(const Digest& indicator) const {
    const auto now = world.clock.wall();
    playbooks::Sighting seen;
    seen.indicator = indicator;
    seen.type = mesh::IndicatorType::domain;
    seen.value_key = playbooks::value_key(mesh::IndicatorType::domain, "evil.example");
    seen.count = 1;
    seen.first_seen = seen.last_seen = now;
    return draft(mesh::RecordKind::sighting,
                 playbooks::encode_sighting(header(mesh::RecordKind::sighting), seen));
  }

  mesh::World& world;
  PublicKey channel;
  std::unique_ptr<mesh::Store> store;
  std::unique_ptr<mesh::Node> node;
};

}  // namespace

TEST_CASE("a joint incident that a crash kept from its partners is published at the next start") {
  Federation federation;
  {
    BareAgent bleu(federation, "bleu", {});
    BareAgent delos(federation, "delos", {bleu.as_peer("bleu")});
    auto& machine = federation.machine();
    const auto publish = [&](BareAgent& at, mesh::Draft draft) {
      std::vector<mesh::Draft> drafts;
      drafts.push_back(std::move(draft));
      auto done = machine.complete(at.node->publish(std::move(drafts)));
      REQUIRE(done);
      return done->front().id;
    };
    const auto indicator = publish(
        delos, delos.draft(mesh::RecordKind::indicator,
                           mesh::encode_indicator(
                               delos.header(mesh::RecordKind::indicator),
                               {mesh::IndicatorType::domain, 80,
                                WallTime{federation.world().clock.wall().ms / 1000 * 1000} +
                                    std::chrono::hours(24),
                                "evil.example", {}})));
    publish(delos, delos.sighting(indicator));
    const auto seen = publish(bleu, bleu.sighting(indicator));
    REQUIRE(federation.eventually([&] {
      const auto held = delos.node->find(seen);
      return held && held->has_value();
    }));
    // The other's sighting is on the disk here: the next moment would have opened the incident.
    REQUIRE(federation.eventually([&] { return !delos.store->full(); }));
  }
  federation.start("delos");
  std::string id;
  REQUIRE(federation.eventually([&] {
    const auto listed = federation.call("delos", "incident.list");
    const auto& incidents = listed.at("incidents").as_array();
    if (incidents.empty()) return false;
    id = std::string(incidents[0].at("id").as_string());
    const auto timeline = federation.call("delos", "incident.timeline", {{"id", id}});
    const auto& entries = timeline.at("timeline").as_array();
    return !entries.empty() && !Federation::text(entries[0].as_object(), "record").empty();
  }));
  const auto shown = federation.call("delos", "incident.show", {{"id", id}});
  CHECK(Federation::text(shown, "title").find("evil.example") != std::string::npos);
  const auto records = federation.call("delos", "agent.status").at("records");
  federation.stop("delos");
  federation.start("delos");
  CHECK(federation.call("delos", "agent.status").at("records") == records);
}

TEST_CASE("a block that names no time to live lives as long as [limits] says") {
  Federation federation;
  federation.start("delos", "[limits]\neffect_ttl = \"2h\"\n");
  auto text = tests::read_text(tests::source_root() / "playbooks/library/block-address.json");
  for (std::size_t at; (at = text.find("\"ttl\"")) != std::string::npos;)
    text.erase(at, text.find(',', at) + 1 - at);
  const auto incident = federation.call("delos", "incident.open", {{"title", "test"}});
  const auto imported = federation.call("delos", "playbook.import",
                                        {{"file", "block.json"}, {"document", text}});
  const auto playbook = imported.at("playbooks").as_array()[0].at("id");
  federation.call("delos", "playbook.run",
                  {{"id", playbook}, {"incident", incident.at("id")},
                   {"var", json::array{"value=203.0.113.7"}}});
  std::string command;
  REQUIRE(federation.eventually([&] {
    const auto waiting = federation.call("delos", "approval.list");
    const auto& approvals = waiting.at("approvals").as_array();
    if (!approvals.empty()) command = std::string(approvals[0].at("command").as_string());
    return !approvals.empty();
  }));
  CHECK(command.ends_with(" for 2h"));
}
