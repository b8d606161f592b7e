// Reads scenarios from TOML; whatever means nothing there is a fault with its line.
#pragma once

#include "agents/drill/scenario.hpp"

namespace tocsin::agents::drill {

/// A scenario, and every fault of its text in order of lines; with none it may be played.
struct ReadScenario {
  Scenario scenario;
  std::vector<ScenarioFault> faults;
};
/// `folder` is where the files that it names are looked for. They are not opened.
ReadScenario read_scenario(std::string_view toml, std::string name, const Path& folder);

/// Reads `file` and checks that every file it names is there. Errors: not_found, io, too_large.
Result<ReadScenario> load_scenario(mesh::Disk& disk, const Path& file);

}  // namespace tocsin::agents::drill
