// The vocabulary of scenarios: the kinds of injects and expectations, and the fields of each.
#include "agents/drill/scenario.hpp"

namespace tocsin::agents::drill {

using enum Meaning;

std::string_view name_of(InjectKind kind) {
  switch (kind) {
    case InjectKind::syslog: return "syslog";
    case InjectKind::ndjson: return "ndjson";
    case InjectKind::bulk: return "bulk";
    case InjectKind::hec: return "hec";
    case InjectKind::ioc_add: return "ioc-add";
    case InjectKind::ioc_retract: return "ioc-retract";
    case InjectKind::playbook_import: return "playbook-import";
    case InjectKind::playbook_run: return "playbook-run";
    case InjectKind::approve: return "approve";
    case InjectKind::preauthorise: return "preauthorise";
    case InjectKind::cut: return "cut";
    case InjectKind::heal: return "heal";
    case InjectKind::kill: return "kill";
    case InjectKind::restart: return "restart";
    case InjectKind::release: return "release";
    case InjectKind::asset_import: return "asset-import";
    case InjectKind::damage_assess: return "damage-assess";
  }
  panic("unnamed inject", __FILE__, __LINE__);
}

std::string_view name_of(ExpectationKind kind) {
  switch (kind) {
    case ExpectationKind::sighting: return "sighting";
    case ExpectationKind::indicator: return "indicator";
    case ExpectationKind::no_indicator: return "no-indicator";
    case ExpectationKind::via: return "via";
    case ExpectationKind::same_incident: return "same-incident";
    case ExpectationKind::no_incident: return "no-incident";
    case ExpectationKind::only_incident: return "only-incident";
    case ExpectationKind::refused: return "refused";
    case ExpectationKind::waits: return "waits";
    case ExpectationKind::approved: return "approved";
    case ExpectationKind::effects: return "effects";
    case ExpectationKind::no_block: return "no-block";
    case ExpectationKind::replays: return "replays";
    case ExpectationKind::state_equal: return "state-equal";
    case ExpectationKind::kept: return "kept";
    case ExpectationKind::receipts: return "receipts";
    case ExpectationKind::linked: return "linked";
    case ExpectationKind::unlinked: return "unlinked";
    case ExpectationKind::damage: return "damage";
  }
  panic("unnamed expectation", __FILE__, __LINE__);
}

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::detect: return "detect";
    case Phase::share: return "share";
    case Phase::decide: return "decide";
    case Phase::contain: return "contain";
    case Phase::restore: return "restore";
  }
  panic("unnamed phase", __FILE__, __LINE__);
}

const std::vector<Field>& fields_of(InjectKind kind) {
  static const std::vector<Field> events{{"org", org}, {"lines", texts}, {"repeat", number, false}};
  static const std::vector<Field> add{
      {"org", org}, {"name", new_indicator}, {"type", text}, {"value", text},
      {"tlp", text, false}, {"pap", text, false}, {"to", orgs, false}, {"labels", texts, false},
      {"confidence", number, false}, {"expires", text, false}};
  static const std::vector<Field> retract{{"org", org}, {"indicator", indicator}, {"why", text}};
  static const std::vector<Field> import{
      {"org", org}, {"name", new_playbook}, {"file", file}};
  static const std::vector<Field> run{{"org", org}, {"name", new_run}, {"playbook", playbook},
                                      {"incident", indicator}, {"var", texts, false}};
  static const std::vector<Field> approve{
      {"org", org}, {"run", Meaning::run}, {"step", text, false}, {"replay", flag, false}};
  static const std::vector<Field> preauthorise{
      {"orgs", orgs}, {"playbook", playbook}, {"types", texts}, {"count", number},
      {"class", text, false}, {"confidence", number, false}, {"trigger", text, false},
      {"expires", text, false}};
  static const std::vector<Field> links{{"orgs", orgs}};
  static const std::vector<Field> agent{{"org", org}};
  static const std::vector<Field> release{{"org", org}, {"incident", indicator}, {"to", org}};
  static const std::vector<Field> assets{{"org", org}, {"file", file}};
  static const std::vector<Field> assess{{"org", org}, {"incident", indicator}};
  switch (kind) {
    case InjectKind::syslog:
    case InjectKind::ndjson:
    case InjectKind::bulk:
    case InjectKind::hec: return events;
    case InjectKind::ioc_add: return add;
    case InjectKind::ioc_retract: return retract;
    case InjectKind::playbook_import: return import;
    case InjectKind::playbook_run: return run;
    case InjectKind::approve: return approve;
    case InjectKind::preauthorise: return preauthorise;
    case InjectKind::cut:
    case InjectKind::heal: return links;
    case InjectKind::kill:
    case InjectKind::restart: return agent;
    case InjectKind::release: return release;
    case InjectKind::asset_import: return assets;
    case InjectKind::damage_assess: return assess;
  }
  panic("unnamed inject", __FILE__, __LINE__);
}

const std::vector<Field>& fields_of(ExpectationKind kind) {
  static const std::vector<Field> sighting{
      {"org", org}, {"indicator", indicator}, {"by", org, false}};
  static const std::vector<Field> one{{"org", org}, {"indicator", indicator}};
  static const std::vector<Field> via{
      {"org", org}, {"indicator", indicator}, {"through", org}};
  static const std::vector<Field> several{{"orgs", orgs}, {"indicator", indicator}};
  static const std::vector<Field> refused{
      {"org", org}, {"run", run}, {"step", text, false}, {"names", texts, false}};
  static const std::vector<Field> waits{{"org", org}, {"run", run}, {"step", text, false}};
  static const std::vector<Field> approved{
      {"org", org}, {"run", run}, {"step", text, false}, {"by", org}};
  static const std::vector<Field> effects{{"org", org}, {"indicator", indicator},
                                          {"count", number}, {"state", state, false}};
  static const std::vector<Field> replays{{"org", org}, {"run", run}, {"count", number}};
  static const std::vector<Field> equal{{"orgs", orgs}};
  static const std::vector<Field> agent{{"org", org}};
  static const std::vector<Field> receipts{
      {"org", org}, {"indicator", indicator}, {"from", orgs}};
  static const std::vector<Field> link{{"org", org}, {"to", org}};
  static const std::vector<Field> damage{
      {"org", org}, {"incident", indicator}, {"assets", texts}};
  switch (kind) {
    case ExpectationKind::sighting: return sighting;
    case ExpectationKind::indicator:
    case ExpectationKind::no_indicator:
    case ExpectationKind::no_incident:
    case ExpectationKind::only_incident:
    case ExpectationKind::no_block: return one;
    case ExpectationKind::via: return via;
    case ExpectationKind::same_incident: return several;
    case ExpectationKind::refused: return refused;
    case ExpectationKind::waits: return waits;
    case ExpectationKind::approved: return approved;
    case ExpectationKind::effects: return effects;
    case ExpectationKind::replays: return replays;
    case ExpectationKind::state_equal: return equal;
    case ExpectationKind::kept: return agent;
    case ExpectationKind::receipts: return receipts;
    case ExpectationKind::linked:
    case ExpectationKind::unlinked: return link;
    case ExpectationKind::damage: return damage;
  }
  panic("unnamed expectation", __FILE__, __LINE__);
}

}  // namespace tocsin::agents::drill
