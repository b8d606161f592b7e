// Drills as the command sees them: play one, check one, list those that ship.
#pragma once

#include "agents/drill/scenario_file.hpp"
#include "agents/drill/simulated_machines.hpp"
#include "agents/drill/timeline.hpp"
#include "mesh/world/world.hpp"

#include <boost/json.hpp>

namespace tocsin::agents::drill {

namespace json = boost::json;

struct DrillOptions {
  Path scenario;           ///< a file, as find_scenario gives it
  std::optional<AgentMaker> simulate;  ///< plays in virtual time, with agents made by it
  std::optional<std::uint64_t> seed;   ///< of all chance in a simulation
  std::optional<Path> keep;    ///< homes and logs stay there
  std::optional<Path> report;  ///< HTML; JSON goes beside it. Else in `keep`, else nowhere
  Timeline::Tell tell;         ///< gets the live timeline, line by line; may be empty
  bool colour = false;
};
struct DrillOutcome {
  json::object document;  ///< of --json
  std::string summary;    ///< for people
  bool passed = false;    ///< exit 0, else 1
};
/// Errors: invalid (the scenario's first fault), refused (`keep` holds something), those of the
/// set-up; closed (stopped by a signal).
mesh::Task<Result<DrillOutcome>> run_drill(mesh::World& world, DrillOptions options);

/// `{scenario, title, events, expectations, faults[]: line, what, fix}`. Errors: those of
/// load_scenario.
Result<json::object> check_scenario(mesh::Disk& disk, const Path& file);

/// Removes `folder` and all below it. Errors: io.
Result<void> remove_folder(mesh::Disk& disk, const Path& folder);

/// Where scenarios and playbooks ship: `given` (--library or TOCSIN_LIBRARY) alone when it is not
/// empty; else playbooks/library in a folder above the program, and share/tocsin/library beside
/// its folder. Only those that exist.
std::vector<Path> library_folders(mesh::Disk& disk, const Path& program, const Path& given);
/// `{scenarios[]: name, title, file, orgs[], seconds, expectations}` of the folders, by name.
json::object list_scenarios(mesh::Disk& disk, const std::vector<Path>& folders);
/// `wanted` as a file, or the scenario of that name in `folders`; the only or first one there is
/// when it is empty. Errors: not_found.
Result<Path> find_scenario(mesh::Disk& disk, const std::string& wanted,
                           const std::vector<Path>& folders);

}  // namespace tocsin::agents::drill
