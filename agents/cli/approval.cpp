// tocsin approval, approve and reject: a person sees the exact command, and signs it.
#include <algorithm>

#include "agents/cli/messages.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/cli/render.hpp"
#include "agents/cli/sign.hpp"
#include "agents/home/fields.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::agents::cli {
namespace {

using playbooks::ApprovalBody;
using playbooks::Decision;

// The one entry of approval.list that RUN and STEP name, by unique prefixes.
Result<json::object> chosen(const json::object& listed, const std::string& run,
                            const std::string& step) {
  const auto* all = listed.if_contains("approvals");
  if (!all || !all->is_array()) return fail(Errc::invalid, "the agent listed no approvals");
  std::vector<const json::object*> exact, begun;
  for (const auto& each : all->as_array()) {
    const auto& entry = each.as_object();
    if (!text_in(entry, "run").starts_with(run)) continue;
    const auto id = text_in(entry, "step");
    if (id == step || text_in(entry, "name") == step) exact.push_back(&entry);
    else if (id.starts_with(step)) begun.push_back(&entry);
  }
  const auto& fit = exact.empty() ? begun : exact;
  if (fit.size() == 1) return *fit.front();
  if (fit.size() > 1)
    return std::unexpected(Error{
        Errc::usage, fmt::format("{} {} fits {} steps that wait", run, step, fit.size()),
        "write more of the run's id; `tocsin approval list` shows it whole"});
  return std::unexpected(Error{Errc::not_found,
                               fmt::format("no step {} of run {} waits for a signature", step, run),
                               "see `tocsin approval list`"});
}

Result<ApprovalBody> body_of(const json::object& entry, const Signer& signer, Decision decision,
                             Call& call) {
  const auto run = id_from<playbooks::RunId>("run", text_in(entry, "run"));
  if (!run) return std::unexpected(run.error());
  const auto digest = id_from<Digest>("digest", text_in(entry, "digest"));
  if (!digest) return std::unexpected(digest.error());
  const auto deadline = mesh::from_rfc3339(text_in(entry, "deadline"));
  if (!deadline) return within("deadline", deadline.error());
  return ApprovalBody{.run = *run,
                      .step = text_in(entry, "step"),
                      .command = *digest,
                      .targets = texts_in(entry, "targets"),
                      .deadline = *deadline,
                      .decision = decision,
                      .org = signer.home.org,
                      .analyst = signer.person.name(),
                      .signed_at = call.now(),
                      .why = call.text("why")};
}

// Nobody signs what they have not seen: shown and asked on a terminal, named by digest elsewhere.
Result<void> agreed(Call& call, const json::object& entry) {
  const auto digest = text_in(entry, "digest");
  const auto named = call.text("digest");
  if (!named.empty() && named != digest)
    return std::unexpected(Error{Errc::refused,
                                 "the step's digest is another one: what waits is not what you saw",
                                 "see `tocsin approval list`"});
  if (!named.empty()) return {};
  if (call.globals().json || !call.terminal().in_is_terminal())
    return std::unexpected(Error{Errc::refused, "off a terminal, the digest that was seen is needed",
                                 "add --digest " + digest});

  Renderer renderer(call.terminal(), {call.lang(), call.tz(), call.colour()});
  call.terminal().err(renderer.details(entry));
  const auto answer = call.terminal().ask(
      fmt::format("{} [y/N] ", message(call.lang(), "sign_question")));
  if (answer && (*answer == "y" || *answer == "Y" || *answer == "yes")) return {};
  return std::unexpected(Error{Errc::refused, "nothing was signed", ""});
}

mesh::Task<Result<Document>> decide(Call& call, Decision decision) {
  const auto signer = signer_of(call);
  if (!signer) co_return std::unexpected(signer.error());
  auto listed_task = call.ask("approval.list", {});
  const auto listed = co_await listed_task;
  if (!listed) co_return std::unexpected(listed.error());
  const auto entry = chosen(listed->json, call.text("run"), call.text("step"));
  if (!entry) co_return std::unexpected(entry.error());
  if (decision == Decision::approve) {
    const auto seen = agreed(call, *entry);
    if (!seen) co_return std::unexpected(seen.error());
  }
  const auto body = body_of(*entry, *signer, decision, call);
  if (!body) co_return std::unexpected(body.error());
  auto args = signed_arguments(signer->person, signer->home, crypto::Label::approval,
                               playbooks::encode_approval_body(*body));
  args["run"] = text_in(*entry, "run");
  args["step"] = body->step;
  auto answer_task = call.ask(decision == Decision::approve ? "approve" : "reject",
                                  std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> approve(Call& call) {
  auto answer_task = decide(call, Decision::approve);
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> reject(Call& call) {
  auto answer_task = decide(call, Decision::reject);
  auto answer = co_await answer_task;
  co_return answer;
}

}  // namespace

void add_preauthorise(Commands& out);  // preauthorise.cpp

void add_approval(Commands& out) {
  const Flag as{"as", "NAME", "who signs"};
  out.push_back({.noun = "approval", .verb = "list", .about = "what waits for a signature",
                 .example = "tocsin approval list",
                 .run = relay,
                 .view = {"approvals",
                          {"run", "step", "command", "targets", "have", "need", "deadline",
                           "digest"},
                          "no_approvals", {}}});
  add_preauthorise(out);
  out.push_back({.noun = "approve", .verb = "", .about = "sign that a step may act",
                 .example = "tocsin approve abcd action--1 --as erika",
                 .positionals = {{"RUN", "run"}, {"STEP", "step"}},
                 .flags = {as,
                           {"digest", "DIGEST", "what you saw; needed off a terminal"},
                           {"dry-run", "", "check, sign nothing"}},
                 .run = approve});
  out.push_back({.noun = "reject", .verb = "", .about = "sign that a step must not act",
                 .example = "tocsin reject abcd action--1 --why \"wrong target\"",
                 .positionals = {{"RUN", "run"}, {"STEP", "step"}},
                 .flags = {as,
                           {"why", "TEXT", "the reason", false, true},
                           {"dry-run", "", "check, sign nothing"}},
                 .run = reject});
}

}  // namespace tocsin::agents::cli
