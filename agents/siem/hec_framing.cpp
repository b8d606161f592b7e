#include "agents/siem/hec_framing.hpp"

#include <charconv>
#include <cmath>

#include <boost/json.hpp>

#include "agents/http/json_check.hpp"

namespace tocsin::agents {

namespace {

namespace json = boost::json;

constexpr double seconds_max = 253'402'300'800.0;  // the year 10000

std::optional<WallTime> from_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds >= seconds_max) return {};
  return WallTime{std::int64_t(std::llround(seconds * 1000))};
}

/// False when there is a time and it is none.
bool read_time(const json::value& value, std::optional<WallTime>& out) {
  if (value.is_null()) return true;
  if (value.is_number()) {
    out = from_seconds(value.to_number<double>());
    return out.has_value();
  }
  const auto* string = value.if_string();
  if (string == nullptr) return false;
  std::string_view text(string->data(), string->size());
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return true;
  text = text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    out = from_seconds(seconds);
    return out.has_value();
  }
  const auto time = mesh::from_rfc3339(text);
  if (!time) return false;
  out = *time;
  return true;
}

/// The event with the envelope's `fields` in it.
std::string merged(const json::value& event, const json::object* fields) {
  if (fields == nullptr || fields->empty()) {
    if (const auto* text = event.if_string()) return std::string(*text);
    return json::serialize(event);
  }
  json::object out;
  if (event.is_object()) out = event.get_object();
  else out["message"] = event;
  for (const auto& [key, value] : *fields) out.insert(json::key_value_pair(key, value));
  return json::serialize(out);
}

HecCode read_envelope(const json::value& envelope, HecEvent& out) {
  const auto* object = envelope.if_object();
  if (object == nullptr) return HecCode::invalid_data_format;
  const auto* event = object->if_contains("event");
  if (event == nullptr || event->is_null()) return HecCode::event_field_required;
  if (event->is_string() && event->get_string().empty()) return HecCode::event_field_blank;
  if (const auto* time = object->if_contains("time"); time != nullptr)
    if (!read_time(*time, out.time)) return HecCode::invalid_data_format;
  const auto* fields = object->if_contains("fields");
  if (fields != nullptr && !fields->is_object() && !fields->is_null())
    return HecCode::invalid_data_format;
  if (const auto* host = object->if_contains("host"); host != nullptr && host->is_string())
    out.host = std::string(host->get_string());
  out.text = merged(*event, fields == nullptr ? nullptr : fields->if_object());
  return HecCode::success;
}

}  // namespace

std::string_view hec_text(HecCode code) {
  switch (code) {
    case HecCode::success: return "Success";
    case HecCode::token_required: return "Token is required";
    case HecCode::invalid_authorization: return "Invalid authorization";
    case HecCode::invalid_token: return "Invalid token";
    case HecCode::no_data: return "No data";
    case HecCode::invalid_data_format: return "Invalid data format";
    case HecCode::server_is_busy: return "Server is busy";
    case HecCode::event_field_required: return "Event field is required";
    case HecCode::event_field_blank: return "Event field cannot be blank";
    case HecCode::healthy: return "HEC is healthy";
  }
  TOCSIN_ASSERT(false);
  return {};
}

int http_status_of(HecCode code) {
  switch (code) {
    case HecCode::success:
    case HecCode::healthy: return 200;
    case HecCode::token_required:
    case HecCode::invalid_authorization: return 401;
    case HecCode::invalid_token: return 403;
    case HecCode::server_is_busy: return 503;
    case HecCode::no_data:
    case HecCode::invalid_data_format:
    case HecCode::event_field_required:
    case HecCode::event_field_blank: return 400;
  }
  TOCSIN_ASSERT(false);
  return 500;
}

HecBody frame_hec(std::string_view body) {
  constexpr std::string_view blanks = " \t\r\n";
  HecBody out;
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::stream_parser parser({}, options);
  const auto skip_blanks = [&] {
    body.remove_prefix(std::min(body.size(), body.find_first_not_of(blanks)));
  };
  skip_blanks();
  if (body.empty()) out.code = HecCode::no_data;
  while (!body.empty()) {
    parser.reset();
    json::error_code error;
    const auto used = parser.write_some(body.data(), body.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) {
      out.code = HecCode::invalid_data_format;
      break;
    }
    HecEvent event;
    out.code = read_envelope(parser.release(), event);
    if (out.code != HecCode::success) break;
    out.events.push_back(std::move(event));
    body.remove_prefix(used);
    skip_blanks();
  }
  return out;
}

}  // namespace tocsin::agents
