#include "agents/drill/observer.hpp"

#include <algorithm>

#include "agents/drill/feed.hpp"

namespace tocsin::agents::drill {

bool is_absence(ExpectationKind kind) {
  return kind == ExpectationKind::no_indicator || kind == ExpectationKind::no_incident;
}

mesh::Task<Before> Observer::look(const StoryEvent& event) {
  Before out;
  for (const auto& expectation : event.expectations) {
    if (expectation.kind != ExpectationKind::only_incident) continue;
    const auto org = expectation.fields.text("org");
    Caller asker = stage_.federation.caller(org);
    const auto listed = co_await asker.ask("incident.list", json::object{});
    if (!listed) continue;
    for (const auto* incident : objects_in(*listed, "incidents"))
      out.incidents[org].push_back(text_in(*incident, "id"));
  }
  co_return out;
}

mesh::Task<Verdict> Observer::watch(const StoryEvent& event, const Expectation& expectation,
                                    const Before& before) {
  Callers callers;
  const bool absence = is_absence(expectation.kind);
  const auto begun = stage_.timeline.seconds();
  Verdict out{&event, &expectation, false, begun, 0, {}};
  for (;;) {
    // Taken before the question is asked: an answer is never newer than its time.
    out.took_s = stage_.timeline.seconds() - begun;
    const bool over = out.took_s > expectation.within;
    const auto seen = stage_.pulse.beats();
    const Question question{expectation, before, callers};
    const auto found = co_await check(question);
    out.at_s = stage_.timeline.seconds();
    const bool holds = found && found->holds;
    out.detail = found ? found->detail : found.error().message;
    if (holds && !absence) {
      out.took_s = out.at_s - begun;
      out.met = out.took_s <= expectation.within;
    }
    if (absence && over) out.met = holds;
    // What cannot be asked yet (its inject is under way) has not happened either.
    if (out.met || over || (absence && found && !holds)) co_return out;
    co_await stage_.pulse.wait(seen, poll_every);
    // Several changes that are told together are looked at once.
    co_await mesh::sleep(stage_.world.loop, settle);
  }
}

Observer::Found Observer::check(Question q) {
  switch (q.expectation.kind) {
    case ExpectationKind::sighting: return sighting(q);
    case ExpectationKind::indicator:
    case ExpectationKind::no_indicator: return indicator(q);
    case ExpectationKind::via: return via(q);
    case ExpectationKind::same_incident: return same_incident(q);
    case ExpectationKind::no_incident: return no_incident(q);
    case ExpectationKind::only_incident: return only_incident(q);
    case ExpectationKind::refused:
    case ExpectationKind::waits: return step(q);
    case ExpectationKind::approved: return approved(q);
    case ExpectationKind::effects: return effects(q);
    case ExpectationKind::no_block: return no_block(q);
    case ExpectationKind::replays: return replays(q);
    case ExpectationKind::state_equal: return state_equal(q);
    case ExpectationKind::kept: return kept(q);
    case ExpectationKind::receipts: return receipts(q);
    case ExpectationKind::linked:
    case ExpectationKind::unlinked: return link(q);
    case ExpectationKind::damage: return damage(q);
  }
  panic("unnamed expectation", __FILE__, __LINE__);
}

Caller& Observer::caller(Callers& callers, const std::string& org) {
  const auto found = callers.find(org);
  if (found != callers.end()) return found->second;
  return callers.emplace(org, stage_.federation.caller(org)).first->second;
}

mesh::Task<Result<json::object>> Observer::ask(Callers& callers, std::string org,
                                               std::string verb, json::object args) {
  auto answer = co_await caller(callers, org).ask(std::move(verb), std::move(args));
  co_return answer;
}

Observer::Found Observer::sighting(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto by = q.fields().has("by") ? q.fields().text("by") : q.org();
  const auto listed = co_await ask(q.callers, q.org(), "sighting.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  for (const auto* each : objects_in(*listed, "sightings"))
    if (text_in(*each, "indicator") == wanted->id && text_in(*each, "org") == by)
      co_return Finding{true, fmt::format("{} event(s) at {}", number_in(*each, "count"), by)};
  co_return Finding{false, fmt::format("no sighting of {} by {}", wanted->value, by)};
}

// Asked by value and by id, so that neither way gives away what is not for this organisation.
Observer::Found Observer::indicator(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const bool absence = is_absence(q.expectation.kind);
  json::object by_value{{"text", wanted->value}}, by_id{{"id", wanted->id}};
  const auto searched = co_await ask(q.callers, q.org(), "ioc.search", std::move(by_value));
  if (!searched) co_return std::unexpected(searched.error());
  bool found = false;
  for (const auto* each : objects_in(*searched, "indicators"))
    found = found || (absence ? text_in(*each, "value") == wanted->value
                              : text_in(*each, "id") == wanted->id);
  const auto shown = co_await ask(q.callers, q.org(), "ioc.show", std::move(by_id));
  if (!shown && shown.error().code == Errc::unreachable) co_return std::unexpected(shown.error());
  const bool known = shown.has_value();
  if (absence)
    co_return Finding{!found && !known, found || known ? q.org() + " can read it" : "not there"};
  co_return Finding{found && known, found && known ? "there" : "not there yet"};
}

Observer::Found Observer::via(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  json::object args{{"id", wanted->id}};
  const auto shown = co_await ask(q.callers, q.org(), "ioc.show", std::move(args));
  if (!shown) co_return std::unexpected(shown.error());
  const auto through = q.fields().text("through"), came = text_in(*shown, "via");
  const bool holds = came == through || came.starts_with(through + "-") ||
                     came.starts_with(through + "/");
  co_return Finding{holds, "came via " + (came.empty() ? "nobody" : came)};
}

Observer::Found Observer::same_incident(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  std::vector<std::string> first;
  for (const auto& org : q.fields().texts("orgs")) {
    const auto ids = co_await stage_.incidents_of(caller(q.callers, org), wanted->id);
    if (!ids) co_return std::unexpected(ids.error());
    if (ids->size() != 1)
      co_return Finding{false, fmt::format("{} has {} incidents with it", org, ids->size())};
    if (first.empty()) first = *ids;
    if (first != *ids) co_return Finding{false, "the ids differ: " + first[0] + ", " + (*ids)[0]};
  }
  co_return Finding{true, "incident " + first.front()};
}

Observer::Found Observer::no_incident(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto ids = co_await stage_.incidents_of(caller(q.callers, q.org()), wanted->id);
  if (!ids) co_return std::unexpected(ids.error());
  co_return Finding{ids->empty(), fmt::format("{} incidents with it", ids->size())};
}

Observer::Found Observer::only_incident(Question q) {
  const auto wanted = stage_.indicator(q.fields().text("indicator"));
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto listed = co_await ask(q.callers, q.org(), "incident.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  const auto known = q.before.incidents.find(q.org());
  std::vector<const json::object*> fresh;
  for (const auto* incident : objects_in(*listed, "incidents"))
    if (known == q.before.incidents.end() ||
        std::find(known->second.begin(), known->second.end(), text_in(*incident, "id")) ==
            known->second.end())
      fresh.push_back(incident);
  if (fresh.size() != 1)
    co_return Finding{false, fmt::format("{} incidents were shown", fresh.size())};
  const auto ids = texts_in(*fresh.front(), "indicators");
  const bool right = std::find(ids.begin(), ids.end(), wanted->id) != ids.end();
  co_return Finding{right, (right ? "incident " : "another incident: ") +
                               text_in(*fresh.front(), "id")};
}

}  // namespace tocsin::agents::drill
