#include "agents/cli/render.hpp"

#include <algorithm>
#include <cmath>

#include "agents/cli/messages.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::agents::cli {
namespace {

bool is_time(std::string_view text) {
  return text.size() == 24 && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
}

std::string cut(std::string text) {
  if (width_of(text) <= cell_width_max) return text;
  std::size_t bytes = 0, seen = 0;
  while (bytes < text.size() && seen < cell_width_max - 1) {
    ++bytes;
    while (bytes < text.size() && (std::uint8_t(text[bytes]) & 0xc0) == 0x80) ++bytes;
    ++seen;
  }
  return text.substr(0, bytes) + "…";
}

std::string_view colour_of(std::string_view text) {
  constexpr std::string_view red = "\x1b[31m", yellow = "\x1b[33m", green = "\x1b[32m";
  if (text == "red" || text == "failed" || text == "critical" || text == "refused" ||
      text == "unreachable" || text == "revoked" || text == "no_secret")
    return red;
  if (text == "yellow" || text == "waiting" || text == "manual" || text == "connecting" ||
      text == "high")
    return yellow;
  if (text == "green" || text == "active" || text == "connected" || text == "done") return green;
  return {};
}

std::string upper(std::string_view text) {
  std::string out(text);
  bool latin = false;  // within a two-byte letter such as é
  for (auto& c : out) {
    const auto byte = std::uint8_t(c);
    if ((c >= 'a' && c <= 'z') || (latin && byte >= 0xa0 && byte <= 0xbe && byte != 0xb7))
      c = char(byte - 0x20);
    latin = byte == 0xc3;
  }
  return out;
}

// Fields in braces are replaced by their values.
std::string filled(std::string_view pattern, const json::object& document, Renderer& renderer) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    const auto close = pattern.find('}', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    out += pattern.substr(0, open);
    const auto* value = document.if_contains(pattern.substr(open + 1, close - open - 1));
    if (value) out += renderer.cell(*value);
    pattern.remove_prefix(close + 1);
  }
  return out + std::string(pattern) + "\n";
}

std::vector<std::string_view> keys_of(const json::array& rows) {
  std::vector<std::string_view> out;
  for (const auto& row : rows)
    if (row.is_object())
      for (const auto& each : row.as_object())
        if (std::find(out.begin(), out.end(), std::string_view(each.key())) == out.end())
          out.push_back(each.key());
  return out;
}

// A key of a document as a heading: its translation, or itself without underscores.
std::string named(std::string_view lang, std::string_view key) {
  auto text = harmless(message(lang, key));
  if (text == key) std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

bool is_rows(const json::value& value) {
  return value.is_array() && !value.as_array().empty() && value.as_array().front().is_object();
}

// Characters after which a terminal may write from right to left: what is read is not what is there.
bool turns_direction(std::uint32_t character) {
  return character == 0x200e || character == 0x200f ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) {
    return (std::uint8_t(c) & 0xc0) != 0x80;
  }));
}

std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? std::uint32_t(std::uint8_t(text[at])) : 0;
    };
    const auto first = byte(i), second = byte(i + 1), third = byte(i + 2);
    const auto wide = (first & 0x0f) << 12 | (second & 0x3f) << 6 | (third & 0x3f);
    if (first < 0x20 || first == 0x7f) {
      out += fmt::format("\\x{:02x}", first);
    } else if (first == 0xc2 && second >= 0x80 && second < 0xa0) {  // C1: U+009B is an ESC [
      out += fmt::format("\\x{:02x}", second);
      i += 1;
    } else if (first == 0xd8 && second == 0x9c) {
      out += "\\u061c";
      i += 1;
    } else if (first == 0xe2 && second >= 0x80 && third >= 0x80 && turns_direction(wide)) {
      out += fmt::format("\\u{:04x}", wide);
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string Renderer::time(std::string_view rfc3339) {
  const auto at = mesh::from_rfc3339(rfc3339);
  if (!at) return harmless(rfc3339);
  const auto here = terminal_.local(*at, style_.tz);
  if (here.zone == "UTC") return fmt::format("{} {}Z", here.date, here.time);
  return fmt::format("{} {} {} ({}Z)", here.date, here.time, here.zone, rfc3339.substr(11, 5));
}

std::string Renderer::cell(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    return is_time(text) ? time(text) : harmless(text);
  }
  if (value.is_array()) {
    std::string out;
    for (const auto& each : value.as_array()) out += (out.empty() ? "" : ", ") + cell(each);
    return out.empty() ? "-" : out;
  }
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  if (value.is_double()) return fmt::format("{:.6g}", std::round(value.as_double() * 1e3) / 1e3);
  if (value.is_object()) {
    std::string out;
    for (const auto& each : value.as_object())
      out += (out.empty() ? "" : ", ") + named(style_.lang, each.key()) + " " + cell(each.value());
    return out.empty() ? "-" : out;
  }
  return harmless(json::serialize(value));
}

std::string Renderer::table(const json::array& rows,
                            const std::vector<std::string_view>& columns) {
  std::vector<std::vector<std::string>> cells(1);
  for (const auto column : columns) cells[0].push_back(upper(named(style_.lang, column)));
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (const auto column : columns) {
      const auto* value = row.is_object() ? row.as_object().if_contains(column) : nullptr;
      line.push_back(value ? cut(cell(*value)) : "-");
    }
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));

  std::string out;
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto paint = style_.colour ? colour_of(line[i]) : std::string_view();
      out += std::string(paint) + line[i] + (paint.empty() ? "" : "\x1b[0m");
      if (i + 1 < line.size()) out += std::string(widths[i] - width_of(line[i]) + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

std::string Renderer::details(const json::object& object) {
  std::size_t width = 0;
  for (const auto& each : object)
    if (!is_rows(each.value())) width = std::max(width, width_of(named(style_.lang, each.key())));
  std::string out, tables;
  for (const auto& each : object) {
    const auto name = named(style_.lang, each.key());
    if (is_rows(each.value())) {
      const auto& rows = each.value().as_array();
      tables += fmt::format("\n{}\n{}", name, table(rows, keys_of(rows)));
      continue;
    }
    out += name + std::string(width - width_of(name) + 2, ' ') +
           cell(each.value()) + "\n";
  }
  return out + tables;
}

std::string Renderer::document(const json::object& document, const View& view) {
  if (!view.rows.empty()) {
    const auto* rows = document.if_contains(view.rows);
    if (rows && rows->is_array()) {
      if (rows->as_array().empty())
        return std::string(message(style_.lang, view.none.empty() ? "none" : view.none)) + "\n";
      return table(rows->as_array(), view.columns);
    }
  }
  if (!view.done.empty()) return filled(message(style_.lang, view.done), document, *this);
  return details(document);
}

}  // namespace tocsin::agents::cli
