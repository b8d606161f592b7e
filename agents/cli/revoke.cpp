// tocsin agent revoke and analyst revoke: the root takes back its word.
#include <set>

#include "agents/cli/log_ends.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"
#include "mesh/sync/revocation.hpp"

namespace tocsin::agents::cli {
namespace {

json::array shown(const std::vector<mesh::LastGood>& last_good) {
  json::array out;
  for (const auto& each : last_good)
    out.push_back(json::object{{"log", mesh::short_name(each.log)},
                               {"sequence", each.sequence},
                               {"id", to_base32(each.id)}});
  return out;
}

// What the organisation still stands by: as --last-good says, else what our agent holds now.
// Without a running agent nobody can say, and all of the agent's logs are distrusted.
mesh::Task<Result<std::vector<mesh::LastGood>>> last_good(Call& call) {
  json::object args{{"agent", call.text("agent")}};
  if (call.has("last_good")) {
    const auto text = call.text("last_good");
    const auto colon = text.rfind(':');
    if (colon == std::string::npos)
      co_return fail(Errc::usage, "--last-good {}: write LOG:SEQUENCE", text);
    args["log"] = text.substr(0, colon);
    args["sequence"] = text.substr(colon + 1);
  }
  auto answer_task = call.ask("agent.heads", std::move(args));
  const auto answer = co_await answer_task;
  if (!answer) {
    if (answer.error().code == Errc::unreachable && !call.has("last_good")) {
      call.remark("no agent runs here: nothing of the revoked agent's logs stays trusted");
      co_return std::vector<mesh::LastGood>();
    }
    co_return std::unexpected(answer.error());
  }
  auto logs = log_ends_from(answer->json);
  if (logs) keep_longest(call, mesh::revocation_logs_max, *logs);
  co_return logs;
}

struct Wish {
  AgentId id;
  std::string name;
  std::vector<mesh::LastGood> last_good;
};

// Kept in HOME first, then handed to the agent, which shares it; the agent takes what lies there
// at its start.
mesh::Task<Result<Document>> share(Call& call, const PublicHome& home, Wish wish) {
  const auto root = call.root();
  if (!root) co_return std::unexpected(root.error());
  if (root->root.public_key() != home.card.root)
    co_return fail(Errc::refused, "this is not the root of {}", home.org);
  if (call.has("dry_run"))
    co_return Document{{{"agent", wish.name}, {"last_good", shown(wish.last_good)}, {"dry_run", true}},
                       0, fmt::format("{} would be revoked\n", wish.name), false};
  const mesh::RecordHeader header{.kind = mesh::RecordKind::revocation,
                                  .marking = {mesh::Tlp::green, mesh::Pap::green},
                                  .created = call.now(),
                                  .author = crypto::agent_id_of(home.signing).prefix()};
  const auto record = mesh::encode_revocation(
      header,
      {.org = home.org, .agent = wish.id, .time = call.now(), .reason = call.text("why"),
       .last_good = wish.last_good},
      root->root, home.charter->federation);

  const auto file = home.at.revocations() / fmt::format("{}-{}.record", to_base32(wish.id), call.now().ms);
  auto kept = call.disk().make_folders(home.at.revocations(), mesh::FileMode::shared);
  if (kept) kept = call.disk().write_atomic(file, record, mesh::FileMode::shared);
  if (!kept) co_return std::unexpected(kept.error());

  json::object args{{"record", to_base64(record)}};
  auto told_task = call.ask("agent.revoke", std::move(args));
  const auto told = co_await told_task;
  if (!told && told.error().code != Errc::unreachable) co_return std::unexpected(told.error());
  Document out;
  out.json = {{"agent", wish.name}, {"last_good", shown(wish.last_good)}, {"shared", told.has_value()}};
  out.text = fmt::format("{} is revoked{}\n", wish.name,
                         told ? "" : "; the agent shares it when it starts");
  co_return out;
}

mesh::Task<Result<Document>> revoke_agent(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto agreed = home->agreed();
  if (!agreed) co_return std::unexpected(agreed.error());
  const auto name = call.text("agent");
  Wish wish{.name = name};
  const auto match = [&](const std::vector<crypto::CardAgent>& agents) {
    for (const auto& agent : agents)
      if (agent.name == name) wish.id = crypto::agent_id_of(agent.signing);
  };
  match(home->card.agents);
  const auto* own = (*agreed)->member(home->org);
  if (own && wish.id.is_zero()) match(own->agents);
  if (wish.id.is_zero())
    co_return fail(Errc::not_found, "{} has no agent {}", home->org, name);

  auto logs_task = last_good(call);
  auto logs = co_await logs_task;
  if (!logs) co_return std::unexpected(logs.error());
  wish.last_good = std::move(*logs);
  auto answer_task = share(call, *home, std::move(wish));
  auto answer = co_await answer_task;
  co_return answer;
}

// Every key under the name: in HOME, and as the running agent knows from the sisters' homes.
mesh::Task<Result<std::set<AgentId>>> keys_of(Call& call, const PublicHome& home) {
  std::set<AgentId> out;
  const auto name = call.text("name");
  const auto analysts = read_analysts(call.disk(), home);
  if (!analysts) co_return std::unexpected(analysts.error());
  for (const auto& each : *analysts)
    if (each.body.name == name) out.insert(each.body.id());
  json::object args{{"name", name}};
  auto answer_task = call.ask("analyst.list", std::move(args));
  const auto answer = co_await answer_task;
  if (!answer && answer.error().code != Errc::unreachable)
    co_return std::unexpected(answer.error());
  if (!answer) call.remark("no agent runs here: keys of this person in other homes are not known");
  if (answer)
    for (const auto& each : answer->json.at("analysts").as_array()) {
      const auto encoded = from_base64(std::string_view(each.at("certificate").as_string()));
      const auto body = encoded ? crypto::peek_certificate(*encoded) : std::unexpected(encoded.error());
      if (!body) co_return within("answer of the agent", body.error());
      out.insert(body->id());
    }
  if (out.empty()) co_return fail(Errc::not_found, "{} has no person {}", home.org, name);
  co_return out;
}

mesh::Task<Result<Document>> revoke_analyst(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto agreed = home->agreed();
  if (!agreed) co_return std::unexpected(agreed.error());
  auto keys_task = keys_of(call, *home);
  const auto keys = co_await keys_task;
  if (!keys) co_return std::unexpected(keys.error());
  // One that is revoked already, or cannot be now, keeps none of the others back.
  Result<Document> answer = fail(Errc::duplicate, "{} is revoked already", call.text("name"));
  std::optional<Error> failed;
  for (const auto& id : *keys) {
    Wish wish{id, call.text("name"), {}};
    auto answer_task = share(call, *home, std::move(wish));
    auto done = co_await answer_task;
    if (done) answer = std::move(done);
    else if (done.error().code != Errc::duplicate && !failed) failed = done.error();
  }
  if (failed) co_return std::unexpected(*failed);
  if (!answer) co_return answer;
  answer->json.erase("last_good");
  answer->json["analysts"] = json::array{
      json::object{{"name", call.text("name")},
                   {"state", call.has("dry_run") ? "active" : "revoked"},
                   {"keys", keys->size()}}};
  co_return answer;
}

}  // namespace

void add_revoke(Commands& out) {
  const Flag root{"root-dir", "DIR", "where the root is", false, true};
  out.push_back({.noun = "agent", .verb = "revoke", .about = "take back the word for an agent",
                 .example = "tocsin agent revoke delos-2 --root-dir /media/usb/root --why stolen",
                 .positionals = {{"AGENT", "agent"}},
                 .flags = {root,
                           {"why", "TEXT", "the reason", false, true},
                           {"last-good", "LOG:SEQ", "the last batch that counts"},
                           {"dry-run", "", "check, revoke nothing"}},
                 .run = revoke_agent});
  out.push_back({.noun = "analyst", .verb = "revoke", .about = "take back the word for a person",
                 .example = "tocsin analyst revoke erika --root-dir /media/usb/root",
                 .positionals = {{"NAME", "name"}},
                 .flags = {root, {"why", "TEXT", "the reason"}, {"dry-run", "", "check, revoke nothing"}},
                 .run = revoke_analyst});
}

}  // namespace tocsin::agents::cli
