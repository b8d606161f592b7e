// tocsin run and effect: joint runs, and the blocks that they put in force.
#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::agents::cli {
namespace {

using playbooks::OrderBody;
using playbooks::OrderKind;

// The arguments of a signed order of `kind`; `run` complete or empty.
Result<json::object> ordered(Call& call, OrderKind kind, const std::string& run,
                             std::string subject) {
  const auto signer = signer_of(call);
  if (!signer) return std::unexpected(signer.error());
  OrderBody body{.kind = kind,
                 .subject = std::move(subject),
                 .org = signer->home.org,
                 .analyst = signer->person.name(),
                 .signed_at = call.now(),
                 .why = call.has("note") ? call.text("note") : call.text("why")};
  if (!run.empty()) {
    const auto id = id_from<playbooks::RunId>("run", run);
    if (!id) return std::unexpected(id.error());
    body.run = *id;
  }
  for (const auto& output : call.arguments().texts("output")) {
    const auto equals = output.find('=');
    if (equals == std::string::npos)
      return fail(Errc::usage, "--output {}: write NAME=VALUE", output);
    body.outputs.emplace_back(output.substr(0, equals), output.substr(equals + 1));
  }
  auto args = signed_arguments(signer->person, signer->home, crypto::Label::order,
                               playbooks::encode_order_body(body));
  if (!run.empty()) args["run"] = run;
  if (!body.subject.empty()) args[kind == OrderKind::undo ? "id" : "step"] = body.subject;
  for (const auto* key : {"why", "note"})
    if (call.has(key)) args[key] = call.text(key);
  if (call.has("dry_run")) args["dry_run"] = true;
  return args;
}

mesh::Task<Result<Document>> order_run(Call& call, OrderKind kind, std::string step) {
  auto run_task = call.resolve("run", call.text("run"));
  const auto run = co_await run_task;
  if (!run) co_return std::unexpected(run.error());
  auto args = ordered(call, kind, *run, std::move(step));
  if (!args) co_return std::unexpected(args.error());
  auto answer_task = call.ask(call.command().local_verb(), std::move(*args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> abort(Call& call) {
  auto answer_task = order_run(call, OrderKind::abort, {});
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> done(Call& call) {
  auto answer_task = order_run(call, OrderKind::done, call.text("step"));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> undo(Call& call) {
  if (call.has("id") == call.has("run"))
    co_return std::unexpected(
        Error{Errc::usage, "name an effect, or a run with --run", "tocsin effect undo ID"});
  std::string run, id;
  if (call.has("run")) {
    auto found_task = call.resolve("run", call.text("run"));
    auto found = co_await found_task;
    if (!found) co_return std::unexpected(found.error());
    run = std::move(*found);
  } else {
    auto found_task = call.resolve("effect", call.text("id"));
    auto found = co_await found_task;
    if (!found) co_return std::unexpected(found.error());
    id = std::move(*found);
  }
  auto args = ordered(call, OrderKind::undo, run, id);
  if (!args) co_return std::unexpected(args.error());
  auto answer_task = call.ask("effect.undo", std::move(*args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> order_all(Call& call, OrderKind kind) {
  auto args = ordered(call, kind, {}, {});
  if (!args) co_return std::unexpected(args.error());
  auto answer_task = call.ask(call.command().local_verb(), std::move(*args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> freeze(Call& call) {
  auto answer_task = order_all(call, OrderKind::freeze);
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> thaw(Call& call) {
  auto answer_task = order_all(call, OrderKind::thaw);
  auto answer = co_await answer_task;
  co_return answer;
}

void add_effect(Commands& out) {
  const Flag as{"as", "NAME", "who signs"};
  const Flag dry{"dry-run", "", "check, change nothing"};
  const View list{"effects",
                  {"id", "actuator", "target", "run", "since", "until", "state"},
                  "no_effects", {}};
  out.push_back({.noun = "effect", .verb = "list", .about = "blocks, with their time to live",
                 .example = "tocsin effect list --active",
                 .flags = {{"active", "", "in force only"}},
                 .run = relay,
                 .view = list});
  out.push_back({.noun = "effect", .verb = "undo", .about = "take a block back, or those of a run",
                 .example = "tocsin effect undo abcd",
                 .positionals = {{"ID", "id", false, true}},
                 .flags = {{"run", "RUN", "all effects of it"},
                           {"why", "TEXT", "the reason"}, as, dry},
                 .run = undo,
                 .view = list});
  out.push_back({.noun = "effect", .verb = "freeze", .about = "stop every new effect at once",
                 .example = "tocsin effect freeze --why \"wrong target seen\"",
                 .flags = {{"why", "TEXT", "the reason", false, true}, as, dry},
                 .run = freeze});
  out.push_back({.noun = "effect", .verb = "thaw", .about = "end the freeze",
                 .example = "tocsin effect thaw --why \"target corrected\"",
                 .flags = {{"why", "TEXT", "the reason"}, as, dry},
                 .run = thaw});
}

}  // namespace

void add_run(Commands& out) {
  const Flag as{"as", "NAME", "who signs"};
  const Flag dry{"dry-run", "", "check, change nothing"};
  out.push_back({.noun = "run", .verb = "list", .about = "joint runs",
                 .example = "tocsin run list", .run = relay,
                 .view = {"runs", {"run", "name", "state", "incident", "started"}, "no_runs", {}}});
  out.push_back({.noun = "run", .verb = "show", .about = "one run, step by step",
                 .example = "tocsin run show abcd",
                 .positionals = {{"RUN", "run"}}, .run = relay});
  out.push_back({.noun = "run", .verb = "abort", .about = "stop a run",
                 .example = "tocsin run abort abcd --why \"false alarm\"",
                 .positionals = {{"RUN", "run"}},
                 .flags = {{"why", "TEXT", "the reason"}, as, dry},
                 .run = abort});
  out.push_back({.noun = "run", .verb = "done", .about = "say that a manual step is done",
                 .example = "tocsin run done abcd action--1 --note \"router restarted\"",
                 .positionals = {{"RUN", "run"}, {"STEP", "step"}},
                 .flags = {{"note", "TEXT", "what was done"},
                           {"output", "NAME=VALUE", "what the step gives on", true}, as, dry},
                 .run = done});
  add_effect(out);
}

}  // namespace tocsin::agents::cli
