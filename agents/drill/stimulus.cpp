#include "agents/drill/stimulus.hpp"

#include <algorithm>
#include <set>

#include "crypto/result.hpp"

namespace tocsin::agents::drill {
namespace {

using Names = std::set<std::string>;

Names names_in(const Fields& fields, std::initializer_list<const char*> keys) {
  Names out;
  for (const auto* key : keys) {
    if (const auto text = fields.text(key); !text.empty()) out.insert(text);
    for (const auto& text : fields.texts(key)) out.insert(text);
  }
  return out;
}

/// Names of which the inject has none, or the expectation has none, or both have one.
bool agree(const Names& inject, const Names& expectation) {
  if (inject.empty() || expectation.empty()) return true;
  return std::any_of(inject.begin(), inject.end(),
                     [&](const auto& name) { return expectation.contains(name); });
}

Names indicators_of(const Expectation& one) {
  return names_in(one.fields, {"indicator", "incident"});
}

/// The organisations whose events, signatures or agents decide it.
Names actors_of(const Expectation& one) {
  if (one.fields.has("by")) return names_in(one.fields, {"by"});
  return names_in(one.fields, {"org", "orgs"});
}

bool is_about_links(ExpectationKind kind) {
  return kind == ExpectationKind::linked || kind == ExpectationKind::unlinked;
}

bool is_about_events(ExpectationKind kind) {
  return kind == ExpectationKind::sighting || kind == ExpectationKind::same_incident ||
         kind == ExpectationKind::only_incident || kind == ExpectationKind::no_incident ||
         kind == ExpectationKind::damage || kind == ExpectationKind::state_equal;
}

bool is_about_runs(ExpectationKind kind) {
  return kind == ExpectationKind::refused || kind == ExpectationKind::waits ||
         kind == ExpectationKind::approved || kind == ExpectationKind::effects ||
         kind == ExpectationKind::no_block || kind == ExpectationKind::replays ||
         kind == ExpectationKind::kept || kind == ExpectationKind::state_equal;
}

bool approval_concerns(const Inject& inject, const Expectation& expectation) {
  const auto& fields = inject.fields;
  if (!is_about_runs(expectation.kind)) return false;
  const bool replays = expectation.kind == ExpectationKind::replays;
  if (fields.flag("replay") != replays) return false;
  if (!agree(names_in(fields, {"run"}), names_in(expectation.fields, {"run"}))) return false;
  if (expectation.kind == ExpectationKind::approved)
    return agree(names_in(fields, {"org"}), actors_of(expectation));
  // A signature for the step of one organisation has no effect at another.
  return agree(names_in(fields, {"step"}), actors_of(expectation));
}

}  // namespace

bool concerns(const Inject& inject, const Expectation& expectation) {
  const auto kind = expectation.kind;
  const auto same = [&](const char* key, const Names& names) {
    return agree(names_in(inject.fields, {key}), names);
  };
  switch (inject.kind) {
    case InjectKind::cut:
    case InjectKind::heal: return true;
    case InjectKind::kill:
    case InjectKind::restart: return is_about_links(kind) || same("org", actors_of(expectation));
    case InjectKind::syslog:
    case InjectKind::ndjson:
    case InjectKind::bulk:
    case InjectKind::hec: return is_about_events(kind) && same("org", actors_of(expectation));
    case InjectKind::ioc_add:
      return !is_about_links(kind) && same("name", indicators_of(expectation));
    case InjectKind::ioc_retract:
      return !is_about_links(kind) && same("indicator", indicators_of(expectation));
    case InjectKind::playbook_run:
      return is_about_runs(kind) && same("name", names_in(expectation.fields, {"run"}));
    case InjectKind::approve: return approval_concerns(inject, expectation);
    case InjectKind::playbook_import:
    case InjectKind::preauthorise: return is_about_runs(kind);
    case InjectKind::asset_import:
    case InjectKind::damage_assess:
      return (kind == ExpectationKind::damage || kind == ExpectationKind::state_equal) &&
             same("org", actors_of(expectation));
    case InjectKind::release: return !is_about_links(kind);
  }
  panic("unnamed inject", __FILE__, __LINE__);
}

std::size_t stimulus_of(const StoryEvent& event, const Expectation& expectation) {
  for (auto at = event.injects.size(); at-- > 0;)
    if (concerns(event.injects[at], expectation)) return at;
  return event.injects.size() - 1;
}

}  // namespace tocsin::agents::drill
