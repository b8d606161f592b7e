#include "playbooks/detect/event.hpp"

#include "playbooks/detect/event_json.hpp"
#include "playbooks/detect/event_syslog.hpp"

namespace tocsin::playbooks {
namespace {

// Braces in a message that are tried as the beginning of a JSON object.
constexpr int embedded_tries_max = 4;

}  // namespace

struct EventParser::Parts {
  JsonEvents json;
  std::vector<EventField> fields;  ///< of this event
  std::vector<EventField> before;  ///< of the last one

  void syslog(std::string_view line);
  bool embedded(std::string_view message);
};

// Adds the object inside `message`, and as text what stands before and after it.
bool EventParser::Parts::embedded(std::string_view message) {
  const auto last = message.rfind('}');
  if (last == message.npos) return false;
  auto open = message.find('{');
  for (int tries = 0; tries < embedded_tries_max && open < last; ++tries) {
    if (json.add(message.substr(open, last + 1 - open), 0, fields)) {
      const auto around = {message.substr(0, open), message.substr(last + 1)};
      for (const auto text : around)
        if (!text.empty()) fields.push_back({"message", text, ValueKind::text, false});
      return true;
    }
    open = message.find('{', open + 1);
  }
  return false;
}

void EventParser::Parts::syslog(std::string_view line) {
  const auto parts = split_syslog(line);
  add_syslog_fields(parts, fields);
  if (!embedded(parts.message))
    fields.push_back({"message", parts.message, ValueKind::text, false});
}

EventParser::EventParser() : parts_(std::make_unique<Parts>()) {}
EventParser::~EventParser() = default;
EventParser::EventParser(EventParser&&) noexcept = default;

Result<std::span<const EventField>> EventParser::parse(std::string_view line,
                                                       EventFormat format,
                                                       std::size_t readable_after) {
  if (line.size() > event_bytes_max)
    return fail(Errc::too_large, "event: {} bytes, limit {}", line.size(), event_bytes_max);
  parts_->json.begin();
  std::swap(parts_->fields, parts_->before);
  parts_->fields.clear();
  const auto first = line.find_first_not_of(" \t\r");
  if (first == line.npos) return fail(Errc::invalid, "event: an empty line");
  const bool json =
      format == EventFormat::json || (format == EventFormat::auto_ && line[first] == '{');
  if (!json) {
    parts_->syslog(line);
    return std::span<const EventField>(parts_->fields);
  }
  const auto added = parts_->json.add(line, readable_after, parts_->fields);
  if (!added) return std::unexpected(added.error());
  return std::span<const EventField>(parts_->fields);
}

}  // namespace tocsin::playbooks
