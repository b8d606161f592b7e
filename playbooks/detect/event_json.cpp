#include "playbooks/detect/event_json.hpp"

#include <cstring>
#include <deque>

#include <simdjson.h>

#include "playbooks/detect/field_names.hpp"

namespace tocsin::playbooks {
namespace {

namespace ondemand = simdjson::ondemand;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What may follow the last brace.
bool only_blanks(const char* from, const char* end) {
  while (from < end && is_blank(*from)) ++from;
  return from >= end;
}

bool is_scalar(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return true;
  if (token.empty() || (token[0] != '-' && (token[0] < '0' || token[0] > '9'))) return false;
  for (const char c : token)
    if (!(c >= '0' && c <= '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E')
      return false;
  return true;
}

std::unexpected<Error> broken(simdjson::error_code code) {
  return fail(Errc::invalid, "event: not JSON ({})", simdjson::error_message(code));
}

}  // namespace

struct JsonEvents::Parts {
  // A name that is remembered (its id) or, where too many are, one of its own.
  struct Name {
    std::uint32_t id = 0;
    std::string_view text;
    ValueKind kind = ValueKind::none;
  };

  ondemand::parser parser;
  FieldNames names{names_max};
  std::deque<std::string> extra;  ///< names beyond names_max and unescaped strings
  simdjson::padded_string copy;
  std::vector<EventField>* fields = nullptr;
  const char* end = nullptr;
  bool overflow = false, deep = false, bad_scalar = false;

