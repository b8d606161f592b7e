#include "agents/drill/director.hpp"

#include <fmt/format.h>

#include "agents/drill/feed.hpp"
#include "agents/home/home.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents::drill {
namespace {

std::string_view input_of(InjectKind kind) {
  if (kind == InjectKind::syslog) return "syslog-tcp";
  if (kind == InjectKind::ndjson) return "ndjson-http";
  return name_of(kind);
}

Happening happening_of(InjectKind kind) {
  switch (kind) {
    case InjectKind::cut: return Happening::cut;
    case InjectKind::heal: return Happening::heal;
    case InjectKind::kill: return Happening::kill;
    case InjectKind::restart: return Happening::restart;
    case InjectKind::approve:
    case InjectKind::preauthorise:
    case InjectKind::release:
    case InjectKind::ioc_retract: return Happening::decision;
    case InjectKind::syslog:
    case InjectKind::ndjson:
    case InjectKind::bulk:
    case InjectKind::hec:
    case InjectKind::ioc_add:
    case InjectKind::playbook_import:
    case InjectKind::playbook_run:
    case InjectKind::asset_import:
    case InjectKind::damage_assess: return Happening::inject;
  }
  panic("unnamed inject", __FILE__, __LINE__);
}

json::array array_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

}  // namespace

std::string describe(const Inject& inject) {
  if (!inject.text.empty()) return inject.text;
  const auto& fields = inject.fields;
  std::string out(name_of(inject.kind));
  for (const auto* key : {"value", "indicator", "incident", "playbook", "run", "file", "to"})
    if (fields.has(key) && !fields.text(key).empty()) out += " " + fields.text(key);
  if (fields.has("orgs")) out += fmt::format(" {}", fmt::join(fields.texts("orgs"), "-"));
  return out;
}

mesh::Task<bool> Director::play(const Inject& inject) {
  // Told when it begins: what follows from it may be seen before it ends.
  auto text = describe(inject);
  const auto org = inject.fields.text("org");
  stage_.timeline.add(org, happening_of(inject.kind), text, inject.fields.texts("orgs"));
  const auto done = co_await perform(inject);
  if (!done) {
    const auto hint = done.error().hint.empty() ? "" : " (" + done.error().hint + ")";
    stage_.timeline.add(org, Happening::failed, text + ": " + done.error().message + hint);
    co_return false;
  }
  if (!done->empty()) stage_.timeline.add(org, happening_of(inject.kind), *done);
  co_return true;
}

Director::Done Director::perform(const Inject& inject) {
  switch (inject.kind) {
    case InjectKind::syslog:
    case InjectKind::ndjson:
    case InjectKind::bulk:
    case InjectKind::hec: return send_events(inject);
    case InjectKind::ioc_add: return add_indicator(inject);
    case InjectKind::ioc_retract: return retract_indicator(inject);
    case InjectKind::playbook_import: return import_playbook(inject);
    case InjectKind::playbook_run: return run_playbook(inject);
    case InjectKind::approve: return inject.fields.flag("replay") ? replay(inject) : approve(inject);
    case InjectKind::preauthorise: return preauthorise(inject);
    case InjectKind::cut: return set_links(inject, true);
    case InjectKind::heal: return set_links(inject, false);
    case InjectKind::kill: return kill(inject);
    case InjectKind::restart: return restart(inject);
    case InjectKind::release: return release(inject);
    case InjectKind::asset_import: return import_assets(inject);
    case InjectKind::damage_assess: return assess(inject);
  }
  panic("unnamed inject", __FILE__, __LINE__);
}

mesh::Task<Result<json::object>> Director::ask(std::string org, std::string verb,
                                               json::object args) {
  Caller caller = stage_.federation.caller(org);
  auto answer = co_await caller.ask(std::move(verb), std::move(args));
  co_return answer;
}

Director::Done Director::send_events(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org");
  const auto to = stage_.federation.input(org, input_of(inject.kind));
  if (!to) co_return std::unexpected(to.error());
  auto lines = feed_lines(fields.texts("lines"), std::size_t(fields.number("repeat", 1)),
                          stage_.world.clock.wall());
  const auto sent = co_await feed(stage_.federation.machine(org).network(), *to, inject.kind, std::move(lines));
  if (!sent) co_return std::unexpected(sent.error());
  co_return std::string();
}

