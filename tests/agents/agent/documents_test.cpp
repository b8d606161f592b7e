#include "agents/agent/documents.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::playbooks;
namespace json = boost::json;

namespace {

constexpr WallTime noon{1'763'899'200'000};  // 2025-11-23T12:00:00Z

std::string text(const json::object& from, std::string_view key) {
  return std::string(from.at(key).as_string());
}

}  // namespace

TEST_CASE("a time is RFC 3339, and null where there is none yet") {
  CHECK(time_document(noon) == "2025-11-23T12:00:00.000Z");
  CHECK(time_document({}).is_null());
}

TEST_CASE("an incident shows who has it, what it is about, and to whom it was released") {
  Incident incident;
  incident.id.data[0] = 1;
  incident.aliases = {IncidentId{{2}}};
  incident.title = "mail is slow";
  incident.orgs = {"bleu", "delos"};
  incident.indicators = {crypto::blake2b(bytes_of("one"))};
  incident.assignee = "delos/duty";
  incident.opened = noon;
  incident.released = {{"bsi", "delos/duty", noon}};
  const auto document = incident_document(incident);
  CHECK(text(document, "id") == to_base32(incident.id));
  CHECK(text(document, "title") == "mail is slow");
  CHECK(text(document, "severity") == "medium");
  CHECK(text(document, "assignee") == "delos/duty");
  CHECK(document.at("orgs") == json::value{"bleu", "delos"});
  CHECK(document.at("aliases").at(0).as_string() == to_base32(IncidentId{{2}}));
  CHECK(document.at("indicators").as_array().size() == 1);
  const auto& released = document.at("released").as_array().at(0).as_object();
  CHECK(text(released, "to") == "bsi");
  CHECK(text(released, "by") == "delos/duty");
  CHECK(text(released, "at") == "2025-11-23T12:00:00.000Z");
}

TEST_CASE("an entry of a timeline names its record, or none") {
  const auto id = crypto::blake2b(bytes_of("one"));
  const auto document = timeline_document({{noon, "delos", "note", "seen", id},
                                           {noon, "bleu", "run", "started", {}}});
  REQUIRE(document.size() == 2);
  CHECK(text(document[0].as_object(), "record") == to_base32(id));
  CHECK(text(document[0].as_object(), "text") == "seen");
  CHECK(text(document[1].as_object(), "record").empty());
}

TEST_CASE("a step says what it waits for: signatures, or a person") {
  RunState run;
  run.id.data[0] = 3;
  run.start.incident = "abc";
  run.variables = {{"__value__", "evil.example"}};
  StepStatus signing, manual, done;
  signing.state = StepState::approval;
  signing.need = 2;
  signing.have = {{"delos", "duty"}};
  signing.started = noon;
  manual.state = StepState::manual;
  manual.org = "bleu";
  done.state = StepState::succeeded;
  done.ended = noon;
  run.steps = {{"a", signing}, {"b", manual}, {"c", done}};
  const auto document = run_document(run);
  CHECK(text(document, "run") == to_base32(run.id));
  CHECK(text(document, "state") == "running");
  CHECK(document.at("variables").as_object().at("__value__") == "evil.example");
  const auto& steps = document.at("steps").as_array();
  REQUIRE(steps.size() == 3);
  CHECK(text(steps[0].as_object(), "id") == "a");
  CHECK(steps[0].at("needs").at(0) == "1 of 2 organisations have signed");
  CHECK(steps[0].at("started") == "2025-11-23T12:00:00.000Z");
  CHECK(steps[0].at("ended").is_null());
  CHECK(steps[1].at("needs").at(0) == "a person at bleu to report it done");
  CHECK(steps[2].at("needs").as_array().empty());
}