  Name below(const Name& parent, std::string_view key);
  simdjson::error_code name_of(ondemand::field& field, const Name& parent, Name& out);
  simdjson::error_code object(ondemand::object from, const Name& name, std::size_t depth);
  simdjson::error_code value(ondemand::value from, const Name& name, std::size_t depth);
  simdjson::error_code string(ondemand::value& from, const Name& name);
  simdjson::error_code scalar(ondemand::value& from, const Name& name);
  void keep(const EventField& field);
  Result<void> walk(const char* text, std::size_t size, std::size_t allocated);
};

JsonEvents::Parts::Name JsonEvents::Parts::below(const Name& parent, std::string_view key) {
  if (parent.id != 0 || parent.text.empty())
    if (const auto id = names.below(parent.id, key); id != FieldNames::none)
      return {id, names.name(id), names.kind(id)};
  std::string text(parent.text);
  if (!text.empty()) text += '.';
  text += key;
  extra.push_back(std::move(text));
  return {0, extra.back(), kind_of_field(extra.back())};
}

// The name of the member that stands next; nothing where its key cannot be read.
simdjson::error_code JsonEvents::Parts::name_of(ondemand::field& field, const Name& parent,
                                                Name& out) {
  const char* const raw = field.key().raw();
  if (parent.id != 0 || parent.text.empty())
    if (const auto id = names.expected(parent.id, raw); id != FieldNames::none) {
      out = {id, names.name(id), names.kind(id)};
      return simdjson::SUCCESS;
    }
  const auto* const quote =
      static_cast<const char*>(std::memchr(raw, '"', std::size_t(end - raw)));
  if (quote == nullptr) return simdjson::TAPE_ERROR;
  std::string_view key(raw, std::size_t(quote - raw));
  if (key.find('\\') != key.npos)
    if (const auto error = field.unescaped_key().get(key)) return error;
  out = below(parent, key);
  return simdjson::SUCCESS;
}

void JsonEvents::Parts::keep(const EventField& field) {
  if (fields->size() >= event_fields_max)
    overflow = true;
  else
    fields->push_back(field);
}

simdjson::error_code JsonEvents::Parts::string(ondemand::value& from, const Name& name) {
  std::string_view token = from.raw_json_token();
  const std::size_t close = token.rfind('"');
  token = token.substr(1, close - 1);
  if (std::memchr(token.data(), '\\', token.size()) == nullptr) {
    keep({name.text, token, name.kind, false});
    ondemand::raw_json_string consumed;
    return from.get_raw_json_string().get(consumed);
  }
  if (name.kind == ValueKind::none) {
    keep({name.text, token, name.kind, true});
    ondemand::raw_json_string consumed;
    return from.get_raw_json_string().get(consumed);
  }
  std::string_view plain;
  if (const auto error = from.get_string().get(plain)) return error;
  extra.emplace_back(plain);
  keep({name.text, extra.back(), name.kind, false});
  return simdjson::SUCCESS;
}

simdjson::error_code JsonEvents::Parts::scalar(ondemand::value& from, const Name& name) {
  std::string_view token = from.raw_json_token();
  while (!token.empty() && is_blank(token.back())) token.remove_suffix(1);
  if (!is_scalar(token)) {
    bad_scalar = true;
    return simdjson::INCORRECT_TYPE;
  }
  keep({name.text, token, ValueKind::none, false});
  return simdjson::SUCCESS;
}

simdjson::error_code JsonEvents::Parts::object(ondemand::object from, const Name& name,
                                               std::size_t depth) {
  for (auto each : from) {
    ondemand::field field;
    if (const auto error = std::move(each).get(field)) return error;
    Name below;
    if (const auto error = name_of(field, name, below)) return error;
    if (const auto error = value(field.value(), below, depth)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code JsonEvents::Parts::value(ondemand::value from, const Name& name,
                                              std::size_t depth) {
  if (depth > event_depth_max) {
    deep = true;
    return simdjson::DEPTH_ERROR;
  }
  ondemand::json_type type;
  if (const auto error = from.type().get(type)) return error;
  switch (type) {
    case ondemand::json_type::string: return string(from, name);
    case ondemand::json_type::object: {
      ondemand::object inner;
      if (const auto error = from.get_object().get(inner)) return error;
      return object(inner, name, depth + 1);
    }
    case ondemand::json_type::array: {
      ondemand::array inner;
      if (const auto error = from.get_array().get(inner)) return error;
      for (auto each : inner) {
        ondemand::value element;
        if (const auto error = std::move(each).get(element)) return error;
        if (const auto error = value(element, name, depth + 1)) return error;
      }
      return simdjson::SUCCESS;
    }
    case ondemand::json_type::number:
    case ondemand::json_type::boolean:
    case ondemand::json_type::null: return scalar(from, name);
  }
  return simdjson::INCORRECT_TYPE;
}

Result<void> JsonEvents::Parts::walk(const char* text, std::size_t size,
                                     std::size_t allocated) {
  end = text + size;
  overflow = deep = bad_scalar = false;
  ondemand::document document;
  if (const auto error = parser.iterate(text, size, allocated).get(document))
    return broken(error);
  ondemand::object root;
  if (const auto error = document.get_object().get(root))
    return fail(Errc::invalid, "event: no JSON object ({})", simdjson::error_message(error));
  const auto error = object(root, Name{}, 1);
  if (deep)
    return fail(Errc::invalid, "event: nested deeper than {}", event_depth_max);
  if (overflow)
    return fail(Errc::too_large, "event: more than {} fields", event_fields_max);
  if (bad_scalar) return fail(Errc::invalid, "event: not JSON (a value is no literal)");
  if (error) return broken(error);
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS && !only_blanks(rest, end))
    return fail(Errc::invalid, "event: something follows the JSON object");
  return {};
}

JsonEvents::JsonEvents() : parts_(std::make_unique<Parts>()) {}
JsonEvents::~JsonEvents() = default;

void JsonEvents::begin() { parts_->extra.clear(); }

Result<void> JsonEvents::add(std::string_view json, std::size_t readable_after,
                             std::vector<EventField>& fields) {
  if (json.size() > event_bytes_max)
    return fail(Errc::too_large, "event: {} bytes, limit {}", json.size(), event_bytes_max);
  const std::size_t before = fields.size();
  parts_->fields = &fields;
  Result<void> done;
  if (readable_after >= simdjson::SIMDJSON_PADDING) {
    done = parts_->walk(json.data(), json.size(), json.size() + readable_after);
  } else {
    parts_->copy = simdjson::padded_string(json);
    done = parts_->walk(parts_->copy.data(), json.size(),
                        json.size() + simdjson::SIMDJSON_PADDING);
  }
  if (!done) fields.resize(before);
  return done;
}

}  // namespace tocsin::playbooks
