// tocsin sighting and watch: what was seen, and what happens now.
#include "agents/cli/nouns.hpp"
#include "agents/cli/render.hpp"

namespace tocsin::agents::cli {
namespace {

// `03:12 CET (02:12Z)  indicator  delos  192.0.2.7`
std::string line_for_people(Call& call, const json::object& line) {
  Renderer renderer(call.terminal(), {call.lang(), call.tz(), call.colour()});
  std::string out;
  for (const auto* key : {"at", "kind", "org"})
    if (const auto* value = line.if_contains(key)) out += renderer.cell(*value) + "  ";
  for (const auto& each : line)
    if (each.key() != "at" && each.key() != "kind" && each.key() != "org" &&
        each.key() != "cursor" && !each.value().is_null())
      out += std::string(each.key()) + "=" + renderer.cell(each.value()) + " ";
  return out;
}

mesh::Task<Result<Document>> watch(Call& call) {
  const auto client = co_await call.agent();
  if (!client) co_return std::unexpected(client.error());
  auto args = call.arguments().to_json(call.command());
  auto sent_task = (*client)->send("watch", std::move(args));
  const auto sent = co_await sent_task;
  if (!sent) co_return std::unexpected(sent.error());
  for (;;) {
    auto reply_task = (*client)->receive(Duration(-1));
    const auto reply = co_await reply_task;
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->ok) co_return std::unexpected(error_of(*reply));
    if (!reply->more) co_return Document{{}, reply->exit, {}, true};
    if (reply->result.empty()) continue;  // Only keeps the stream alive.
    call.print_line(reply->result, line_for_people(call, reply->result));
  }
}

mesh::Task<Result<Document>> dispute(Call& call) {
  auto id_task = call.resolve("indicator", call.text("id"));
  const auto id = co_await id_task;
  if (!id) co_return std::unexpected(id.error());
  if (call.has("dry_run")) co_return Document{{{"id", *id}, {"dry_run", true}}, 0, {}, false};
  json::object args{{"id", *id}, {"why", call.text("why")}};
  auto answer_task = call.ask("sighting.dispute", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

}  // namespace

void add_sighting(Commands& out) {
  out.push_back({.noun = "sighting", .verb = "list", .about = "what was seen, and by whom",
                 .example = "tocsin sighting list --since 1h",
                 .flags = {{"since", "DURATION", "seen within it"}},
                 .run = relay,
                 .view = {"sightings",
                          {"indicator", "value", "org", "count", "first_seen", "last_seen"},
                          "no_sightings", {}}});
  out.push_back({.noun = "sighting", .verb = "dispute", .about = "say that an indicator is wrong",
                 .example = "tocsin sighting dispute abcd --why \"our own scanner\"",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"why", "TEXT", "the reason", false, true},
                           {"dry-run", "", "check, share nothing"}},
                 .run = dispute});
  out.push_back({.noun = "watch", .verb = "", .about = "what happens, as it happens",
                 .example = "tocsin watch --kind sighting --kind incident --json",
                 .flags = {{"kind", "KIND", "of this kind only", true},
                           {"since", "DURATION", "what happened within it first"},
                           {"after", "CURSOR", "what happened after this line first"}},
                 .run = watch});
}

}  // namespace tocsin::agents::cli
