#include <algorithm>
#include <iterator>
#include <string>

#include "playbooks/detect/event.hpp"

namespace tocsin::playbooks {
namespace {

struct Known {
  std::string_view name;
  ValueKind kind;
};
using enum ValueKind;

// Whole names, in ascending order. Source: Elastic Common Schema 8, Zeek, Suricata.
constexpr Known whole_names[] = {
    {"@timestamp", none},
    {"SyslogMessage", text},
    {"_raw", text},
    {"body", text},
    {"client.address", host},
    {"client.domain", host},
    {"destination.address", host},
    {"destination.domain", host},
    {"dns.answers.data", host},
    {"dns.answers.name", domain},
    {"dns.question.name", domain},
    {"dns.question.registered_domain", domain},
    {"dns.rrname", domain},
    {"email.bcc.address", email},
    {"email.cc.address", email},
    {"email.from.address", email},
    {"email.message_id", none},
    {"email.reply_to.address", email},
    {"email.sender.address", email},
    {"email.subject", none},
    {"email.to.address", email},
    {"event", text},
    {"event.id", none},
    {"event.original", text},
    {"fullmessage", text},
    {"host.name", none},
    {"http.hostname", host},
    {"http.request.referrer", url},
    {"id.orig_h", address},
    {"id.resp_h", address},
    {"log", text},
    {"log.original", text},
    {"process.command_line", none},
    {"process.executable", none},
    {"query", domain},
    {"raw", text},
    {"server.address", host},
    {"server.domain", host},
    {"server_name", domain},
    {"source.address", host},
    {"source.domain", host},
    {"tls.client.server_name", domain},
    {"tls.sni", domain},
    {"url.domain", host},
    {"url.full", url},
    {"url.original", url},
    {"url.registered_domain", domain},
    {"user.name", none},
    {"user_agent.original", none},
};

// Names that mean the same wherever they stand (`winlog.event_data.QueryName`), in ascending
// order. Source: Windows and Sysmon event manifests, Microsoft 365 Defender and Azure tables,
// AWS CloudTrail and flow logs, Suricata, Zeek.
constexpr Known last_names[] = {
    {"CallerIpAddress", address},
    {"ClientAddress", address},
    {"ClientIP", address},
    {"ClientIPAddress", address},
    {"ClientIp", address},
    {"DestAddress", address},
    {"DestinationHostname", host},
    {"DestinationIP", address},
    {"DestinationIp", address},
    {"DestinationIpAddress", address},
    {"FileHash", hash},
    {"Hash", hash},
    {"Hashes", hashes},
    {"IPAddress", address},
    {"IpAddress", address},
    {"LocalIP", address},
    {"MD5", hash},
    {"Message", text},
    {"QueryName", domain},
    {"QueryResults", text},
    {"RecipientEmailAddress", email},
    {"RemoteIP", address},
    {"RemoteUrl", url},
    {"SHA1", hash},
    {"SHA256", hash},
    {"SenderFromAddress", email},
    {"SenderIPv4", address},
    {"SenderIPv6", address},
    {"SenderMailFromAddress", email},
    {"SourceAddress", address},
    {"SourceHostname", host},
    {"SourceIP", address},
    {"SourceIp", address},
    {"callerIpAddress", address},
    {"clientIP", address},
    {"clientIp", address},
    {"dest_ip", address},
    {"destinationIp", address},
    {"dst_ip", address},
    {"dstaddr", address},
    {"dstip", address},
    {"hashes", hashes},
    {"message", text},
    {"msg", text},
    {"orig_h", address},
    {"qname", domain},
    {"queryName", domain},
    {"query_name", domain},
    {"resp_h", address},
    {"rrname", domain},
    {"sni", domain},
    {"sourceIPAddress", host},
    {"sourceIp", address},
    {"src_ip", address},
    {"srcaddr", address},
    {"srcip", address},
};

static_assert(std::ranges::is_sorted(whole_names, {}, &Known::name));
static_assert(std::ranges::is_sorted(last_names, {}, &Known::name));

template <std::size_t N>
const Known* known(const Known (&table)[N], std::string_view name) {
  const auto at = std::ranges::lower_bound(table, name, {}, &Known::name);
  return at != std::end(table) && at->name == name ? at : nullptr;
}

}  // namespace

ValueKind kind_of_field(std::string_view dotted_name) {
  if (const Known* found = known(whole_names, dotted_name)) return found->kind;
  const auto dot = dotted_name.rfind('.');
  const auto last = dotted_name.substr(dot + 1);
  if (last == "ip" || last == "resolved_ip") return address;
  const auto before = dot == dotted_name.npos ? "" : dotted_name.substr(0, dot);
  if (before == "hash" || before.ends_with(".hash"))
    return last == "sha256" || last == "sha1" || last == "md5" ? hash : none;
  if (const Known* found = known(last_names, last)) return found->kind;
  return whole;
}

Result<EventFormat> event_format_from(std::string_view name) {
  if (name == "auto") return EventFormat::auto_;
  if (name == "json" || name == "ndjson") return EventFormat::json;
  if (name == "syslog") return EventFormat::syslog;
  return fail(Errc::usage, "`{}` is no event format: auto, json, syslog", name);
}

}  // namespace tocsin::playbooks
