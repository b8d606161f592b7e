#include "playbooks/detect/event_json.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>

#include <fmt/format.h>

#include "playbooks/detect/field_names.hpp"
#include "playbooks/detect/json_marks.hpp"

namespace tocsin::playbooks {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_scalar(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return true;
  if (token.empty() || (token[0] != '-' && (token[0] < '0' || token[0] > '9'))) return false;
  for (const char c : token)
    if (!(c >= '0' && c <= '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E')
      return false;
  return true;
}

// Of a name that is too long its end, which says the most.
std::string joined(std::string_view parent, std::string_view key) {
  constexpr std::size_t max = FieldNames::name_bytes_max;
  std::string out;
  if (key.size() < max)
    out = parent.substr(parent.size() - std::min(parent.size(), max - 1 - key.size()));
  if (!out.empty()) out += '.';
  return out += key.substr(key.size() - std::min(key.size(), max));
}

}  // namespace

struct JsonEvents::Parts {
  // What the fields of one event refer to beside its text.
  struct Kept {
    std::deque<std::string> extra;  ///< names beyond names_max and unescaped strings
    std::string copy;
  };
  // A name that is remembered (its id) or, where too many are, one of its own.
  struct Name {
    std::uint32_t id = 0;
    std::string_view text;
    ValueKind kind = ValueKind::none;
  };

  JsonMarks marks;
  FieldNames names{names_max};
  Kept events[2];
  Kept* now = &events[0];
  std::vector<EventField>* fields = nullptr;
  const char* text = nullptr;
  const char* end = nullptr;
  const char* backslash = nullptr;  ///< the first one that is not behind us
  const std::uint32_t* at = nullptr;  ///< the mark that stands next
  const std::uint32_t* last = nullptr;  ///< behind the last mark
  std::optional<Error> wrong;

