#include "agents/drill/scenario_file.hpp"

#include <algorithm>

#include <toml++/toml.h>
#include <fmt/format.h>

#include "crypto/bytes.hpp"

namespace tocsin::agents::drill {
namespace {

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

// One table. Every key that is asked for is known; finish() faults what is left over.
class Section {
 public:
  Section(std::string name, const toml::table& table, std::vector<ScenarioFault>& faults)
      : name_(std::move(name)), table_(table), faults_(faults) {}

  std::size_t line() const { return line_of(table_); }
  void wrong(std::string_view key, std::string_view why, std::string fix = "correct it") {
    const auto* node = table_.get(key);
    faults_.push_back({node ? line_of(*node) : line(),
                       fmt::format("{} {}: {}", name_, key, why), std::move(fix)});
  }
  const toml::node* node(std::string_view key, bool needed) {
    known_.emplace_back(key);
    const auto* found = table_.get(key);
    if (!found && needed) wrong(key, "must be there", "add it");
    return found;
  }
  std::string text(std::string_view key, bool needed, std::string otherwise = {}) {
    const auto* found = node(key, needed);
    if (!found) return otherwise;
    const auto value = found->value<std::string>();
    if (!found->is_string() || !value || value->empty())
      return wrong(key, "must be a text in quotes, not empty"), otherwise;
    return *value;
  }
  std::vector<std::string> texts(std::string_view key, bool needed) {
    std::vector<std::string> out;
    const auto* found = node(key, needed);
    if (!found) return out;
    if (const auto* list = found->as_array())
      for (const auto& each : *list)
        if (each.is_string()) out.push_back(*each.value<std::string>());
    if (!found->is_array() || out.size() != found->as_array()->size() || out.empty())
      wrong(key, "must be a list of texts");
    return out;
  }
  double number(std::string_view key, bool needed, double max) {
    const auto* found = node(key, needed);
    if (!found) return 0;
    const auto value = found->value<double>();
    if (!found->is_number() || !value || !(*value >= 0) || *value > max)
      return wrong(key, fmt::format("must be a number from 0 to {}", max)), 0;
    return *value;
  }
  bool flag(std::string_view key, bool needed) {
    const auto* found = node(key, needed);
    if (!found) return false;
    if (!found->is_boolean()) return wrong(key, "must be true or false"), false;
    return *found->value<bool>();
  }
  /// The tables of [[key]], at most `max`.
  std::vector<const toml::table*> tables(std::string_view key, std::size_t max) {
    std::vector<const toml::table*> out;
    const auto* found = node(key, false);
    if (!found) return out;
    if (!found->is_array_of_tables() || found->as_array()->size() > max) {
      wrong(key, fmt::format("must be a list of at most {} sections", max));
      return out;
    }
    for (const auto& each : *found->as_array()) out.push_back(each.as_table());
    return out;
  }
  void finish() {
    for (const auto& [key, value] : table_)
      if (std::find(known_.begin(), known_.end(), key.str()) == known_.end())
        faults_.push_back({line_of(value), fmt::format("unknown key `{}` in {}", key.str(), name_),
                           fmt::format("known: {}", fmt::join(known_, ", "))});
  }

 private:
  std::string name_;
  const toml::table& table_;
  std::vector<ScenarioFault>& faults_;
  std::vector<std::string> known_;
};

template <typename Kind>
std::optional<Kind> named(std::string_view name, Kind last) {
  for (int i = 0; i <= int(last); ++i)
    if (name_of(Kind(i)) == name) return Kind(i);
  return std::nullopt;
}

template <typename Kind>
std::string names_up_to(Kind last) {
  std::string out;
  for (int i = 0; i <= int(last); ++i)
    out += fmt::format("{}{}", i ? ", " : "", name_of(Kind(i)));
  return out;
}

class Reader {
 public:
  Reader(const toml::table& root, Scenario& scenario, std::vector<ScenarioFault>& faults)
      : root_("the scenario", root, faults), scenario_(scenario), faults_(faults) {}

