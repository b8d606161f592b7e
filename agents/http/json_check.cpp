#include "agents/http/json_check.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace tocsin::agents {

namespace {

namespace json = boost::json;

/// Hears everything, keeps nothing.
struct Deaf {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Text = json::string_view;
  using Code = json::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(Text, std::size_t, Code&) { return true; }
  bool on_key(Text, std::size_t, Code&) { return true; }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return true; }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) { return true; }
  bool on_double(double, Text, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }
};

}  // namespace

Result<JsonKind> check_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::basic_parser<Deaf> parser(options);
  json::error_code error;
  const auto used = parser.write_some(false, text.data(), text.size(), error);
  if (error == json::error::too_deep)
    return fail(Errc::invalid, "JSON nested deeper than {}", json_depth_max);
  if (error || !parser.done())
    return fail(Errc::invalid, "not JSON (byte {}): {}", used + 1,
                error ? error.message() : "incomplete");
  if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
    return fail(Errc::invalid, "not JSON (byte {}): more than one value", used + 1);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (text[first] == '{') return JsonKind::object;
  return text[first] == '[' ? JsonKind::array : JsonKind::other;
}

}  // namespace tocsin::agents
