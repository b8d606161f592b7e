#include "agents/drill/timeline.hpp"

#include <fmt/format.h>

namespace tocsin::agents::drill {
namespace {

// SGR codes of a terminal.
std::string_view colour_of(Happening happening) {
  switch (happening) {
    case Happening::met: return "32";
    case Happening::missed:
    case Happening::failed: return "1;31";
    case Happening::cut:
    case Happening::kill: return "31";
    case Happening::heal:
    case Happening::restart: return "36";
    case Happening::decision: return "35";
    case Happening::effect: return "33";
    case Happening::inject: return "0";
  }
  panic("unnamed happening", __FILE__, __LINE__);
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) out += (c >= 0 && c < 0x20) || c == 0x7f ? ' ' : c;
  return out;
}

}  // namespace

std::string_view name_of(Happening happening) {
  switch (happening) {
    case Happening::inject: return "inject";
    case Happening::met: return "met";
    case Happening::missed: return "MISSED";
    case Happening::decision: return "decision";
    case Happening::effect: return "effect";
    case Happening::cut: return "cut";
    case Happening::heal: return "heal";
    case Happening::kill: return "kill -9";
    case Happening::restart: return "restart";
    case Happening::failed: return "FAILED";
  }
  panic("unnamed happening", __FILE__, __LINE__);
}

double Timeline::seconds() const {
  return std::chrono::duration<double>(clock_.now() - start_).count();
}

void Timeline::add(std::string org, Happening what, std::string text,
                   std::vector<std::string> orgs) {
  entries_.push_back({seconds(), std::move(org), what, std::move(text), std::move(orgs)});
  if (tell_) tell_(line_of(entries_.back(), colour_));
}

std::string line_of(const TimelineEntry& entry, bool colour) {
  const auto what = fmt::format("{:<9}", name_of(entry.what));
  const auto shown =
      colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour_of(entry.what), what) : what;
  return fmt::format("{:8.3f} s  {:<8}  {}  {}", entry.at_s,
                     entry.org.empty() ? "all" : entry.org, shown, printable(entry.text));
}

}  // namespace tocsin::agents::drill
