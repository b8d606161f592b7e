// The input that follows a file.
#pragma once

#include "agents/siem/intake.hpp"

namespace tocsin::agents {

std::unique_ptr<Input> follow_file(std::shared_ptr<Intake> intake, FilePositions* positions);

}  // namespace tocsin::agents
