#include "playbooks/detect/bench_load.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "playbooks/detect/observed.hpp"

namespace tocsin::playbooks {
namespace {

enum Kind { proxy_event, dns_event, process_event, mail_event };
constexpr std::size_t clean_names = 20000;
constexpr std::uint64_t networks_max = 5000;

constexpr std::string_view tlds[] = {"com", "net", "org", "info", "xyz", "top", "de", "fr", "co.uk"};
constexpr std::string_view paths[] = {"index.html", "v1/items", "assets/app.js", "img/logo.png"};

void add_out(std::string& out, std::string_view text) { out += text; }
template <typename... Args>
void add_out(std::string& out, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
}

}  // namespace

BenchLoad::BenchLoad(std::uint64_t count, std::uint64_t seed) : random_(seed) {
  const std::uint64_t networks = std::min(count / 500, networks_max);
  indicators_.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t share = i % 100;
    const auto type = i < networks  ? IndicatorType::cidr
                      : share < 60  ? IndicatorType::domain
                      : share < 80  ? IndicatorType::ipv4
                      : share < 92  ? IndicatorType::sha256
                      : share < 97  ? IndicatorType::url
                      : share < 99  ? IndicatorType::ipv6
                                    : IndicatorType::email;
    indicators_.push_back(make(type, i));
  }
  for (std::size_t i = 0; i < clean_names; ++i)
    names_.push_back(fmt::format("www.clean-{}-{}.example", word(4, 8), i));
}

std::string BenchLoad::word(std::size_t low, std::size_t high) {
  static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::size_t size = low + below(high - low + 1);
  std::string out(1, letters[below(26)]);
  while (out.size() < size) out += letters[below(36)];
  return out;
}

std::string BenchLoad::hex(std::size_t digits) {
  std::string out;
  while (out.size() < digits) add_out(out, "{:016x}", random_());
  out.resize(digits);
  return out;
}

std::string BenchLoad::domain() {
  const auto name = word(12, 18) + "." + std::string(tlds[below(std::size(tlds))]);
  return below(10) < 3 ? word(3, 8) + "." + name : name;
}

std::string BenchLoad::clean_name() {
  const double skewed = double(random_() >> 11) / 9007199254740992.0;
  return names_[std::size_t(double(names_.size()) * skewed * skewed * skewed)];
}

// Listed addresses begin with 100 to 199, listed networks with 200 to 219.
std::string BenchLoad::clean_ipv4() {
  const auto bits = random_();
  return fmt::format("{}.{}.{}.{}", 11 + bits % 80, bits >> 8 & 255, bits >> 16 & 255,
                     bits >> 24 & 255);
}

BenchLoad::Indicator BenchLoad::make(IndicatorType type, std::uint64_t number) {
  switch (type) {
    case IndicatorType::cidr:  // Each in a /16 of its own.
      return {type, to_text(*parse_network(fmt::format("{}.{}.{}.0/{}", 200 + number / 256,
                                                       number % 256, below(256),
                                                       16 + below(9))))};
    case IndicatorType::domain: return {type, domain()};
    case IndicatorType::ipv4:  // A permutation of 100.0.0.0 and on: none twice.
      return {type, to_text(*parse_address(fmt::format(
                        "{}.{}.{}.{}", 100 + (number >> 24) % 100, number >> 16 & 255,
                        number >> 8 & 255, number & 255)))};
    case IndicatorType::sha256: return {type, hex(64)};
    case IndicatorType::url:
      return {type, fmt::format("http{}://{}/{}/{}.php", number % 2 ? "s" : "", domain(),
                                word(3, 8), word(3, 8))};
    case IndicatorType::ipv6:
      return {type, to_text(*parse_address(fmt::format("2a0{}:{:x}:{:x}::{:x}:1", number % 8,
                                                       number >> 16 & 65535, number & 65535,
                                                       1 + below(65535))))};
    case IndicatorType::email: return {type, word(4, 10) + "@mail-" + domain()};
    case IndicatorType::sha1:
    case IndicatorType::md5:
    case IndicatorType::pattern: break;
  }
  return {type, hex(40)};
}

// Puts the value where its kind belongs; the kind of event that shows it.
int BenchLoad::plant(const Indicator& indicator, Fields& fields) {
  switch (indicator.type) {
    case IndicatorType::ipv4:
    case IndicatorType::ipv6:
      if (indicator.type == IndicatorType::ipv4 && below(4) == 0) {
        fields.resolved = indicator.value;
        return dns_event;
      }
      fields.destination = indicator.value;
      return proxy_event;
    case IndicatorType::cidr: {
      auto address = parse_network(indicator.value)->address;
      address.bytes[3] = std::uint8_t(below(256));
      fields.destination = to_text(address);
      return proxy_event;
    }
    case IndicatorType::domain:
      fields.name = below(2) ? indicator.value : word(3, 8) + "." + indicator.value;
      if (below(4) == 0) fields.url = "https://" + std::exchange(fields.name, {}) + "/x";
      return fields.url.empty() ? dns_event : proxy_event;
    case IndicatorType::url: fields.url = indicator.value; return proxy_event;
    case IndicatorType::sha256: fields.sha256 = indicator.value; return process_event;
    case IndicatorType::email: fields.sender = indicator.value; return mail_event;
    case IndicatorType::sha1:
    case IndicatorType::md5:
    case IndicatorType::pattern: break;
  }
  return process_event;
}

