#include "agents/agent/verbs.hpp"

#include "mesh/sync/retention.hpp"
#include "playbooks/detect/sighting_record.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

TEST_CASE("a compaction tells what it did, and the status remembers it") {
  Federation federation;
  federation.start("delos");
  const auto before = federation.call("delos", "agent.status").at("compaction").as_object();
  CHECK(before.at("last").is_null());
  CHECK(before.at("droppable_bytes").to_number<std::uint64_t>() == 0);
  federation.call("delos", "ioc.add", {{"type", "auto"}, {"value", "evil.example"},
                                       {"tlp", "green"}});
  const auto trial = federation.call("delos", "store.compact", {{"dry_run", true}});
  CHECK(trial.at("dry_run").as_bool());
  CHECK(federation.call("delos", "agent.status").at("compaction").at("last").is_null());
  const auto done = federation.call("delos", "store.compact");
  for (const char* key : {"looked_at", "dropped", "records", "bytes", "live", "held_back",
                          "unreadable", "reappended", "checkpoints"})
    CHECK(done.at(key).to_number<std::uint64_t>() == 0);
  const auto after = federation.call("delos", "agent.status").at("compaction").as_object();
  CHECK(after.at("last").at("at") == done.at("at"));
}

TEST_CASE("a sighting is known by the field that names its indicator") {
  playbooks::Sighting seen;
  seen.indicator = crypto::blake2b(bytes_of("an indicator"));
  seen.value_key = crypto::blake2b(bytes_of("a value"));
  seen.type = mesh::IndicatorType::domain;
  seen.count = 1;
  const auto record = playbooks::encode_sighting(
      {mesh::RecordKind::sighting, {mesh::Tlp::green, mesh::Pap::green}, {1'790'000'000'000}, 7},
      seen);
  const auto life = mesh::life_of(mesh::view_record(record).value());
  CHECK(life.life == mesh::Life::follows);
  CHECK(life.target == seen.indicator);
}
