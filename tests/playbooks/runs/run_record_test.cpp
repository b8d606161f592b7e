#include "playbooks/runs/run_record.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

mesh::RecordHeader header(mesh::RecordKind kind) {
  return {kind, {mesh::Tlp::amber, mesh::Pap::green}, {5}, 7};
}

}  // namespace

TEST_CASE("a run start reads back, and its id cannot be given another content") {
  RunStart start;
  start.incident = "inc";
  start.started_by = "delos/anna";
  start.at = {5};
  start.variables = {{"__value__", "192.0.2.7"}};
  start.executors["delos"].data.fill(3);
  start.marking = {mesh::Tlp::amber, mesh::Pap::green};
  start.starter.data.fill(1);
  start.run = run_id_of(start);
  const auto bytes = encode_start(header(mesh::RecordKind::run_event), start);
  const auto back = decode_start(*mesh::view_record(bytes), start.starter);
  REQUIRE(back);
  CHECK(*back == start);

  auto forged = start;
  forged.variables["__value__"] = "192.0.2.8";
  const auto other = encode_start(header(mesh::RecordKind::run_event), forged);
  CHECK_FALSE(decode_start(*mesh::view_record(other), start.starter));
  CHECK_FALSE(decode_start(*mesh::view_record(bytes), AgentId{}));
}

TEST_CASE("events and effects read back") {
  RunEvent event;
  event.run.data.fill(1);
  event.code = EventCode::effect;
  event.index = 3;
  event.at = {9};
  event.step = "s";
  event.text = "approved";
  event.effect.data.fill(4);
  event.effect_state = 2;
  event.actuator = "edl";
  event.target = {mesh::IndicatorType::ipv4, "192.0.2.7"};
  event.until = {99};
  event.indicator.data.fill(6);
  const auto bytes = encode_event(header(mesh::RecordKind::effect), event);
  const auto back = decode_event(*mesh::view_record(bytes));
  REQUIRE(back);
  CHECK(back->target == event.target);
  CHECK(back->until == event.until);
  CHECK(back->indicator == event.indicator);
  CHECK(back->record == crypto::blake2b(bytes));

  event.code = EventCode::succeeded;
  CHECK_FALSE(decode_event(
      *mesh::view_record(encode_event(header(mesh::RecordKind::effect), event))));
  event.index = 0;
  CHECK_FALSE(decode_event(
      *mesh::view_record(encode_event(header(mesh::RecordKind::run_event), event))));
}

TEST_CASE("playbooks, approvals and orders read back") {
  const auto playbook = encode_playbook(header(mesh::RecordKind::playbook), {"name", "{}"});
  const auto view = *mesh::view_record(playbook);
  REQUIRE(decode_playbook(view));
  CHECK(decode_playbook(view)->json == "{}");
  CHECK_FALSE(decode_approval(view));
  const SignedBody body{{1, 2, 3}, {}};
  const auto approval = encode_approval(header(mesh::RecordKind::approval), body);
  CHECK(decode_approval(*mesh::view_record(approval))->body == body.body);
  const auto order = encode_order(header(mesh::RecordKind::run_event), {}, body);
  CHECK(decode_order(*mesh::view_record(order))->body == body.body);
}

}  // namespace tocsin::playbooks
