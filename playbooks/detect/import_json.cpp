#include "playbooks/detect/import_json.hpp"

#include <boost/json.hpp>
#include <simdjson.h>

namespace tocsin::playbooks {
namespace {

namespace ondemand = simdjson::ondemand;
using boost::json::object;

std::unexpected<Error> broken(simdjson::error_code code) {
  return fail(Errc::invalid, "not JSON: {}", simdjson::error_message(code));
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
    if (value.get_object().get(inner)) continue;
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
  if (in.find_field_unordered(key).get_array().get(array)) return {};
  return each_in(array, each);
}

void add_fact(object& facts, ondemand::object& event, const char* key) {
  std::string_view text;
  if (event.find_field_unordered(key).get_string().get(text) == simdjson::SUCCESS)
    facts[key] = boost::json::string(text);
}

Result<void> misp_event(ondemand::object event, const MispVisitor& visitor) {
  object facts;
  add_fact(facts, event, "uuid");
  add_fact(facts, event, "info");
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
    if (in.find_field_unordered(key).get(inner) == simdjson::SUCCESS)
      return misp_value(inner, visitor);
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
      return fail(Errc::invalid, "JSON is nested deeper than {}", import_depth_max);
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
  if (root.find_field_unordered("objects").get_array().get(array) == simdjson::SUCCESS)
    return each_in(array, each);
  const auto single = parse_object(view);
  if (!single) return std::unexpected(single.error());
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
