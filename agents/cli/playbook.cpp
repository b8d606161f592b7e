// tocsin playbook: CACAO documents, checked here and shared by the agent.
#include "agents/cli/nouns.hpp"
#include "crypto/base_encoding.hpp"
#include "playbooks/runs/document.hpp"

namespace tocsin::agents::cli {
namespace {

json::object shown(const playbooks::CheckedPlaybook& checked) {
  json::array problems;
  for (const auto& problem : checked.problems)
    problems.push_back(json::object{{"path", problem.path}, {"text", problem.text}});
  const auto& playbook = checked.playbook;
  return {{"id", playbook.id},
          {"name", playbook.name},
          {"digest", to_base32(playbook.digest)},
          {"steps", playbook.steps.size()},
          {"problems", std::move(problems)}};
}

std::string for_people(const std::string& file, const playbooks::CheckedPlaybook& checked) {
  if (checked.ok())
    return fmt::format("{}: {}, {} steps, no fault\n", file, checked.playbook.name,
                       checked.playbook.steps.size());
  std::string out;
  for (const auto& problem : checked.problems)
    out += fmt::format("{}: {}: {}\n", file, problem.path, problem.text);
  return out;
}

mesh::Task<Result<Document>> check(Call& call) {
  const auto text = read_text(call.disk(), call.path("file"), playbooks::playbook_bytes_max);
  if (!text) co_return std::unexpected(text.error());
  const auto checked = playbooks::check_playbook(*text);
  if (!checked)
    co_return within(call.text("file"), hinted(checked.error(), "a CACAO 2.0 playbook is JSON text"));
  Document out;
  out.json["playbooks"] = json::array{shown(*checked)};
  out.text = for_people(call.text("file"), *checked);
  out.exit = checked->ok() ? 0 : 1;
  co_return out;
}

mesh::Task<Result<Document>> import_one(Call& call) {
  const auto text = read_text(call.disk(), call.path("file"), playbooks::playbook_bytes_max);
  if (!text) co_return std::unexpected(text.error());
  const auto checked = playbooks::check_playbook(*text);
  if (!checked)
    co_return within(call.text("file"), hinted(checked.error(), "a CACAO 2.0 playbook is JSON text"));
  if (!checked->ok())
    co_return std::unexpected(
        Error{Errc::invalid,
              fmt::format("{}: {}: {}", call.text("file"), checked->problems.front().path,
                          checked->problems.front().text),
              fmt::format("`tocsin playbook check {}` lists all {} faults", call.text("file"),
                          checked->problems.size())});
  json::object args{{"file", call.text("file")}, {"document", *text}};
  if (call.has("dry_run")) args["dry_run"] = true;
  auto answer_task = call.ask("playbook.import", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

}  // namespace

void add_playbook(Commands& out) {
  const View list{"playbooks", {"id", "name", "digest", "steps", "problems"}, "none", {}};
  out.push_back({.noun = "playbook", .verb = "import", .about = "sign and share a CACAO playbook",
                 .example = "tocsin playbook import playbooks/library/block.json",
                 .positionals = {{"FILE", "file"}},
                 .flags = {{"dry-run", "", "check, share nothing"}},
                 .run = import_one,
                 .view = list});
  out.push_back({.noun = "playbook", .verb = "list", .about = "playbooks known here",
                 .example = "tocsin playbook list", .run = relay, .view = list});
  out.push_back({.noun = "playbook", .verb = "show", .about = "one playbook",
                 .example = "tocsin playbook show abcd",
                 .positionals = {{"ID", "id"}}, .run = relay});
  out.push_back({.noun = "playbook", .verb = "check", .about = "every fault of a playbook's file",
                 .example = "tocsin playbook check block.json",
                 .positionals = {{"FILE", "file"}}, .run = check});
  out.push_back({.noun = "playbook", .verb = "run", .about = "start a joint run",
                 .example = "tocsin playbook run abcd --incident efgh --var value=198.51.100.7",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"incident", "ID", "what it is for", false, true},
                           {"var", "NAME=VALUE", "a variable of the playbook", true},
                           {"as", "NAME", "who starts it"},
                           {"dry-run", "", "check, start nothing"}},
                 .run = relay});
}

}  // namespace tocsin::agents::cli
