#include "playbooks/detect/import_json.hpp"

#include <boost/json.hpp>
#include <simdjson.h>

namespace tocsin::playbooks {
namespace {

namespace ondemand = simdjson::ondemand;
using boost::json::object;

// The library's own words are for programmers.
std::string_view words_for(simdjson::error_code code) {
  if (code == simdjson::UTF8_ERROR) return "some of it is no UTF-8";
  if (code == simdjson::EMPTY) return "nothing is in it";
  if (code == simdjson::UNCLOSED_STRING || code == simdjson::INCOMPLETE_ARRAY_OR_OBJECT)
    return "it ends in the middle";
  if (code == simdjson::INCORRECT_TYPE || code == simdjson::SCALAR_DOCUMENT_AS_VALUE)
    return "neither an object nor a list";
  if (code == simdjson::UNESCAPED_CHARS) return "a control character stands in a text";
  return simdjson::error_message(code);
}

std::unexpected<Error> broken(simdjson::error_code code) {
  return std::unexpected(
      Error{Errc::invalid, fmt::format("not JSON: {}", words_for(code)),
            code == simdjson::UTF8_ERROR ? "save it as UTF-8 text"
                                         : "fetch the file again, or name its kind with --format"});
}

std::unexpected<Error> neither_kind() {
  return std::unexpected(Error{Errc::invalid, "neither STIX 2.1 nor a MISP event",
                               "give a STIX bundle, a MISP event, CSV or a list"});
}

// After any other error the parser has lost its place: nothing more is asked of it.
bool is_elsewhere(simdjson::error_code code) {
  return code == simdjson::NO_SUCH_FIELD || code == simdjson::INCORRECT_TYPE;
}

Result<object> parse_object(std::string_view raw) {
  if (raw.size() > import_object_bytes_max)
    return fail(Errc::too_large, "an object of {} bytes, limit {}", raw.size(),
                import_object_bytes_max);
  boost::json::parse_options options;
  options.max_depth = import_depth_max;
  boost::system::error_code error;
  auto value = boost::json::parse(raw, error, {}, options);
  if (error || !value.is_object()) return fail(Errc::invalid, "not a JSON object: {}", raw.substr(0, 80));
  return std::move(value.get_object());
}

// Hands on every object of `array`; members of other types are passed over.
Result<void> each_in(ondemand::array array, const EachObject& each) {
  for (auto member : array) {
    ondemand::value value;
    if (const auto error = std::move(member).get(value)) return broken(error);
    ondemand::object inner;
    const auto kind = value.get_object().get(inner);
    if (is_elsewhere(kind)) continue;
    if (kind) return broken(kind);
    std::string_view raw;
    if (const auto error = inner.raw_json().get(raw)) return broken(error);
    const auto parsed = parse_object(raw);
    if (!parsed) return std::unexpected(parsed.error());
    const auto done = each(*parsed);
    if (!done) return done;
  }
  return {};
}

Result<void> each_at(ondemand::object& in, const char* key, const EachObject& each) {
  ondemand::array array;
  const auto error = in.find_field_unordered(key).get_array().get(array);
  if (is_elsewhere(error)) return {};
  return error ? broken(error) : each_in(array, each);
}

Result<void> add_fact(object& facts, ondemand::object& event, const char* key) {
  std::string_view text;
  const auto error = event.find_field_unordered(key).get_string().get(text);
  if (!error) facts[key] = boost::json::string(text);
  else if (!is_elsewhere(error)) return broken(error);
  return {};
}

Result<void> check_misp_event(ondemand::object& event) {
  for (const char* key : {"uuid", "info", "Tag", "EventTag", "Attribute", "Object"}) {
    const auto error = event.find_field_unordered(key).error();
    if (error && !is_elsewhere(error)) return broken(error);
    if (error) continue;
    const auto reset = event.reset().error();
    return reset ? broken(reset) : Result<void>();
  }
  return neither_kind();
}

Result<void> misp_event(ondemand::object event, const MispVisitor& visitor) {
  if (const auto fit = check_misp_event(event); !fit) return fit;
  object facts;
  for (const char* key : {"uuid", "info"})
    if (const auto done = add_fact(facts, event, key); !done) return done;
  boost::json::array tags;
  const EachObject keep = [&tags](const object& tag) -> Result<void> {
    const auto* inner = tag.if_contains("Tag");
    tags.push_back(inner && inner->is_object() ? *inner : boost::json::value(tag));
    return {};
  };
  for (const char* key : {"Tag", "EventTag"})
    if (const auto done = each_at(event, key, keep); !done) return done;
  facts["Tag"] = std::move(tags);
  if (const auto done = visitor.event(facts); !done) return done;
  if (const auto done = each_at(event, "Attribute", visitor.attribute); !done) return done;
  return each_at(event, "Object", visitor.object);
}

// `{"Event": ...}`, `{"response": ...}`, lists of them, or the bare event.
Result<void> misp_value(ondemand::value value, const MispVisitor& visitor) {
  ondemand::array list;
  if (value.get_array().get(list) == simdjson::SUCCESS) {
    for (auto member : list) {
      ondemand::value inner;
      if (const auto error = std::move(member).get(inner)) return broken(error);
      if (const auto done = misp_value(inner, visitor); !done) return done;
    }
    return {};
  }
  ondemand::object in;
  if (value.get_object().get(in)) return fail(Errc::invalid, "misp: no object where one belongs");
  for (const char* key : {"Event", "response"}) {
    ondemand::value inner;
    const auto error = in.find_field_unordered(key).get(inner);
    if (!error) return misp_value(inner, visitor);
    if (!is_elsewhere(error)) return broken(error);
  }
  if (in.reset().error()) return fail(Errc::invalid, "misp: cannot be read");
  return misp_event(in, visitor);
}

}  // namespace

Result<JsonText> JsonText::make(std::string text) {
  if (text.size() > import_json_bytes_max)
    return fail(Errc::too_large, "{} bytes of JSON, limit {}", text.size(), import_json_bytes_max);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > import_depth_max)
      return std::unexpected(Error{Errc::invalid,
                                   fmt::format("JSON is nested deeper than {}", import_depth_max),
                                   "no STIX or MISP document is: fetch it again"});
  }
  JsonText out;
  out.size_ = text.size();
  out.text_ = std::move(text);
  out.text_.append(padding, '\0');
  return out;
}

Result<void> each_stix_object(const JsonText& text, const EachObject& each) {
  ondemand::parser parser;
  ondemand::document document;
  const auto view = text.view();
  if (const auto error = parser.iterate(view.data(), view.size(), text.allocated()).get(document))
    return broken(error);
  ondemand::array array;
  if (document.get_array().get(array) == simdjson::SUCCESS) return each_in(array, each);
  ondemand::object root;
  if (const auto error = document.get_object().get(root)) return broken(error);
  const auto error = root.find_field_unordered("objects").get_array().get(array);
  if (!error) return each_in(array, each);
  if (!is_elsewhere(error)) return broken(error);
  const auto single = parse_object(view);
  if (!single) return std::unexpected(single.error());
  if (text_at(*single, "type").empty()) return neither_kind();
  return each(*single);
}

Result<void> each_misp_object(const JsonText& text, const MispVisitor& visitor) {
  ondemand::parser parser;
  ondemand::document document;
  const auto view = text.view();
  if (const auto error = parser.iterate(view.data(), view.size(), text.allocated()).get(document))
    return broken(error);
  ondemand::value root;
  if (const auto error = document.get_value().get(root)) return broken(error);
  return misp_value(root, visitor);
}

std::string_view text_at(const object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  if (!value || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

}  // namespace tocsin::playbooks
