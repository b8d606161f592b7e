#include "agents/siem/input.hpp"

#include "agents/siem/file_input.hpp"
#include "agents/siem/http_intake.hpp"
#include "agents/siem/syslog_listen.hpp"

namespace tocsin::agents {

std::string_view name_of(InputKind kind) {
  switch (kind) {
    case InputKind::syslog_tcp: return "syslog-tcp";
    case InputKind::syslog_udp: return "syslog-udp";
    case InputKind::ndjson_http: return "ndjson-http";
    case InputKind::bulk: return "bulk";
    case InputKind::hec: return "hec";
    case InputKind::file: return "file";
  }
  TOCSIN_ASSERT(false);
  return {};
}

Result<InputKind> input_kind_from(std::string_view name) {
  for (const auto kind : {InputKind::syslog_tcp, InputKind::syslog_udp, InputKind::ndjson_http,
                          InputKind::bulk, InputKind::hec, InputKind::file})
    if (name_of(kind) == name) return kind;
  if (name == "syslog-tls" || name == "jetstream")
    return fail(Errc::unsupported, "input kind {} is not offered by this build", name);
  return fail(Errc::invalid,
              "unknown input kind '{}': there are syslog-tcp, syslog-udp, ndjson-http, bulk, hec "
              "and file", name.substr(0, 64));
}

std::string_view name_of(EventFormat format) {
  switch (format) {
    case EventFormat::auto_: return "auto";
    case EventFormat::json: return "json";
    case EventFormat::cef: return "cef";
    case EventFormat::syslog: return "syslog";
  }
  TOCSIN_ASSERT(false);
  return {};
}

Result<EventFormat> event_format_from(std::string_view name) {
  for (const auto format :
       {EventFormat::auto_, EventFormat::json, EventFormat::cef, EventFormat::syslog})
    if (name_of(format) == name) return format;
  return fail(Errc::invalid, "unknown event format '{}': there are auto, json, cef and syslog",
              name.substr(0, 64));
}

namespace {

Result<void> check_settings(const InputConfig& config) {
  const auto kind = name_of(config.kind);
  if (config.kind == InputKind::file) {
    if (config.path.empty()) return fail(Errc::usage, "input {} needs path", kind);
    if (!config.listen.empty()) return fail(Errc::usage, "input {} takes no listen", kind);
    if (!config.token.empty()) return fail(Errc::usage, "input {} takes no token", kind);
    return {};
  }
  if (config.listen.empty()) return fail(Errc::usage, "input {} needs listen", kind);
  if (!config.path.empty()) return fail(Errc::usage, "input {} takes no path", kind);
  const bool syslog =
      config.kind == InputKind::syslog_tcp || config.kind == InputKind::syslog_udp;
  if (syslog && !config.token.empty()) return fail(Errc::usage, "input {} takes no token", kind);
  return {};
}

Result<std::unique_ptr<Input>> start(std::shared_ptr<Intake> intake, FilePositions* positions) {
  switch (intake->config.kind) {
    case InputKind::syslog_tcp: return listen_syslog_tcp(intake);
    case InputKind::syslog_udp: return listen_syslog_udp(intake);
    case InputKind::ndjson_http: return listen_http(intake, make_ndjson_handler(intake));
    case InputKind::bulk: return listen_http(intake, make_bulk_handler(intake));
    case InputKind::hec: return listen_http(intake, make_hec_handler(intake));
    case InputKind::file: return follow_file(intake, positions);
  }
  TOCSIN_ASSERT(false);
  return fail(Errc::unsupported, "no such input");
}

}  // namespace

Result<std::unique_ptr<Input>> start_input(mesh::World& world, const InputConfig& config,
                                           EventSink& sink, FilePositions* positions) {
  const auto sound = check_settings(config);
  if (!sound) return std::unexpected(sound.error());
  auto intake = std::make_shared<Intake>(Intake{world, sink, config});
  intake->status.kind = name_of(config.kind);
  auto input = start(std::move(intake), positions);
  const auto where = fmt::format("input {}", name_of(config.kind));
  if (!input) return within(where, std::move(input.error()));
  return input;
}

}  // namespace tocsin::agents
