// Takes a syslog line apart: RFC 5424, RFC 3164 in the forms that are met, or bare text.
#pragma once

#include <string_view>
#include <vector>

#include "playbooks/detect/event.hpp"

namespace tocsin::playbooks {

/// Lifetime: that of the line. What a line lacks is empty.
struct SyslogParts {
  std::string_view priority, hostname, appname, procid, msgid;
  std::string_view structured;  ///< RFC 5424 elements with their brackets
  std::string_view message;
};
/// Never fails: what follows no format is the message.
SyslogParts split_syslog(std::string_view line);

/// Adds header fields (`log.syslog.*`) and the parameters of structured data; values of
/// parameters are as they stand, with their escapes.
void add_syslog_fields(const SyslogParts& parts, std::vector<EventField>& fields);

}  // namespace tocsin::playbooks
