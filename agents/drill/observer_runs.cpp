// The expectations about runs, effects, state and links.
#include <algorithm>

#include <fmt/format.h>

#include "agents/drill/feed.hpp"
#include "agents/drill/observer.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr std::size_t zone_bytes_max = 64 << 20;

/// True when `value` begins a line, alone or before a blank: in a block list or a zone.
bool lists_value(std::string_view text, std::string_view value) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    line = line.substr(0, line.find_first_of(" \t\r"));
    if (line == value) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

}  // namespace

Observer::Found Observer::step(Question q) {
  const auto run = stage_.run(q.fields().text("run"));
  if (!run) co_return std::unexpected(run.error());
  json::object args{{"run", run->id}};
  const auto shown = co_await ask(q.callers, q.org(), "run.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  const std::string_view state =
      q.expectation.kind == ExpectationKind::refused ? "refused" : "approval";
  const auto* step = step_in(*shown, q.fields().text("step"), state);
  if (!step) co_return Finding{false, fmt::format("no step with state {}", state)};
  const auto now = text_in(*step, "state"), result = text_in(*step, "result");
  bool holds = now == state;
  for (const auto& name : q.fields().texts("names"))
    holds = holds && result.find(name) != std::string::npos;
  co_return Finding{holds, now + (result.empty() ? "" : ": " + result)};
}

Observer::Found Observer::approved(Question q) {
  const auto run = stage_.run(q.fields().text("run"));
  if (!run) co_return std::unexpected(run.error());
  const auto by = q.fields().text("by") + "/";
  const auto wanted = q.fields().text("step");
  const auto listed = co_await ask(q.callers, q.org(), "approval.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  for (const auto* entry : objects_in(*listed, "approvals")) {
    if (text_in(*entry, "run") != run->id) continue;
    if (!wanted.empty() && text_in(*entry, "step") != wanted && text_in(*entry, "org") != wanted)
      continue;
    for (const auto& one : texts_in(*entry, "have"))
      if (one.starts_with(by)) co_return Finding{true, "signed by " + one};
  }
  // With the last signature the step goes on and waits no more.
  json::object args{{"run", run->id}};
  const auto shown = co_await ask(q.callers, q.org(), "run.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  for (const auto* state : {"succeeded", "running"})
    for (const auto* each : objects_in(*shown, "steps")) {
      const bool right = wanted.empty() || text_in(*each, "owner") == wanted ||
                         text_in(*each, "id") == wanted;
      if (right && text_in(*each, "type") == "action" && text_in(*each, "state") == state)
        co_return Finding{true, "the step has all its signatures"};
    }
  co_return Finding{false, "not signed yet"};
}

mesh::Task<Result<bool>> Observer::enforced(std::string org, std::string value) {
  auto& machine = stage_.federation.machine(org);
  const auto http = stage_.federation.http(org);
  if (!http.empty()) {
    const auto list = co_await fetch(machine.network(), mesh::Address(http), "/edl/edl");
    if (!list) co_return std::unexpected(list.error());
    if (lists_value(*list, value)) co_return true;
  }
  const auto file = stage_.federation.home(org) / "rpz.zone";
  // A machine that is down shows no disk.
  if (!machine.running()) co_return fail(Errc::unreachable, "{}: its agent does not run", org);
  if (!machine.disk().exists(file)) co_return false;
  const auto zone = machine.disk().read(file, zone_bytes_max);
  if (!zone) co_return std::unexpected(zone.error());
  co_return lists_value(text_of(*zone), value);
}

Observer::Found Observer::effects(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const bool any = q.fields().text("state") == "any";
  const auto listed = co_await ask(q.callers, q.org(), "effect.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  std::size_t count = 0;
  for (const auto* effect : objects_in(*listed, "effects")) {
    const auto state = text_in(*effect, "state");
    if (text_in(*effect, "org") != q.org() || text_in(*effect, "target") != wanted->value)
      continue;
    // What never came into force is no effect.
    if (any ? state != "failed" : state == "active") ++count;
  }
  const auto need = std::size_t(q.fields().number("count", 1));
  if (count != need) co_return Finding{false, fmt::format("{} effects, not {}", count, need)};
  if (any || need == 0) co_return Finding{true, fmt::format("{} effects", count)};
  const auto there = co_await enforced(q.org(), wanted->value);
  if (!there) co_return std::unexpected(there.error());
  co_return Finding{*there, *there ? fmt::format("{} effect(s), and the list names it", count)
                                   : "no list names it"};
}

Observer::Found Observer::no_block(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto listed = co_await ask(q.callers, q.org(), "effect.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  for (const auto* effect : objects_in(*listed, "effects"))
    if (text_in(*effect, "org") == q.org() && text_in(*effect, "target") == wanted->value &&
        text_in(*effect, "state") == "active")
      co_return Finding{false, "still blocked at " + text_in(*effect, "actuator")};
  const auto there = co_await enforced(q.org(), wanted->value);
  if (!there) co_return std::unexpected(there.error());
  co_return Finding{!*there, *there ? "a list still names it" : "gone"};
}

Observer::Found Observer::replays(Question q) {
  const auto run = stage_.run(q.fields().text("run"));
  if (!run) co_return std::unexpected(run.error());
  json::object args{{"run", run->id}};
  const auto shown = co_await ask(q.callers, q.org(), "run.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  const auto count = number_in(*shown, "replayed_approvals");
  co_return Finding{count == std::int64_t(q.fields().number("count", 1)),
                    fmt::format("{} replayed", count)};
}

Observer::Found Observer::state_equal(Question q) {
  std::string first, detail;
  bool equal = true;
  for (const auto& org : q.fields().texts("orgs")) {
    const auto status = co_await ask(q.callers, org, "agent.status", json::object{});
    if (!status) co_return std::unexpected(status.error());
    const auto digest = text_in(*status, "state_digest");
    if (digest.empty()) co_return Finding{false, org + " tells no digest"};
    if (first.empty()) first = digest;
    equal = equal && first == digest;
    detail += fmt::format("{}{} {}", detail.empty() ? "" : ", ", org, digest);
  }
  co_return Finding{equal, equal ? "state digest " + first : detail};
}

Observer::Found Observer::kept(Question q) {
  std::size_t there = 0, all = 0;
  std::string missing;
  for (const auto& each : stage_.acknowledged) {
    if (each.org != q.org()) continue;
    ++all;
    json::object args{{each.key, each.id}};
    const auto found = co_await ask(q.callers, each.org, each.verb, std::move(args));
    if (!found && found.error().code == Errc::unreachable) co_return std::unexpected(found.error());
    if (found)
      ++there;
    else
      missing = each.what;
  }
  co_return Finding{all > 0 && there == all,
                    there == all ? fmt::format("all {} acknowledged entries are there", all)
                                 : fmt::format("{} of {}; lost: {}", there, all, missing)};
}

Observer::Found Observer::receipts(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  json::object args{{"id", wanted->id}};
  const auto shown = co_await ask(q.callers, q.org(), "ioc.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  std::set<std::string> have;
  for (const auto* receipt : objects_in(*shown, "receipts")) have.insert(text_in(*receipt, "org"));
  bool all = true;
  for (const auto& org : q.fields().texts("from")) all = all && have.contains(org);
  co_return Finding{all, fmt::format("receipts from: {}", fmt::join(have, ", "))};
}

Observer::Found Observer::link(Question q) {
  const auto listed = co_await ask(q.callers, q.org(), "peer.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  std::string state = "unknown";
  for (const auto* peer : objects_in(*listed, "peers"))
    if (text_in(*peer, "org") == q.fields().text("to")) state = text_in(*peer, "state");
  const bool up = state == "connected";
  co_return Finding{up == (q.expectation.kind == ExpectationKind::linked), state};
}

Observer::Found Observer::damage(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("incident"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto ids = co_await stage_.incidents_of(caller(q.callers, q.org()), wanted->id);
  if (!ids) co_return std::unexpected(ids.error());
  if (ids->empty()) co_return Finding{false, "no such incident"};
  json::object args{{"incident", ids->front()}};
  const auto shown = co_await ask(q.callers, q.org(), "damage.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  std::set<std::string> have;
  for (const auto* asset : objects_in(*shown, "assets")) have.insert(text_in(*asset, "id"));
  bool all = true;
  for (const auto& asset : q.fields().texts("assets")) all = all && have.contains(asset);
  co_return Finding{all, fmt::format("assets: {}", fmt::join(have, ", "))};
}

}  // namespace tocsin::agents::drill
