// tocsin fork: agents that signed two truths, and which of them remains.
#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"
#include "agents/home/fields.hpp"
#include "mesh/sync/fork_decision.hpp"

namespace tocsin::agents::cli {
namespace {

/// The one row whose id begins with `prefix`. Errors: not_found, usage (ambiguous), invalid.
Result<json::object> row_of(const json::object& answer, const std::string& prefix) {
  const auto* rows = answer.if_contains("forks");
  if (!rows || !rows->is_array()) return fail(Errc::invalid, "the agent listed no forks");
  std::optional<json::object> found;
  for (const auto& each : rows->as_array()) {
    if (!each.is_object() || !text_in(each.as_object(), "id").starts_with(prefix)) continue;
    if (found) return fail(Errc::usage, "{}: more than one fork begins so", prefix);
    found = each.as_object();
  }
  if (!found)
    return std::unexpected(Error{Errc::not_found, fmt::format("no fork {}", prefix),
                                 "`tocsin fork list` names them"});
  return *found;
}

/// The branch whose first batch begins with `prefix`.
Result<Digest> branch_of(const json::object& row, const std::string& prefix) {
  std::optional<std::string> found;
  const auto* branches = row.if_contains("branches");
  if (branches && branches->is_array())
    for (const auto& each : branches->as_array()) {
      if (!each.is_string() || !std::string_view(each.as_string()).starts_with(prefix)) continue;
      if (found) return fail(Errc::usage, "--keep {}: both branches begin so", prefix);
      found = std::string(each.as_string());
    }
  if (!found)
    return std::unexpected(Error{Errc::not_found, fmt::format("--keep {}: no such branch", prefix),
                                 "`tocsin fork list --json` names both"});
  return id_from<Digest>("--keep", *found);
}

/// All that our agent holds of the branch stays; of the other one it knows the first batch only.
Result<mesh::ForkDecision> decision_on(const json::object& row, const Digest& keep, WallTime now) {
  const auto key = from_base32(text_in(row, "log_key"));
  if (!key) return within("log_key", key.error());
  const auto log = mesh::decode_log_key(*key);
  if (!log) return std::unexpected(log.error());
  const auto* sequence = row.if_contains("sequence");
  if (!sequence || !sequence->is_number()) return fail(Errc::invalid, "no sequence");
  const auto at = sequence->to_number<std::uint64_t>();
  mesh::ForkDecision out{text_in(row, "org"), *log, at, keep, at, keep, now, {}};
  const auto* last = row.if_contains("last");
  if (text_in(row, "held") != to_base32(keep) || !last || !last->is_number()) return out;
  const auto id = id_from<Digest>("last_id", text_in(row, "last_id"));
  if (!id) return std::unexpected(id.error());
  out.last = last->to_number<std::uint64_t>();
  out.last_id = *id;
  return out;
}

Document told(const mesh::ForkDecision& decision, const json::object& row, bool dry) {
  Document out;
  out.json = {{"id", text_in(row, "id")},
              {"agent", text_in(row, "agent")},
              {"kept", to_base32(decision.keep)},
              {"last", decision.last}};
  if (dry) out.json["dry_run"] = true;
  out.text = fmt::format("{}: batches {} to {} of log {} {} as they follow {}\n",
                         text_in(row, "agent"), decision.sequence, decision.last,
                         text_in(row, "log"), dry ? "would count" : "count",
                         to_base32(decision.keep).substr(0, 8));
  return out;
}

mesh::Task<Result<Document>> resolve(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto agreed = home->agreed();
  if (!agreed) co_return std::unexpected(agreed.error());
  auto list_task = call.ask("fork.list", {});
  const auto list = co_await list_task;
  if (!list) co_return std::unexpected(list.error());
  const auto row = row_of(list->json, call.text("id"));
  if (!row) co_return std::unexpected(row.error());
  if (text_in(*row, "org") != home->org)
    co_return fail(Errc::refused, "{} is an agent of {}: only its root settles this fork",
                   text_in(*row, "agent"), text_in(*row, "org"));
  const auto keep = branch_of(*row, call.text("keep"));
  if (!keep) co_return std::unexpected(keep.error());
  const auto decision = decision_on(*row, *keep, call.now());
  if (!decision) co_return std::unexpected(decision.error());
  const auto root = call.root();
  if (!root) co_return std::unexpected(root.error());
  if (root->root.public_key() != home->card.root)
    co_return fail(Errc::refused, "this is not the root of {}", home->org);
  if (call.has("dry_run")) co_return told(*decision, *row, true);

  const mesh::RecordHeader header{.kind = mesh::RecordKind::forks,
                                  .marking = {mesh::Tlp::green, mesh::Pap::green},
                                  .created = call.now(),
                                  .author = crypto::agent_id_of(home->signing).prefix()};
  const auto record = mesh::encode_fork_decision(header, *decision, root->root,
                                                 home->charter->federation);
  json::object args{{"record", to_base64(record)}};
  auto done_task = call.ask("fork.resolve", std::move(args));
  const auto done = co_await done_task;
  if (!done) co_return std::unexpected(done.error());
  co_return told(*decision, *row, false);
}

}  // namespace

void add_fork(Commands& out) {
  out.push_back({.noun = "fork", .verb = "list", .about = "agents that signed two truths",
                 .example = "tocsin fork list",
                 .run = relay,
                 .view = {"forks",
                          {"id", "org", "agent", "log", "sequence", "branches", "held", "state"},
                          "no_forks", {}}});
  out.push_back({.noun = "fork", .verb = "resolve", .about = "name the branch that remains",
                 .example = "tocsin fork resolve m4kx --keep q7ra --root-dir /media/usb/root",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"keep", "DIGEST", "the first batch of that branch", false, true},
                           {"root-dir", "DIR", "where the root is", false, true},
                           {"dry-run", "", "check, settle nothing"}},
                 .run = resolve});
}

}  // namespace tocsin::agents::cli
