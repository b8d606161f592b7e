// A CACAO 2.0 playbook as values, with every fault that was found in it: what analysts import,
// check and share, and what a run follows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/digest.hpp"
#include "crypto/time.hpp"
#include "mesh/wire/marking.hpp"
#include "playbooks/runs/variables.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t playbook_bytes_max = 255 * 1024;  ///< fits one record with its name
inline constexpr std::size_t playbook_depth_max = 64;
inline constexpr std::size_t playbook_steps_max = 256;
inline constexpr std::size_t step_commands_max = 16;
inline constexpr std::size_t playbook_problems_max = 256;

/// What is wrong with a playbook, and where: `path` is a JSON pointer.
struct Problem {
  std::string path;
  std::string text;
};

enum class StepType : std::uint8_t { start, end, action, parallel, if_condition };
std::string_view name_of(StepType type);

/// What a step does while too few of the organisations that must sign can be reached.
enum class Unreachable : std::uint8_t { wait, local, preauthorised };
std::string_view name_of(Unreachable policy);

/// The id under which Tocsin's step extension stands in `step_extensions`.
inline constexpr std::string_view step_extension_id =
    "extension-definition--7f0c5a52-1d0e-4b7c-9b63-2f8f6d4c1a90";

enum class CommandType : std::uint8_t { manual, block };
std::string_view name_of(CommandType type);

/// `manual` has `text`; `x-tocsin-action` has the rest, with variables not yet filled in.
struct Command {
  CommandType type{};
  std::string text;
  std::string actuator;
  std::string target;
  std::string action_class = "block";
  std::optional<Duration> ttl;  ///< as long as the executing agent says, where it names none
};

struct Step {
  std::string id;
  StepType type{};
  std::string name;
  std::string on_completion, on_success, on_failure;  ///< step ids, empty if absent
  std::string condition, on_true, on_false;           ///< if-condition
  std::vector<std::string> next_steps;                ///< parallel
  std::string org;                                    ///< action: whose agent executes it
  std::vector<Command> commands;                      ///< action: all of one type
  std::vector<std::string> out_args;
  Duration delay{};
  Duration timeout{};  ///< zero: none
  Unreachable unreachable = Unreachable::wait;
};

struct Playbook {
  std::string id, name, description;
  Digest digest;  ///< BLAKE2b-256 of the document's text: the same everywhere
  mesh::Marking marking{mesh::Tlp::green, mesh::Pap::green};
  std::string workflow_start, workflow_exception;
  std::map<std::string, Step> steps;
  std::map<std::string, Variable> variables;
  std::vector<std::string> orgs;  ///< sorted, distinct: executors of its actions

  const Step* step(std::string_view id) const;
};

struct CheckedPlaybook {
  Playbook playbook;              ///< what could be read
  std::vector<Problem> problems;  ///< at most playbook_problems_max; empty: it may be shared, run
  bool ok() const { return problems.empty(); }
};

/// Parses and validates. Faults of the content are in `problems`. Errors (no playbook can be
/// made of it at all): invalid (not JSON, not an object), too_large (bytes, depth).
/// Source: OASIS CACAO Security Playbooks 2.0.
Result<CheckedPlaybook> check_playbook(std::string_view json);

/// Also refuses executors that are no members. Errors: refused, naming the first one.
Result<void> check_members(const Playbook& playbook, const std::vector<std::string>& member_orgs);

}  // namespace tocsin::playbooks