Director::Done Director::add_indicator(const Inject& inject) {
  const auto& fields = inject.fields;
  json::object args{{"type", fields.text("type")}, {"value", fields.text("value")}};
  for (const auto* key : {"tlp", "pap", "expires"})
    if (fields.has(key)) args[key] = fields.text(key);
  if (fields.has("to")) args["to"] = array_of(fields.texts("to"));
  if (fields.has("labels")) args["label"] = array_of(fields.texts("labels"));
  if (fields.has("confidence")) args["confidence"] = std::int64_t(fields.number("confidence", 0));
  const auto org = fields.text("org");
  const auto added = co_await ask(org, "ioc.add", std::move(args));
  if (!added) co_return std::unexpected(added.error());
  const auto id = text_in(*added, "id");
  auto value = text_in(*added, "value");
  if (value.empty()) value = fields.text("value");
  stage_.indicators[fields.text("name")] = {org, id, value};
  stage_.acknowledged.push_back({org, "ioc.show", "id", id, "indicator " + value});
  co_return std::string();
}

Director::Done Director::retract_indicator(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org"), why = fields.text("why");
  const auto indicator = stage_.indicator(fields.text("indicator"));
  if (!indicator) co_return std::unexpected(indicator.error());
  const auto order = sign_order(stage_.federation.person(org), stage_.federation.id(),
                                "ioc.retract", {{"id", indicator->id}, {"why", why}},
                                stage_.world.clock.wall(), stage_.world.entropy);
  if (!order) co_return std::unexpected(order.error());
  json::object args{{"id", indicator->id},
                    {"why", why},
                    {"order", to_base64(order->body)},
                    {"signature", to_base64(order->signature.view())},
                    {"analyst", stage_.federation.person(org).name()}};
  const auto done = co_await ask(org, "ioc.retract", std::move(args));
  if (!done) co_return std::unexpected(done.error());
  co_return std::string();
}

Result<std::string> Director::read_file(const std::string& name) const {
  return read_text(stage_.world.disk, stage_.scenario.folder / name);
}

Director::Done Director::import_playbook(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto file = fields.text("file"), org = fields.text("org");
  const auto text = read_file(file);
  if (!text) co_return std::unexpected(text.error());
  json::object args{{"file", file}, {"document", *text}};
  const auto imported = co_await ask(org, "playbook.import", std::move(args));
  if (!imported) co_return std::unexpected(imported.error());
  std::string digest;
  for (const auto* playbook : objects_in(*imported, "playbooks"))
    digest = text_in(*playbook, "digest");
  if (digest.empty()) co_return fail(Errc::invalid, "the agent named no digest");
  stage_.playbooks[fields.text("name")] = digest;
  stage_.acknowledged.push_back({org, "playbook.show", "id", digest, "playbook " + file});
  co_return std::string();
}

Director::Done Director::import_assets(const Inject& inject) {
  const auto file = inject.fields.text("file");
  const auto text = read_file(file);
  if (!text) co_return std::unexpected(text.error());
  json::object args{{"file", file},
                    {"document", *text},
                    {"format", file.ends_with(".json") ? "json" : "csv"}};
  const auto done = co_await ask(inject.fields.text("org"), "asset.import", std::move(args));
  if (!done) co_return std::unexpected(done.error());
  const auto rejected = objects_in(*done, "rejected");
  if (!rejected.empty())
    co_return fail(Errc::invalid, "{}: {}", file, text_in(*rejected.front(), "reason"));
  co_return std::string();
}

mesh::Task<Result<std::string>> Director::incident_at(std::string org, std::string indicator) {
  const auto named = stage_.indicator(indicator);
  if (!named) co_return std::unexpected(named.error());
  Caller caller = stage_.federation.caller(org);
  const auto found = co_await stage_.incidents_of(caller, named->id);
  if (!found) co_return std::unexpected(found.error());
  if (found->empty())
    co_return fail(Errc::not_found, "{} has no incident with {}", org, named->value);
  co_return found->front();
}

Director::Done Director::assess(const Inject& inject) {
  const auto org = inject.fields.text("org");
  const auto incident = co_await incident_at(org, inject.fields.text("incident"));
  if (!incident) co_return std::unexpected(incident.error());
  json::object args{{"incident", *incident}};
  const auto done = co_await ask(org, "damage.assess", std::move(args));
  if (!done) co_return std::unexpected(done.error());
  co_return std::string();
}

// Every link among the named organisations.
Director::Done Director::set_links(const Inject& inject, bool down) {
  const auto orgs = inject.fields.texts("orgs");
  for (const auto& one : orgs)
    for (const auto& other : orgs) {
      if (one >= other) continue;
      const auto done = co_await stage_.federation.set_link(one, other, down);
      if (!done) co_return std::unexpected(done.error());
    }
  co_return std::string();
}

Director::Done Director::kill(const Inject& inject) {
  const auto done = co_await stage_.federation.kill(inject.fields.text("org"));
  if (!done) co_return std::unexpected(done.error());
  co_return std::string();
}

Director::Done Director::restart(const Inject& inject) {
  const auto org = inject.fields.text("org");
  const auto started = co_await stage_.federation.start(org);
  if (!started) co_return std::unexpected(started.error());
  co_return org + " answers again";
}

}  // namespace tocsin::agents::drill
