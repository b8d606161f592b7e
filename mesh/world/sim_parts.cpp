#include "mesh/world/sim_parts.hpp"

namespace tocsin::mesh {

void SimLog::write(Level level, std::string_view text) {
  universe_.fold(SimKind::line, machine_, bytes_of(text));
  if (lines_.size() == lines_max) lines_.pop_front();
  lines_.push_back({universe_.now(), level, std::string(text)});
}

bool SimLog::says(std::string_view part) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.text.find(part) != std::string::npos;
  });
}

Result<std::unique_ptr<Child>> SimProcesses::start(Options options) {
  return fail(Errc::unsupported, "{}: a simulated machine starts no programs",
              options.argv.empty() ? "" : options.argv.front());
}

void SimProcesses::stop() {
  if (stop_) loop_.post(std::exchange(stop_, {}));
}

}  // namespace tocsin::mesh
