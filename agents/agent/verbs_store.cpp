#include "agents/agent/documents.hpp"
#include "agents/agent/verbs.hpp"

namespace tocsin::agents {
namespace {

mesh::Task<Result<Answer>> compact(Services& services, Request request) {
  auto task = services.node->compact(request.flag("dry_run"));
  const auto report = co_await std::move(task);
  if (!report) co_return std::unexpected(report.error());
  // Partly done: some batches have rotted, and what rotted cannot be judged.
  co_return Answer{compaction_document(*report), report->unreadable == 0 ? 0 : 3};
}

}  // namespace

json::object compaction_document(const mesh::CompactionReport& report) {
  return {{"at", time_document(report.at)},
          {"dry_run", report.dry_run},
          {"looked_at", report.looked_at},
          {"dropped", report.dropped},
          {"records", report.records},
          {"bytes", report.bytes},
          {"live", report.live},
          {"held_back", report.held_back},
          {"unreadable", report.unreadable},
          {"reappended", report.reappended},
          {"checkpoints", report.checkpoints}};
}

json::object compaction_status(const Services& services) {
  const auto status = services.node->compaction();
  return {{"droppable_bytes", status.droppable_bytes},
          {"free_bytes", services.store.bytes_free()},
          {"stubs", status.stubs},
          {"checkpoints_refused", status.checkpoints_refused},
          {"running", status.running},
          {"last", status.last ? json::value(compaction_document(*status.last))
                               : json::value(nullptr)}};
}

void add_store_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  api.on("store.compact", [all](Request r) { return compact(*all, std::move(r)); });
}

}  // namespace tocsin::agents