  void read() {
    scenario_.title = root_.text("title", true);
    scenario_.about = root_.text("about", false);
    scenario_.seconds = root_.number("seconds", true, scenario_seconds_max);
    for (const auto* table : root_.tables("org", scenario_orgs_max)) read_org(*table);
    for (const auto* table : root_.tables("event", scenario_events_max)) read_event(*table);
    root_.finish();
    std::stable_sort(scenario_.events.begin(), scenario_.events.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
  }

 private:
  void read_org(const toml::table& table) {
    Section section("[[org]]", table, faults_);
    Organisation org;
    org.line = section.line();
    org.id = section.text("id", true);
    if (!org.id.empty() && !crypto::is_name(org.id))
      section.wrong("id", "must be 1 to 32 of a-z, 0-9, '-' and '.'");
    org.name = section.text("name", false, org.id);
    org.country = section.text("country", true);
    const auto role = section.text("role", true);
    const auto known = crypto::org_role_from(role);
    if (known) org.role = *known;
    if (!known && !role.empty()) section.wrong("role", "operator, authority, observer or vendor");
    org.own = section.texts("own", false);
    org.lists = section.texts("lists", false);
    for (const auto& list : org.lists) check_file(section, "lists", list);
    org.analyst = section.text("analyst", false, org.analyst);
    if (!crypto::is_name(org.analyst))
      section.wrong("analyst", "must be 1 to 32 of a-z, 0-9, '-' and '.'");
    section.finish();
    scenario_.orgs.push_back(std::move(org));
  }

  void read_event(const toml::table& table) {
    Section section("[[event]]", table, faults_);
    StoryEvent event;
    event.line = section.line();
    event.at = section.number("at", true, scenario_seconds_max);
    event.title = section.text("title", true);
    event.technique = section.text("technique", false);
    for (const auto* each : section.tables("inject", event_entries_max))
      read_inject(*each, event.injects);
    for (const auto* each : section.tables("expect", event_entries_max))
      read_expectation(*each, event.expectations);
    section.finish();
    scenario_.events.push_back(std::move(event));
  }

  void read_inject(const toml::table& table, std::vector<Inject>& out) {
    Section section("[[event.inject]]", table, faults_);
    const auto kind = read_kind(section, InjectKind::damage_assess);
    if (!kind) return;
    Inject inject{.kind = *kind, .text = section.text("text", false)};
    inject.line = section.line();
    inject.after = section.number("after", false, scenario_seconds_max);
    read_fields(section, fields_of(*kind), table, inject.fields);
    section.finish();
    out.push_back(std::move(inject));
  }

  void read_expectation(const toml::table& table, std::vector<Expectation>& out) {
    Section section("[[event.expect]]", table, faults_);
    const auto kind = read_kind(section, ExpectationKind::damage);
    if (!kind) return;
    Expectation expectation{.kind = *kind, .text = section.text("text", true)};
    expectation.line = section.line();
    expectation.within = section.number("within", true, scenario_seconds_max);
    expectation.scored = section.text("of", false);
    const auto measures = section.text("measures", false);
    if (!measures.empty()) {
      expectation.measures = named(measures, Phase::restore);
      if (!expectation.measures)
        section.wrong("measures", "means nothing", names_up_to(Phase::restore));
    }
    read_fields(section, fields_of(*kind), table, expectation.fields);
    section.finish();
    out.push_back(std::move(expectation));
  }

  template <typename Kind>
  std::optional<Kind> read_kind(Section& section, Kind last) {
    const auto name = section.text("kind", true);
    const auto kind = named(name, last);
    if (!kind && !name.empty())
      section.wrong("kind", fmt::format("\"{}\" means nothing", name), names_up_to(last));
    return kind;
  }

  void read_fields(Section& section, const std::vector<Field>& fields, const toml::table& table,
                   Fields& out) {
    for (const auto& field : fields) {
      const bool there = table.contains(field.key);
      const std::string key(field.key);
      switch (field.meaning) {
        case Meaning::texts:
        case Meaning::orgs: {
          auto value = section.texts(field.key, field.needed);
          if (there) out.put(key, std::move(value));
          break;
        }
        case Meaning::number: {
          const auto value = section.number(field.key, field.needed, 1'000'000);
          if (there) out.put(key, value);
          break;
        }
        case Meaning::flag: {
          const auto value = section.flag(field.key, field.needed);
          if (there) out.put(key, value);
          break;
        }
        case Meaning::text:
        case Meaning::org:
        case Meaning::indicator:
        case Meaning::playbook:
        case Meaning::run:
        case Meaning::new_indicator:
        case Meaning::new_playbook:
        case Meaning::new_run:
        case Meaning::file:
        case Meaning::state: {
          auto value = section.text(field.key, field.needed);
          if (field.meaning == Meaning::file) check_file(section, field.key, value);
          if (there) out.put(key, std::move(value));
          break;
        }
      }
    }
  }

  // A scenario of a stranger must not read what lies elsewhere.
  void check_file(Section& section, std::string_view key, const std::string& file) {
    const Path path(file);
    const bool climbs = std::find(path.begin(), path.end(), "..") != path.end();
    if (path.is_absolute() || climbs)
      section.wrong(key, "must lie below the scenario's folder", "write a relative path");
  }

  Section root_;
  Scenario& scenario_;
  std::vector<ScenarioFault>& faults_;
};

// Every file that the scenario names, with the line that names it.
std::vector<std::pair<std::string, std::size_t>> files_of(const Scenario& scenario) {
  std::vector<std::pair<std::string, std::size_t>> out;
  for (const auto& org : scenario.orgs)
    for (const auto& list : org.lists) out.emplace_back(list, org.line);
  for (const auto& event : scenario.events)
    for (const auto& inject : event.injects)
      if (inject.fields.has("file")) out.emplace_back(inject.fields.text("file"), inject.line);
  return out;
}

}  // namespace

ReadScenario read_scenario(std::string_view toml, std::string name, const Path& folder) {
  ReadScenario out;
  out.scenario.name = std::move(name);
  out.scenario.folder = folder;
  try {
    const auto root = toml::parse(toml);
    Reader(root, out.scenario, out.faults).read();
  } catch (const toml::parse_error& error) {
    out.faults.push_back(
        {error.source().begin.line, std::string(error.description()), "correct the TOML"});
    return out;
  }
  // What could not be read would only be reported a second time.
  if (out.faults.empty()) out.faults = cross_check(out.scenario);
  std::stable_sort(out.faults.begin(), out.faults.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return out;
}

Result<ReadScenario> load_scenario(mesh::Disk& disk, const Path& file) {
  const auto bytes = disk.read(file, scenario_bytes_max);
  if (!bytes) return within(file.string(), bytes.error());
  auto out = read_scenario(text_of(*bytes), file.stem().string(), file.parent_path());
  for (const auto& [name, line] : files_of(out.scenario))
    if (!disk.exists(out.scenario.folder / name))
      out.faults.push_back({line, fmt::format("no file {}", (out.scenario.folder / name).string()),
                            "put it there or name another"});
  return out;
}

}  // namespace tocsin::agents::drill
