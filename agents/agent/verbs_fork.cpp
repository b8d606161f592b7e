#include "agents/agent/documents.hpp"
#include "agents/agent/verbs.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/sync/fork_decision.hpp"

namespace tocsin::agents {
namespace {

/// The batch that this agent holds at the place of the fork, and how far it holds what follows.
json::object branch_held(const Services& services, const mesh::ForkSeen& fork) {
  const auto held = services.store.batch(fork.log, fork.sequence);
  if (!held || !*held) return {{"held", nullptr}, {"last", nullptr}, {"last_id", nullptr}};
  json::object out{{"held", to_base32(crypto::blake2b(
                                ByteView(*(*held)->encoded).first(mesh::batch_header_bytes)))}};
  for (const auto& head : services.node->heads_of(fork.log.agent))
    if (head.log == fork.log && head.sequence >= fork.sequence) {
      out["last"] = head.sequence;
      out["last_id"] = to_base32(head.id);
    }
  return out;
}

Result<Answer> list_forks(const Services& services) {
  json::array out;
  for (const auto& fork : services.node->forks()) {
    auto row = branch_held(services, fork);
    row["id"] = mesh::fork_id(fork.log, fork.sequence);
    row["org"] = fork.org;
    row["agent"] = fork.agent;
    row["log"] = mesh::short_name(fork.log);
    row["log_key"] = to_base32(mesh::encode_log_key(fork.log));
    row["sequence"] = fork.sequence;
    row["branches"] = json::array{to_base32(fork.first), to_base32(fork.second)};
    row["state"] = fork.settled ? "settled" : "open";
    row["kept"] = fork.settled ? json::value(to_base32(fork.kept)) : json::value(nullptr);
    out.push_back(std::move(row));
  }
  return Answer{json::object{{"forks", std::move(out)}}};
}

/// A decision that the root of this organisation signed, in a record of this agent.
Result<mesh::Draft> decision_draft(const Services& services, const Request& request) {
  const auto record = from_base64(request.text("record"));
  if (!record || record->empty()) return fail(Errc::usage, "record: no base64");
  const auto view = mesh::view_record(*record);
  if (!view) return std::unexpected(view.error());
  if (view->header.kind != mesh::RecordKind::forks)
    return fail(Errc::invalid, "this is no decision on a fork");
  const auto decision = mesh::check_fork_decision(*view, services.charter);
  if (!decision) return std::unexpected(decision.error());
  const auto forks = services.node->forks();
  const auto fork = std::find_if(forks.begin(), forks.end(), [&](const mesh::ForkSeen& each) {
    return each.log == decision->log && each.sequence == decision->sequence;
  });
  if (fork == forks.end())
    return fail(Errc::not_found, "no fork of log {} at {} is known here",
                mesh::short_name(decision->log), decision->sequence);
  if (fork->org != decision->org || decision->org != services.org())
    return fail(Errc::refused, "a fork of {} is settled by {}, with its own root", fork->org,
                fork->org);
  if (fork->settled)
    return fail(Errc::duplicate, "this fork is settled already, in favour of {}",
                to_base32(fork->kept));
  const mesh::Marking marking{mesh::Tlp::green, mesh::Pap::green};
  auto header = services.header(mesh::RecordKind::forks, marking);
  header.created = decision->time;
  return mesh::Draft{header.kind, marking, {true, {}, {}}, mesh::LogClass::control,
                     mesh::encode_fork_decision(header, *decision)};
}

mesh::Task<Result<Answer>> resolve_fork(Services& services, Request request) {
  auto draft = decision_draft(services, request);
  if (!draft) co_return std::unexpected(draft.error());
  std::vector<mesh::Draft> drafts;
  drafts.push_back(std::move(*draft));
  auto task = services.node->publish(std::move(drafts));
  const auto published = co_await std::move(task);
  if (!published) co_return std::unexpected(published.error());
  co_return Answer{json::object{{"record", to_base32(published->front().id)}}};
}

}  // namespace

void add_fork_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  api.on("fork.list", at_once([all](const Request&) { return list_forks(*all); }));
  api.on("fork.resolve", [all](Request r) { return resolve_fork(*all, std::move(r)); });
}

}  // namespace tocsin::agents
