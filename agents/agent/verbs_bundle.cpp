#include "agents/agent/documents.hpp"
#include "agents/agent/verbs.hpp"

namespace tocsin::agents {
namespace {

json::array gaps_document(const std::vector<mesh::BundleGap>& gaps) {
  json::array out;
  for (const auto& gap : gaps)
    out.push_back({{"log", mesh::short_name(gap.log)},
                   {"class", mesh::name_of(gap.log.log_class)},
                   {"org", gap.org},
                   {"agent", gap.agent},
                   {"first", gap.range.first},
                   {"last", gap.range.last}});
  return out;
}

json::object report_document(const mesh::BundleReport& report, const Request& request) {
  json::object refused;
  for (const auto& [reason, count] : report.refused) refused[reason] = count;
  return {{"bundle", to_base32(report.id)},
          {"file", request.text("file")},
          {"from", report.from_org + "/" + report.from_agent},
          {"to", report.to},
          {"bytes", report.bytes},
          {"records", report.records},
          {"batches", report.batches},
          {"dropped", report.dropped},
          {"forks", report.forks},
          {"refused", std::move(refused)},
          {"gaps", gaps_document(report.gaps)},
          {"dry_run", request.flag("dry_run")}};
}

/// `24h` is so long ago; a time is that time. Errors: usage.
Result<WallTime> since_of(const Request& request, WallTime now) {
  const auto text = request.text("since");
  if (text.empty()) return WallTime{};
  if (const auto at = mesh::from_rfc3339(text)) return *at;
  const auto back = mesh::parse_duration(text);
  if (!back)
    return std::unexpected(Error{Errc::usage, fmt::format("--since '{:.64}' is neither a time nor a "
                                                          "duration", text),
                                 "write 24h, or 2026-11-23T03:12:00Z"});
  return now - *back;
}

mesh::Task<Result<Answer>> export_bundle(Services& services, Request request) {
  const auto file = request.required("file"), to = request.required("to");
  if (!file) co_return std::unexpected(file.error());
  if (!to) co_return std::unexpected(to.error());
  const auto since = since_of(request, services.now());
  if (!since) co_return std::unexpected(since.error());
  mesh::BundleOrder order{*file, *to, request.texts("carry_for"), *since, request.flag("dry_run")};
  auto task = services.node->export_bundle(std::move(order));
  const auto report = co_await std::move(task);
  if (!report) co_return std::unexpected(report.error());
  if (!request.flag("dry_run"))
    services.world.log.info("bundle {} for {}: {} records in {}", to_base32(report->id), *to,
                            report->records, *file);
  co_return Answer{report_document(*report, request)};
}

mesh::Task<Result<Answer>> import_bundle(Services& services, Request request) {
  const auto file = request.required("file");
  if (!file) co_return std::unexpected(file.error());
  auto task = services.node->import_bundle(*file, request.flag("dry_run"));
  const auto report = co_await std::move(task);
  if (!report) co_return std::unexpected(report.error());
  auto document = report_document(*report, request);
  document["duplicates"] = report->duplicates;
  document["carried"] = report->carried;
  document["waiting"] = report->waiting;
  services.world.log.info("bundle {} of {}: {} records new, {} held already", to_base32(report->id),
                          report->from_org, report->records, report->duplicates);
  const bool all = report->refused.empty() && report->waiting == 0;
  co_return Answer{std::move(document), all ? 0 : 3};
}

}  // namespace

void add_bundle_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  api.on("bundle.export", [all](Request r) { return export_bundle(*all, std::move(r)); });
  api.on("bundle.import", [all](Request r) { return import_bundle(*all, std::move(r)); });
}

}  // namespace tocsin::agents
