#include "playbooks/detect/event_syslog.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

constexpr std::size_t parameters_max = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes one word and the blank behind it.
std::string_view word(std::string_view& rest) {
  const auto blank = std::min(rest.find(' '), rest.size());
  const auto out = rest.substr(0, blank);
  rest.remove_prefix(std::min(blank + 1, rest.size()));
  return out;
}

std::string_view unless_nil(std::string_view text) { return text == "-" ? "" : text; }

std::string_view take_priority(std::string_view& rest) {
  if (!rest.starts_with('<')) return {};
  const auto close = rest.substr(0, 5).find('>');
  if (close == rest.npos || close < 2) return {};
  const auto digits = rest.substr(1, close - 1);
  if (!std::ranges::all_of(digits, is_digit)) return {};
  rest.remove_prefix(close + 1);
  return digits;
}

// `[id name="value" ...]...`, in which a backslash keeps a quote or bracket from ending it.
std::string_view take_structured(std::string_view& rest) {
  bool quoted = false;
  std::size_t at = 0;
  while (at < rest.size()) {
    const char c = rest[at];
    if (quoted && c == '\\') ++at;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && c == ']' && rest.substr(at + 1, 1) != "[") break;
    ++at;
  }
  if (at >= rest.size()) return {};
  const auto out = rest.substr(0, at + 1);
  rest.remove_prefix(at + 1);
  return out;
}

bool is_rfc3164_time(std::string_view text) {  // `Oct 11 22:14:15`
  return text.size() >= 15 && text[3] == ' ' && text[6] == ' ' && text[9] == ':' &&
         text[12] == ':' && is_digit(text[5]) && (is_digit(text[4]) || text[4] == ' ') &&
         is_digit(text[7]) && is_digit(text[14]);
}

bool is_iso_time(std::string_view text) {  // `2026-11-23T08:12:30...`
  return text.size() >= 19 && is_digit(text[0]) && text[4] == '-' && text[7] == '-' &&
         text[10] == 'T' && text[13] == ':' && text[16] == ':';
}

void split_5424(std::string_view rest, SyslogParts& out) {
  word(rest);  // version
  word(rest);  // time
  out.hostname = unless_nil(word(rest));
  out.appname = unless_nil(word(rest));
  out.procid = unless_nil(word(rest));
  out.msgid = unless_nil(word(rest));
  if (rest.starts_with('['))
    out.structured = take_structured(rest);
  else if (rest.starts_with('-'))
    rest.remove_prefix(1);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  out.message = rest;
}

// `host tag[pid]: message`; the host may be left out.
void split_host_and_tag(std::string_view rest, SyslogParts& out) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  auto after = rest;
  const auto first = word(after);
  if (!first.ends_with(':')) {
    out.hostname = first;
    rest = after;
  }
  after = rest;
  auto tag = word(after);
  if (tag.size() > 1 && tag.size() <= 64 && tag.ends_with(':')) {
    tag.remove_suffix(1);
    if (const auto open = tag.find('['); open != tag.npos && tag.ends_with(']')) {
      out.procid = tag.substr(open + 1, tag.size() - open - 2);
      tag = tag.substr(0, open);
    }
    out.appname = tag;
    rest = after;
  }
  out.message = rest;
}

}  // namespace

SyslogParts split_syslog(std::string_view line) {
  SyslogParts out;
  auto rest = line;
  out.priority = take_priority(rest);
  if (!out.priority.empty() && rest.starts_with("1 ")) {
    split_5424(rest, out);
    return out;
  }
  if (is_rfc3164_time(rest)) {
    split_host_and_tag(rest.substr(15), out);
  } else if (is_iso_time(rest)) {
    word(rest);
    split_host_and_tag(rest, out);
  } else {
    out.message = rest;
  }
  return out;
}

void add_syslog_fields(const SyslogParts& parts, std::vector<EventField>& fields) {
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) fields.push_back({name, value, ValueKind::none, false});
  };
  add("log.syslog.priority", parts.priority);
  add("log.syslog.hostname", parts.hostname);
  add("log.syslog.appname", parts.appname);
  add("log.syslog.procid", parts.procid);
  add("log.syslog.msgid", parts.msgid);
  auto rest = parts.structured;
  for (std::size_t count = 0; count < parameters_max; ++count) {
    const auto equals = rest.find("=\"");
    if (equals == rest.npos) return;
    const auto begin = rest.substr(0, equals).find_last_of(" [") + 1;
    auto close = equals + 2;
    while (close < rest.size() && rest[close] != '"') close += rest[close] == '\\' ? 2 : 1;
    if (close >= rest.size()) return;
    const auto name = rest.substr(begin, equals - begin);
    fields.push_back({name, rest.substr(equals + 2, close - equals - 2), kind_of_field(name),
                      false});
    rest.remove_prefix(close + 1);
  }
}

}  // namespace tocsin::playbooks