// What a search for plain substrings would fall for.
int BenchLoad::decoy(const Indicator& indicator, Fields& fields) {
  const auto& value = indicator.value;
  switch (indicator.type) {
    case IndicatorType::ipv4:  // Its digits, in an address that is not listed.
      fields.destination = "9" + value.substr(1, 1) + value.substr(3);
      return proxy_event;
    case IndicatorType::ipv6: fields.destination = value + "f"; return proxy_event;
    case IndicatorType::domain:
      fields.name = below(2) ? "x" + value : value + "." + clean_name();
      return dns_event;
    case IndicatorType::url:
      fields.url = "https://" + clean_name() + "/redirect/" + value.substr(8);
      return proxy_event;
    case IndicatorType::sha256:
      fields.sha256 = value;
      fields.sha256[below(64)] ^= 1;
      return process_event;
    case IndicatorType::email: fields.sender = "x" + value; return mail_event;
    case IndicatorType::cidr:
    case IndicatorType::sha1:
    case IndicatorType::md5:
    case IndicatorType::pattern: break;
  }
  return proxy_event;
}

std::uint32_t BenchLoad::event(std::string& lines) {
  Fields fields;
  static constexpr int kinds[] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3};
  int kind = kinds[below(10)];
  std::uint32_t planted = nothing;
  const auto chance = below(100);
  if (chance < 2) {
    const auto ordinal = std::uint32_t(below(indicators_.size()));
    kind = chance == 0 ? plant(indicators_[ordinal], fields)
                       : decoy(indicators_[ordinal], fields);
    if (chance == 0) planted = ordinal;
  }
  host_ip_ = fmt::format("10.{}.{}.{}", 20 + below(2), below(10), 1 + below(200));
  switch (kind) {
    case dns_event: dns(lines, fields); break;
    case proxy_event: proxy(lines, fields); break;
    case process_event: process(lines, fields); break;
    default: mail(lines, fields); break;
  }
  ++number_;
  return planted;
}

void BenchLoad::begin(std::string& out, const char* category, const char* action) {
  const auto ms = number_ * 37;
  add_out(out,
          R"({{"@timestamp":"2026-03-02T{:02}:{:02}:{:02}.{:03}Z","ecs":{{"version":"8.11.0"}},)"
          R"("event":{{"id":"e{:09}","kind":"event","category":["{}"],"type":["info"],)"
          R"("action":"{}","dataset":"bench.{}"}},"host":{{"name":"delos-ws-{:04}","ip":["{}"],)"
          R"("os":{{"type":"windows"}}}},"user":{{"name":"user{:04}"}})",
          ms / 3600000 % 24, ms / 60000 % 60, ms / 1000 % 60, ms % 1000, number_, category, action,
          category, below(2000), host_ip_, below(1500));
}

void BenchLoad::dns(std::string& out, const Fields& fields) {
  begin(out, "network", "dns-query");
  add_out(out,
          R"(,"source":{{"ip":"{}","port":{}}},"destination":{{"ip":"10.20.255.53","port":53}},)"
          R"("network":{{"transport":"udp","protocol":"dns"}},"dns":{{"id":"{}","type":"answer",)"
          R"("response_code":"NOERROR","question":{{"name":"{}","type":"A","class":"IN"}},)"
          R"("resolved_ip":["{}"]}}}})"
          "\n",
          host_ip_, 1024 + below(60000), below(65536),
          fields.name.empty() ? clean_name() : fields.name,
          fields.resolved.empty() ? clean_ipv4() : fields.resolved);
}

void BenchLoad::proxy(std::string& out, const Fields& fields) {
  begin(out, "web", "http-request");
  auto url = fields.url;
  if (url.empty())
    url = fmt::format("https://{}/{}?t={:x}", clean_name(), paths[below(std::size(paths))],
                      below(1 << 24));
  const auto host = host_of(url);
  add_out(out,
          R"(,"source":{{"ip":"{}","port":{},"bytes":{}}},"destination":{{"ip":"{}","port":443,)"
          R"("bytes":{}}},"url":{{"full":"{}","scheme":"https","path":"/x")",
          host_ip_, 1024 + below(60000), below(4000),
          fields.destination.empty() ? clean_ipv4() : fields.destination, below(90000), url);
  if (below(5) > 0) add_out(out, R"(,"domain":"{}")", host);
  add_out(out, std::string_view(
                   R"(},"http":{"request":{"method":"GET"},"response":{"status_code":200}},)"
                   R"("user_agent":{"original":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) )"
                   R"(AppleWebKit/537.36 Chrome/126 Safari/537.36"}})"
                   "\n"));
}

void BenchLoad::process(std::string& out, const Fields& fields) {
  begin(out, "process", "process-started");
  add_out(out,
          R"(,"process":{{"pid":{},"name":"cmd.exe","executable":"C:\\Windows\\System32\\cmd.exe",)"
          R"("command_line":"cmd.exe /c dir /b","hash":{{"sha256":"{}"}},"parent":{{"pid":{},)"
          R"("name":"explorer.exe"}}}}}})"
          "\n",
          below(60000), fields.sha256.empty() ? hex(64) : fields.sha256, below(60000));
}

void BenchLoad::mail(std::string& out, const Fields& fields) {
  begin(out, "email", "mail-received");
  add_out(out,
          R"(,"source":{{"ip":"{}"}},"email":{{"from":{{"address":["{}"]}},"to":{{"address":)"
          R"(["user{:04}@delos.example"]}},"subject":"Quarterly figures","message_id":)"
          R"("<{}@mx.example>","direction":"inbound","attachments":[{{"file":{{"name":)"
          R"("report.pdf","mime_type":"application/pdf","hash":{{"sha256":"{}"}}}}}}]}}}})"
          "\n",
          clean_ipv4(), fields.sender.empty() ? "a.b@" + clean_name() : fields.sender, below(1500),
          hex(16), hex(64));
}

}  // namespace tocsin::playbooks
