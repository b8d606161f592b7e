#include "mesh/world/real_log.hpp"

#include <unistd.h>

namespace tocsin::mesh {

namespace {

constexpr std::size_t text_bytes_max = 8 * 1024;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info ";
    case Level::warning:
      return "warn ";
    case Level::error:
      return "error";
  }
  panic("unnamed log level", __FILE__, __LINE__);
}

}  // namespace

void RealLog::write(Level level, std::string_view text) {
  if (level < level_) return;
  std::string line = fmt::format("{} {} ", to_rfc3339(clock_.wall()), name_of(level));
  for (const char c : text.substr(0, text_bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      line += fmt::format("\\x{:02x}", byte);
    else
      line += c;
  }
  if (text.size() > text_bytes_max) line += " ...";
  line += '\n';
  // One write per line keeps lines of several threads whole; there is nowhere to report a
  // failure.
  [[maybe_unused]] const auto written = ::write(descriptor_, line.data(), line.size());
}

}  // namespace tocsin::mesh
