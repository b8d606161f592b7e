#include "playbooks/runs/document.hpp"

#include <algorithm>

#include "playbooks/runs/parse.hpp"
#include "playbooks/runs/validate.hpp"

namespace tocsin::playbooks {

std::string_view name_of(StepType type) {
  switch (type) {
    case StepType::start: return "start";
    case StepType::end: return "end";
    case StepType::action: return "action";
    case StepType::parallel: return "parallel";
    case StepType::if_condition: return "if-condition";
  }
  TOCSIN_ASSERT(false);
  return {};
}

std::string_view name_of(Unreachable policy) {
  switch (policy) {
    case Unreachable::wait: return "wait";
    case Unreachable::local: return "local";
    case Unreachable::preauthorised: return "preauthorised";
  }
  TOCSIN_ASSERT(false);
  return {};
}

std::string_view name_of(CommandType type) {
  switch (type) {
    case CommandType::manual: return "manual";
    case CommandType::block: return "x-tocsin-action";
  }
  TOCSIN_ASSERT(false);
  return {};
}

const Step* Playbook::step(std::string_view wanted) const {
  const auto found = steps.find(std::string(wanted));
  return found == steps.end() ? nullptr : &found->second;
}

Result<CheckedPlaybook> check_playbook(std::string_view json) {
  auto out = parse_playbook(json);
  if (out) validate(*out);
  return out;
}

Result<void> check_members(const Playbook& playbook,
                           const std::vector<std::string>& member_orgs) {
  for (const auto& org : playbook.orgs)
    if (std::find(member_orgs.begin(), member_orgs.end(), org) == member_orgs.end())
      return std::unexpected(
          Error{Errc::refused, fmt::format("playbook: agent {} is no member of this federation", org),
                "name members' organisation ids in agent_definitions"});
  return {};
}

}  // namespace tocsin::playbooks
