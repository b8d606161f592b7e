// Documents as people read them: aligned tables, names with values, local and UTC time.
#pragma once

#include "agents/cli/command.hpp"
#include "agents/cli/terminal.hpp"

namespace tocsin::agents::cli {

struct Style {
  std::string lang = "en", tz = "UTC";
  bool colour = false;
};

/// Lifetime: `terminal` outlives it.
class Renderer {
 public:
  Renderer(Terminal& terminal, Style style) : terminal_(terminal), style_(std::move(style)) {}

  /// The document as `view` says; by names and values where it says nothing.
  std::string document(const json::object& document, const View& view);
  /// One row per object of `rows`; cells beyond 60 characters are cut with an ellipsis.
  std::string table(const json::array& rows, const std::vector<std::string_view>& columns);
  std::string details(const json::object& object);
  /// `2026-11-23 03:12 CET (02:12Z)`; the text itself when it is no time.
  std::string time(std::string_view rfc3339);
  /// One cell; control characters are shown, never sent to the terminal.
  std::string cell(const json::value& value);

 private:
  Terminal& terminal_;
  Style style_;
};

inline constexpr std::size_t cell_width_max = 60;
/// Columns that `text` takes: code points, not bytes.
std::size_t width_of(std::string_view text);
/// `text` with control characters written as \xNN, and those that turn the direction of writing
/// as \uNNNN.
std::string harmless(std::string_view text);

}  // namespace tocsin::agents::cli
