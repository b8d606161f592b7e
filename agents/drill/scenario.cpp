#include "agents/drill/scenario.hpp"

#include <algorithm>
#include <set>

namespace tocsin::agents::drill {
namespace {

/// Names that were given up to one point of the story.
struct Given {
  std::set<std::string> indicators, playbooks, runs;
};

class Checker {
 public:
  explicit Checker(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<ScenarioFault> check() {
    check_orgs();
    for (const auto& event : scenario_.events) check_event(event);
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(faults_);
  }

 private:
  void fault(std::size_t line, std::string what, std::string fix) {
    faults_.push_back({line, std::move(what), std::move(fix)});
  }

  void check_orgs() {
    std::set<std::string> seen;
    for (const auto& org : scenario_.orgs)
      if (!seen.insert(org.id).second)
        fault(org.line, fmt::format("organisation {} is there twice", org.id), "give it another id");
    if (scenario_.orgs.size() < 2)
      fault(1, "a drill needs at least two organisations", "write [[org]] sections");
    if (scenario_.expectations() == 0)
      fault(1, "nothing is expected", "write [[event.expect]] sections");
  }

  void check_event(const StoryEvent& event) {
    if (event.at > scenario_.seconds)
      fault(event.line, fmt::format("begins at {} s, after the end", event.at),
            "raise `seconds` or begin earlier");
    double last = event.at;
    for (const auto& inject : event.injects) {
      last = std::max(last, event.at + inject.after);
      for (const auto& field : fields_of(inject.kind)) check_field(inject.fields, field, inject.line);
    }
    for (const auto& expectation : event.expectations) {
      if (last + expectation.within > scenario_.seconds)
        fault(expectation.line, "may be met after the end", "raise `seconds` or lower `within`");
      if (!expectation.scored.empty()) check_org(expectation.scored, expectation.line);
      if (expectation.measures && expectation.scored.empty() && !expectation.fields.has("org"))
        fault(expectation.line, "`measures` needs to know whose time it is", "write of = \"ORG\"");
      for (const auto& field : fields_of(expectation.kind))
        check_field(expectation.fields, field, expectation.line);
    }
  }

  void check_field(const Fields& fields, const Field& field, std::size_t line) {
    if (!fields.has(field.key)) return;
    const auto text = fields.text(field.key);
    switch (field.meaning) {
      case Meaning::org: return check_org(text, line);
      case Meaning::orgs:
        for (const auto& org : fields.texts(field.key)) check_org(org, line);
        return;
      case Meaning::indicator: return check_name(given_.indicators, "indicator", text, line);
      case Meaning::playbook: return check_name(given_.playbooks, "playbook", text, line);
      case Meaning::run: return check_name(given_.runs, "run", text, line);
      case Meaning::new_indicator: return give(given_.indicators, text, line);
      case Meaning::new_playbook: return give(given_.playbooks, text, line);
      case Meaning::new_run: return give(given_.runs, text, line);
      case Meaning::state:
        if (text != "active" && text != "any")
          fault(line, fmt::format("state = \"{}\" means nothing", text), "active or any");
        return;
      case Meaning::text:
      case Meaning::texts:
      case Meaning::number:
      case Meaning::flag:
      case Meaning::file: return;
    }
  }

  void check_org(const std::string& id, std::size_t line) {
    if (!scenario_.org(id))
      fault(line, fmt::format("no organisation {}", id), "name one of the [[org]] sections");
  }
  void check_name(const std::set<std::string>& names, std::string_view what,
                  const std::string& name, std::size_t line) {
    if (!names.contains(name))
      fault(line, fmt::format("no {} {} was named before", what, name),
            "give it with `name` in an earlier inject");
  }
  void give(std::set<std::string>& names, const std::string& name, std::size_t line) {
    if (!names.insert(name).second)
      fault(line, fmt::format("the name {} is given twice", name), "choose another");
  }

  const Scenario& scenario_;
  Given given_;
  std::vector<ScenarioFault> faults_;
};

}  // namespace

std::string Fields::text(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  return text ? *text : std::string();
}

std::vector<std::string> Fields::texts(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return {};
  const auto* texts = std::get_if<std::vector<std::string>>(&found->second);
  return texts ? *texts : std::vector<std::string>();
}

double Fields::number(std::string_view key, double absent) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return absent;
  const auto* number = std::get_if<double>(&found->second);
  return number ? *number : absent;
}

bool Fields::flag(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return false;
  const auto* flag = std::get_if<bool>(&found->second);
  return flag && *flag;
}

const Organisation* Scenario::org(std::string_view id) const {
  for (const auto& org : orgs)
    if (org.id == id) return &org;
  return nullptr;
}

std::size_t Scenario::expectations() const {
  std::size_t count = 0;
  for (const auto& event : events) count += event.expectations.size();
  return count;
}

std::vector<ScenarioFault> cross_check(const Scenario& scenario) {
  return Checker(scenario).check();
}

}  // namespace tocsin::agents::drill
