// tocsin now: one screen for three in the morning.
#include "agents/cli/messages.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/cli/render.hpp"

namespace tocsin::agents::cli {
namespace {

// Four parts of at most four lines and their headings, and two lines more: 22 of 24 lines.
constexpr std::size_t part_lines_max = 4;

void add_part(std::string& out, Call& call, const json::object& document, std::string_view key,
              std::string_view heading) {
  const auto* rows = document.if_contains(key);
  if (!rows || !rows->is_array() || rows->as_array().empty()) return;
  Renderer renderer(call.terminal(), {call.lang(), call.tz(), call.colour()});
  const auto all = rows->as_array().size();
  out += message(call.lang(), heading);
  if (all > part_lines_max) out += fmt::format(" ({}/{})", part_lines_max, all);
  out += "\n";
  std::size_t shown = 0;
  for (const auto& row : rows->as_array()) {
    if (shown++ == part_lines_max) break;
    std::string line;
    if (row.is_object())
      for (const auto& each : row.as_object())
        if (!each.value().is_null()) line += renderer.cell(each.value()) + "  ";
    out += "  " + (row.is_object() ? line : renderer.cell(row)) + "\n";
  }
}

mesh::Task<Result<Document>> now(Call& call) {
  json::object args;
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto names = persons_in(call.disk(), *home, call.keys_path());
  if (names.size() == 1) args["me"] = names.front();
  auto answer_task = call.ask("now", std::move(args));
  auto answer = co_await answer_task;
  if (!answer) co_return answer;

  auto& text = answer->text;
  if (home->charter && home->charter->body.exercise)
    text += std::string(message(call.lang(), "exercise")) + "\n";
  if (const auto* alarms = answer->json.if_contains("alarms");
      alarms && alarms->is_array() && !alarms->as_array().empty())
    text += fmt::format("{}: {}\n", message(call.lang(), "alarm"),
                        harmless(std::string(alarms->as_array().front().as_string())));
  add_part(text, call, answer->json, "incidents", "burning");
  add_part(text, call, answer->json, "waiting", "waiting");
  add_part(text, call, answer->json, "deadlines", "deadlines");
  if (const auto* none = answer->json.if_contains("incidents");
      none && none->is_array() && none->as_array().empty())
    text += std::string(message(call.lang(), "all_well")) + "\n";
  add_part(text, call, answer->json, "next", "next");
  co_return answer;
}

}  // namespace

void add_now(Commands& out) {
  out.push_back({.noun = "now", .verb = "", .about = "what burns, what waits for you, what is next",
                 .example = "tocsin now", .run = now});
}

}  // namespace tocsin::agents::cli