TEST_CASE("an approval shows exactly what is to be signed, by when, and who has signed") {
  ApprovalRequest approval;
  approval.step = "action--1";
  approval.org = "delos";
  approval.command = "block evil.example";
  approval.targets = {"evil.example"};
  approval.digest = crypto::blake2b(bytes_of("command"));
  approval.deadline = noon;
  approval.have = {{"bleu", "luc"}};
  approval.need = 2;
  const auto document = approval_document(approval);
  CHECK(text(document, "command") == "block evil.example");
  CHECK(text(document, "digest") == to_base32(approval.digest));
  CHECK(document.at("targets") == json::value{"evil.example"});
  CHECK(document.at("have") == json::value{"bleu/luc"});
  CHECK(document.at("need").to_number<int>() == 2);
  CHECK(document.at("deadline_ms").to_number<std::int64_t>() == noon.ms);
}

TEST_CASE("an effect shows its target, its state, and the indicator behind it if one is known") {
  EffectStatus effect;
  effect.id.data[0] = 4;
  effect.org = "delos";
  effect.actuator = "edl";
  effect.target = {mesh::IndicatorType::domain, "evil.example"};
  effect.since = noon;
  effect.state = EffectState::active;
  auto document = effect_document(effect);
  CHECK(text(document, "target") == "evil.example");
  CHECK(text(document, "type") == "domain");
  CHECK(text(document, "state") == name_of(EffectState::active));
  CHECK(text(document, "indicator").empty());
  CHECK(document.at("until").is_null());
  effect.indicator = crypto::blake2b(bytes_of("one"));
  CHECK(text(effect_document(effect), "indicator") == to_base32(effect.indicator));
}

TEST_CASE("a playbook shows its steps and its problems") {
  CheckedPlaybook checked;
  checked.playbook.name = "Block";
  checked.playbook.steps["action--1"].name = "Block it";
  checked.problems = {{"workflow", "no end"}};
  const auto document = playbook_document(checked);
  CHECK(text(document, "name") == "Block");
  CHECK(text(document.at("steps").at(0).as_object(), "id") == "action--1");
  CHECK(text(document.at("problems").at(0).as_object(), "text") == "no end");
}

TEST_CASE("an asset shows its recovery time where it has one") {
  Asset asset;
  asset.id = "mail-1";
  asset.depends_on = {"dns-1", "bleu:net-1"};
  CHECK(asset_document(asset).at("rto").is_null());
  asset.rto = std::chrono::minutes(240);
  CHECK(asset_document(asset).at("rto") == "4h");
  CHECK(asset_document(asset).at("depends_on").as_array().size() == 2);
}

TEST_CASE("damage shows what is hit, in which order to restore, and what goes in circles") {
  Damage damage;
  damage.assets.emplace_back();
  damage.assets[0].id = "mail-1";
  damage.assets[0].path = {"delos:dns-1", "delos:mail-1"};
  damage.services = {"delos:mail-1"};
  damage.restore_order = {"delos:dns-1", "delos:mail-1"};
  damage.cycles = {{"delos:a", "delos:b"}};
  const auto document = damage_document(damage);
  CHECK(text(document.at("assets").at(0).as_object(), "id") == "mail-1");
  CHECK(document.at("restore_order") == json::value{"delos:dns-1", "delos:mail-1"});
  CHECK(document.at("cycles").at(0) == json::value{"delos:a", "delos:b"});
}

TEST_CASE("a repair shows who said what of it, and when") {
  RepairTask task;
  task.asset = "mail-1";
  task.org = "delos";
  task.after = {"delos:dns-1"};
  task.evidence.emplace_back();
  task.evidence[0].at = noon;
  task.evidence[0].who = "duty";
  task.evidence[0].text = "restarted";
  const auto document = repair_document({task});
  CHECK(text(document[0].as_object(), "asset") == "mail-1");
  CHECK(document[0].at("after") == json::value{"delos:dns-1"});
  const auto& evidence = document[0].at("evidence").at(0).as_object();
  CHECK(text(evidence, "who") == "duty");
  CHECK(text(evidence, "at") == "2025-11-23T12:00:00.000Z");
}
