// tocsin store: what the agent keeps, and what it no longer needs to.
#include "agents/cli/nouns.hpp"
#include "agents/home/local_client.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr Duration compact_wait_max = std::chrono::hours(1);

// It goes through the store a little at a time, so that nothing else waits for it.
mesh::Task<Result<Document>> compact(Call& call) {
  auto client_task = call.agent();
  const auto client = co_await client_task;
  if (!client) co_return std::unexpected(client.error());
  auto sent_task = (*client)->send("store.compact", call.arguments().to_json(call.command()));
  const auto sent = co_await sent_task;
  if (!sent) co_return std::unexpected(sent.error());
  auto reply_task = (*client)->receive(compact_wait_max);
  auto reply = co_await reply_task;
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->ok) co_return std::unexpected(error_of(*reply));
  Document out;
  out.json = std::move(reply->result);
  out.exit = reply->exit;
  co_return out;
}

}  // namespace

void add_store(Commands& out) {
  out.push_back({.noun = "store", .verb = "compact",
                 .about = "drop what has expired or was retracted, and keep its proof",
                 .example = "tocsin store compact --dry-run",
                 .flags = {{"dry-run", "", "count, drop nothing"}},
                 .run = compact});
}

}  // namespace tocsin::agents::cli
