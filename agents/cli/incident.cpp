// tocsin incident: joint incidents, their timeline, and their release to an authority.
#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"
#include "playbooks/incidents/incident_records.hpp"

namespace tocsin::agents::cli {
namespace {

mesh::Task<Result<Document>> release(Call& call) {
  const auto signer = signer_of(call);
  if (!signer) co_return std::unexpected(signer.error());
  auto complete_task = call.resolve("incident", call.text("id"));
  const auto complete = co_await complete_task;
  if (!complete) co_return std::unexpected(complete.error());
  const auto id = id_from<playbooks::IncidentId>("incident", *complete);
  if (!id) co_return std::unexpected(id.error());

  const auto body = playbooks::encode_release_order(
      {.incident = *id,
       .to = call.text("to"),
       .analyst = signer->home.org + "/" + signer->person.name(),
       .created = call.now()});
  auto args = signed_arguments(signer->person, signer->home, crypto::Label::order, body);
  args["id"] = *complete;
  args["to"] = call.text("to");
  if (call.has("dry_run")) args["dry_run"] = true;
  auto answer_task = call.ask("incident.release", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

// The command knows who is typing where the key folder holds one person.
mesh::Task<Result<Document>> as_person(Call& call) {
  auto args = call.arguments().to_json(call.command());
  if (!call.has("as")) {
    const auto home = call.home();
    if (!home) co_return std::unexpected(home.error());
    const auto names = persons_in(call.disk(), *home, call.keys_path());
    if (names.size() == 1) args["as"] = names.front();
  }
  auto answer_task = call.ask(call.command().local_verb(), std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

Command change(std::string_view verb, std::string_view about, std::string_view example,
               std::vector<Positional> positionals, std::vector<Flag> flags = {}) {
  flags.push_back({"as", "NAME", "who does this"});
  return {.noun = "incident", .verb = verb, .about = about, .example = example,
          .positionals = std::move(positionals), .flags = std::move(flags), .run = as_person};
}

}  // namespace

void add_incident(Commands& out) {
  out.push_back({.noun = "incident", .verb = "list", .about = "joint incidents",
                 .example = "tocsin incident list",
                 .run = relay,
                 .view = {"incidents",
                          {"id", "title", "state", "severity", "orgs", "opened"},
                          "no_incidents", {}}});
  out.push_back({.noun = "incident", .verb = "show", .about = "one incident",
                 .example = "tocsin incident show abcd",
                 .positionals = {{"ID", "id"}}, .run = relay});
  out.push_back({.noun = "incident", .verb = "timeline", .about = "what happened, both sides merged",
                 .example = "tocsin incident timeline abcd",
                 .positionals = {{"ID", "id"}},
                 .run = relay,
                 .view = {"timeline", {"at", "org", "kind", "text"}, "none", {}}});
  out.push_back(change("open", "open one by hand", "tocsin incident open --title \"odd log-ins\"",
                       {}, {{"title", "TEXT", "in a few words", false, true},
                            {"severity", "low|medium|high|critical", "how bad"},
                            {"indicator", "ID", "what it is about", true}}));
  out.push_back(change("note", "add a note", "tocsin incident note abcd \"called the partner\"",
                       {{"ID", "id"}, {"TEXT", "text"}}));
  out.push_back(change("ack", "say that somebody has seen it", "tocsin incident ack abcd",
                       {{"ID", "id"}}));
  out.push_back(change("assign", "give it to somebody", "tocsin incident assign abcd night-shift",
                       {{"ID", "id"}, {"NAME", "name"}}));
  out.push_back(change("severity", "say how bad it is", "tocsin incident severity abcd high",
                       {{"ID", "id"}, {"SEVERITY", "severity"}}));
  out.push_back(change("merge", "make two incidents one", "tocsin incident merge abcd efgh",
                       {{"ID", "id"}, {"OTHER", "other"}}));
  out.push_back(change("close", "end it", "tocsin incident close abcd --why \"contained\"",
                       {{"ID", "id"}}, {{"why", "TEXT", "the reason"}}));
  out.push_back({.noun = "incident", .verb = "release", .about = "show one incident to an authority",
                 .example = "tocsin incident release abcd --to bsi",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"to", "ORG", "who may see it", false, true},
                           {"as", "NAME", "who signs"},
                           {"dry-run", "", "check, release nothing"}},
                 .run = release});
}

}  // namespace tocsin::agents::cli
