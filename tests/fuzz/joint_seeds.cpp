#include "playbooks/damage/impact_records.hpp"
#include "playbooks/detect/sighting_record.hpp"
#include "playbooks/incidents/incident_records.hpp"
#include "playbooks/runs/run_record.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/mesh/wire/document_samples.hpp"

namespace tocsin::fuzz {
namespace {

using namespace playbooks;
using mesh::RecordKind;

Bytes behind(std::uint8_t first, ByteView rest) {
  Bytes out{first};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

constexpr WallTime at{1'795'000'000'000};
constexpr IncidentId incident{{9}};
constexpr RunId run{{8}};
constexpr Digest digest{{7}};

RunEvent asked() {
  RunEvent out;
  out.run = run;
  out.code = EventCode::approval_requested;
  out.index = 1;
  out.at = at;
  out.step = "action--1";
  out.text = "block";
  out.command = digest;
  out.targets = {"domain-name:c2.example"};
  out.action_class = "block";
  out.need = 2;
  out.deadline = at + std::chrono::hours(1);
  return out;
}

}  // namespace

void add_joint(std::map<std::string, Bytes>& out) {
  const tests::DocumentSamples samples;
  const auto record = [&](const char* name, ByteView bytes) {
    out[std::string("joint/") + name] = behind(0, bytes);
  };
  record("sighting", encode_sighting(samples.header(RecordKind::sighting),
                                     {digest, mesh::IndicatorType::domain, digest, 3, at, at,
                                      "T1071.001", "dns"}));
  record("incident", *encode_incident(samples.header(RecordKind::incident),
                                      IncidentOpening{incident, {}, "c2.example", {digest},
                                                      {"bleu", "delos"}, {"T1071"}, "joint", {},
                                                      at, at}));
  record("incident_note", *encode_incident(samples.header(RecordKind::note),
                                           IncidentNote{incident, "delos/anna", "seen"}));
  record("event", encode_event(samples.header(RecordKind::run_event), asked()));
  record("playbook", encode_playbook(samples.header(RecordKind::playbook),
                                     {"block", R"({"type":"playbook"})"}));

  ApprovalBody approval{run, "action--1", digest, {"domain-name:c2.example"}, at,
                        Decision::approve, "delos", "anna", at, {}};
  out["joint/approval_body"] = behind(2, encode_approval_body(approval));
  const StandingBody standing{digest, "block", {mesh::IndicatorType::domain}, 80, 5, at,
                              at + std::chrono::hours(1), Trigger::indicator, "delos", "anna"};
  out["joint/standing_body"] = behind(3, encode_standing_body(standing));
  const OrderBody order{OrderKind::done, run, "action--1", "delos", "anna", at, "by hand",
                        {{"out", "value"}}};
  out["joint/order_body"] = behind(4, encode_order_body(order));
  out["joint/release_order"] =
      behind(5, encode_release_order({incident, "bsi", "delos/anna", at}));
}

}  // namespace tocsin::fuzz
