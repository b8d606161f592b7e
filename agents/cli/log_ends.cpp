#include "agents/cli/log_ends.hpp"

#include <algorithm>

#include "agents/cli/sign.hpp"
#include "agents/home/fields.hpp"
#include "agents/home/home_store.hpp"

namespace tocsin::agents::cli {
namespace {

using Ends = std::vector<mesh::LastGood>;

Result<Ends> ends_in_store(Call& call, const std::string& org) {
  auto from = open_home_store(call.world(), call.home_path());
  if (!from && from.error().code == Errc::not_found)
    return std::unexpected(Error{
        Errc::refused,
        fmt::format("no agent runs here and none ever did: nobody knows which records of {} count",
                    org),
        "draw it up where an agent runs, or add --keep-nothing: none of them then count"});
  if (!from) return std::unexpected(from.error());
  return heads_in(*from, org);
}

mesh::Task<Result<Ends>> ends_held(Call& call, std::string org) {
  json::object args{{"org", org}};
  auto answer_task = call.ask("agent.heads", std::move(args));
  const auto answer = co_await answer_task;
  if (answer) co_return log_ends_from(answer->json);
  if (answer.error().code != Errc::unreachable) co_return std::unexpected(answer.error());
  co_return ends_in_store(call, org);
}

}  // namespace

Result<std::vector<mesh::LastGood>> log_ends_from(const json::object& answer) {
  std::vector<mesh::LastGood> out;
  const auto* logs = answer.if_contains("logs");
  if (!logs || !logs->is_array()) return fail(Errc::invalid, "the agent listed no logs");
  for (const auto& each : logs->as_array()) {
    const auto& entry = each.as_object();
    const auto key = from_base32(text_in(entry, "log"));
    if (!key) return within("log", key.error());
    const auto log = mesh::decode_log_key(*key);
    if (!log) return within("log", log.error());
    const auto id = id_from<Digest>("batch", text_in(entry, "id"));
    if (!id) return std::unexpected(id.error());
    const auto* sequence = entry.if_contains("sequence");
    if (!sequence || !sequence->is_number()) return fail(Errc::invalid, "no sequence");
    out.push_back({*log, sequence->to_number<std::uint64_t>(), *id});
  }
  return out;
}

void keep_longest(Call& call, std::size_t count_max, std::vector<mesh::LastGood>& logs) {
  if (logs.size() <= count_max) return;
  std::sort(logs.begin(), logs.end(), [](const mesh::LastGood& a, const mesh::LastGood& b) {
    return a.sequence > b.sequence;
  });
  call.remark(fmt::format("{} logs: the {} longest are named, and nothing of the others stays "
                          "trusted", logs.size(), count_max));
  logs.resize(count_max);
}

mesh::Task<Result<std::vector<crypto::Departure>>> departures_of(
    Call& call, std::vector<std::string> removed) {
  std::vector<crypto::Departure> out;
  for (const auto& org : removed) {
    auto& departure = out.emplace_back(crypto::Departure{org, {}});
    if (call.has("keep_nothing")) continue;
    auto ends_task = ends_held(call, org);
    auto ends = co_await ends_task;
    if (!ends) co_return std::unexpected(ends.error());
    if (ends->empty())
      co_return std::unexpected(
          Error{Errc::refused,
                fmt::format("no log of {} is held here, so nothing that it signed would count", org),
                "draw it up where its records are held, or add --keep-nothing: none then count"});
    keep_longest(call, crypto::departed_logs_max / removed.size(), *ends);
    for (const auto& end : *ends)
      departure.logs.push_back(*crypto::LastBatch::from(mesh::encode_last_good(end)));
  }
  co_return out;
}

}  // namespace tocsin::agents::cli
