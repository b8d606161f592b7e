// Reads the body of a Splunk HTTP event collector request: JSON objects one after another.
#pragma once

#include <deque>

#include "agents/siem/intake.hpp"

namespace tocsin::agents {

/// The collector's own codes. Source: Splunk, "Troubleshoot HTTP Event Collector".
enum class HecCode : int {
  success = 0, token_required = 2, invalid_authorization = 3, invalid_token = 4, no_data = 5,
  invalid_data_format = 6, server_is_busy = 9, event_field_required = 12, event_field_blank = 13,
  healthy = 17,
};
std::string_view hec_text(HecCode code);
int http_status_of(HecCode code);

struct HecEvent {
  std::string text;  ///< the event: a string as it is, anything else as JSON
  std::string host;
  std::optional<WallTime> time;
};

struct HecBody {
  std::deque<HecEvent> events;        ///< those before the first bad one
  HecCode code = HecCode::success;    ///< why reading ended; no_data for an empty body
};

/// `{"event": ..., "time": ..., "host": ..., "fields": {...}}` any number of times. `time` is a
/// number or a string of seconds, or RFC 3339. `fields` are put into the event.
HecBody frame_hec(std::string_view body);

}  // namespace tocsin::agents
