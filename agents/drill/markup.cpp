#include "agents/drill/markup.hpp"

#include <fmt/format.h>

namespace tocsin::agents::drill {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += (c >= 0 && c < 0x20) || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

std::string decimal(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

}  // namespace tocsin::agents::drill
