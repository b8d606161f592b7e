#include "agents/cli/real_terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "crypto/text.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr std::size_t answer_bytes_max = 4096;

// Stops at the first error: a reader that has gone does not want the rest.
void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(std::size_t(written));
  }
}

std::optional<std::string> read_line() {
  std::string line;
  for (char c = 0; line.size() < answer_bytes_max;) {
    const auto got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    line.push_back(c);
  }
  return line;
}

// Puts echo back whatever happens.
class Silence {
 public:
  Silence() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto quiet = before_;
    quiet.c_lflag &= ~tcflag_t(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

// The C library takes whatever it is given for a zone, a file among it: only names that the tz
// database has are handed on.
bool is_zone(const std::string& name) {
  const std::filesystem::path path(name);
  if (name.empty() || path.is_absolute()) return false;
  for (const auto& part : path)
    if (part == ".." || part == ".") return false;
  const char* folder = std::getenv("TZDIR");
  std::error_code bad;
  return std::filesystem::is_regular_file(
      std::filesystem::path(folder ? folder : "/usr/share/zoneinfo") / path, bad);
}

}  // namespace

void RealTerminal::out(std::string_view text) { write_all(STDOUT_FILENO, well_formed(text)); }
void RealTerminal::err(std::string_view text) { write_all(STDERR_FILENO, well_formed(text)); }
bool RealTerminal::out_is_terminal() const { return ::isatty(STDOUT_FILENO) == 1; }
bool RealTerminal::err_is_terminal() const { return ::isatty(STDERR_FILENO) == 1; }
bool RealTerminal::in_is_terminal() const { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::string> RealTerminal::ask(std::string_view prompt) {
  err(prompt);
  return read_line();
}

std::optional<std::string> RealTerminal::ask_secret(std::string_view prompt) {
  err(prompt);
  const Silence silence;
  auto line = read_line();
  err("\n");
  return line;
}

mesh::Path RealTerminal::resolve(const mesh::Path& path) const {
  std::error_code bad;
  const auto absolute = std::filesystem::absolute(path, bad);
  if (bad) return path;
  const auto resolved = std::filesystem::weakly_canonical(absolute, bad);
  return bad ? absolute.lexically_normal() : resolved;
}

std::string RealTerminal::environment(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

LocalTime RealTerminal::local(WallTime t, const std::string& zone) {
  ::setenv("TZ", is_zone(zone) ? zone.c_str() : "UTC", 1);
  ::tzset();
  const std::time_t seconds = t.ms >= 0 ? t.ms / 1000 : (t.ms - 999) / 1000;
  std::tm fields{};
  ::localtime_r(&seconds, &fields);
  char date[32], time[16];
  std::strftime(date, sizeof date, "%Y-%m-%d", &fields);
  std::strftime(time, sizeof time, "%H:%M", &fields);
  return {date, time, fields.tm_zone ? fields.tm_zone : "UTC"};
}

}  // namespace tocsin::agents::cli