  char next() const { return at == last ? '\0' : text[*at]; }
  std::string_view string_here() const;
  bool escaped(std::string_view token);
  bool refuse(Errc code, std::string reason);
  Name below(const Name& parent, std::string_view key);
  bool name_here(const Name& parent, Name& out);
  bool object(const Name& name, std::size_t depth);
  bool array(const Name& name, std::size_t depth);
  bool value(const Name& name, std::size_t depth);
  bool string(const Name& name);
  bool scalar(const Name& name);
  bool keep(const Name& name, std::string_view value, ValueKind kind, bool has_escapes);
  Result<void> walk(std::string_view json);
};

Result<void> JsonEvents::Parts::walk(std::string_view json) {
  const auto found = marks.find(json);
  if (!found) return within("event", found.error());
  text = json.data();
  end = text + json.size();
  backslash = text - 1;
  at = found->data();
  last = at + found->size();
  wrong.reset();
  if (next() != '{') return fail(Errc::invalid, "event: no JSON object");
  if (!object(Name{}, 1)) return std::unexpected(*std::move(wrong));
  if (at != last) return fail(Errc::invalid, "event: something follows the JSON object");
  return {};
}

bool JsonEvents::Parts::refuse(Errc code, std::string reason) {
  wrong = Error{code, "event: " + std::move(reason)};
  return false;
}

// Behind a closing quote are only blanks up to the next mark.
std::string_view JsonEvents::Parts::string_here() const {
  const char* const from = text + at[0] + 1;
  const char* close = text + at[1] - 1;
  while (*close != '"') --close;
  return {from, std::size_t(close - from)};
}

// Tokens are asked about in the order in which they stand, so each byte is searched once.
bool JsonEvents::Parts::escaped(std::string_view token) {
  if (backslash < token.data()) {
    const auto* const found = std::memchr(token.data(), '\\', std::size_t(end - token.data()));
    backslash = found == nullptr ? end : static_cast<const char*>(found);
  }
  return backslash < token.data() + token.size();
}

JsonEvents::Parts::Name JsonEvents::Parts::below(const Name& parent, std::string_view key) {
  if (parent.id != 0 || parent.text.empty())
    if (const auto id = names.below(parent.id, key); id != FieldNames::none)
      return {id, names.name(id), names.kind(id)};
  const std::string& kept = now->extra.emplace_back(joined(parent.text, key));
  return {0, kept, kind_of_field(kept)};
}

// The name of the member that stands next.
bool JsonEvents::Parts::name_here(const Name& parent, Name& out) {
  if (next() != '"') return refuse(Errc::invalid, "not JSON (a name is missing)");
  if (parent.id != 0 || parent.text.empty())
    if (const auto id = names.expected(parent.id, text + *at + 1); id != FieldNames::none) {
      ++at;
      out = {id, names.name(id), names.kind(id)};
      return true;
    }
  const auto token = string_here();
  ++at;
  if (!escaped(token)) {
    out = below(parent, token);
    return true;
  }
  const auto key = marks.unescape(token);
  if (!key) return refuse(Errc::invalid, "not JSON (a wrong escape in a name)");
  out = below(parent, *key);
  return true;
}

bool JsonEvents::Parts::object(const Name& name, std::size_t depth) {
  ++at;
  if (next() == '}') return ++at, true;
  for (;;) {
    Name below;
    if (!name_here(name, below)) return false;
    if (next() != ':') return refuse(Errc::invalid, "not JSON (no colon behind a name)");
    ++at;
    if (!value(below, depth)) return false;
    const char after = next();
    if (after != ',' && after != '}')
      return refuse(Errc::invalid, "not JSON (no comma or brace behind a value)");
    ++at;
    if (after == '}') return true;
  }
}

bool JsonEvents::Parts::array(const Name& name, std::size_t depth) {
  ++at;
  if (next() == ']') return ++at, true;
  for (;;) {
    if (!value(name, depth)) return false;
    const char after = next();
    if (after != ',' && after != ']')
      return refuse(Errc::invalid, "not JSON (no comma or bracket behind a value)");
    ++at;
    if (after == ']') return true;
  }
}

bool JsonEvents::Parts::value(const Name& name, std::size_t depth) {
  if (depth > event_depth_max)
    return refuse(Errc::invalid, fmt::format("nested deeper than {}", event_depth_max));
  switch (next()) {
    case '"': return string(name);
    case '{': return object(name, depth + 1);
    case '[': return array(name, depth + 1);
    default: return scalar(name);  // Refuses what is none.
  }
}

bool JsonEvents::Parts::string(const Name& name) {
  const auto token = string_here();
  ++at;
  const bool has_escapes = escaped(token);
  if (!has_escapes || name.kind == ValueKind::none)
    return keep(name, token, name.kind, has_escapes);
  auto plain = marks.unescape(token);
  if (!plain) return refuse(Errc::invalid, "not JSON (a wrong escape)");
  now->extra.push_back(*std::move(plain));
  return keep(name, now->extra.back(), name.kind, false);
}

bool JsonEvents::Parts::scalar(const Name& name) {
  if (at == last) return refuse(Errc::invalid, "not JSON (it ends too early)");
  std::string_view token(text + at[0], at[1] - at[0]);
  ++at;
  while (!token.empty() && is_blank(token.back())) token.remove_suffix(1);
  if (!is_scalar(token)) return refuse(Errc::invalid, "not JSON (a value is no literal)");
  return keep(name, token, ValueKind::none, false);
}

bool JsonEvents::Parts::keep(const Name& name, std::string_view value, ValueKind kind,
                             bool has_escapes) {
  if (fields->size() >= event_fields_max)
    return refuse(Errc::too_large, fmt::format("more than {} fields", event_fields_max));
  fields->emplace_back(name.text, value, kind, has_escapes);
  return true;
}

JsonEvents::JsonEvents() : parts_(std::make_unique<Parts>()) {}
JsonEvents::~JsonEvents() = default;

void JsonEvents::begin() {
  auto& [first, second] = parts_->events;
  parts_->now = parts_->now == &first ? &second : &first;
  parts_->now->extra.clear();
}

Result<void> JsonEvents::add(std::string_view json, std::size_t readable_after,
                             std::vector<EventField>& fields) {
  if (json.size() > event_bytes_max)
    return fail(Errc::too_large, "event: {} bytes, limit {}", json.size(), event_bytes_max);
  const std::size_t before = fields.size();
  parts_->fields = &fields;
  if (readable_after < JsonMarks::padding) {
    auto& copy = parts_->now->copy;
    copy.assign(json).append(JsonMarks::padding, ' ');
    json = std::string_view(copy).substr(0, json.size());
  }
  const auto done = parts_->walk(json);
  if (!done) fields.resize(before);
  return done;
}

}  // namespace tocsin::playbooks
