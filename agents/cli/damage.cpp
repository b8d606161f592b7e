// tocsin asset, damage and repair: what there is, what was hit, and what is whole again.
#include "agents/cli/nouns.hpp"
#include "crypto/text.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr std::size_t inventory_bytes_max = 48 * 1024 * 1024;

mesh::Task<Result<Document>> import_assets(Call& call) {
  const auto file = call.path("file");
  const auto text = read_text(call.disk(), file, inventory_bytes_max);
  if (!text) co_return std::unexpected(text.error());
  if (!is_well_formed(*text))
    co_return std::unexpected(Error{Errc::invalid, file.string() + ": some of it is no UTF-8",
                                    "save it as UTF-8 text"});
  const auto start = text->find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string::npos && ((*text)[start] == '[' || (*text)[start] == '{');
  json::object args{{"file", call.text("file")},
                    {"document", *text},
                    {"format", is_json ? "json" : "csv"}};
  if (call.has("dry_run")) args["dry_run"] = true;
  auto answer_task = call.ask("asset.import", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

}  // namespace

void add_damage(Commands& out) {
  const View assets{"assets", {"id", "name", "kind", "owner", "country", "criticality"}, "none", {}};
  const View tasks{"tasks", {"asset", "org", "state", "after", "evidence"}, "none", {}};
  out.push_back({.noun = "asset", .verb = "import", .about = "take in an inventory, CSV or JSON",
                 .example = "tocsin asset import inventory.csv",
                 .positionals = {{"FILE", "file"}},
                 .flags = {{"dry-run", "", "check, keep nothing"}},
                 .run = import_assets});
  out.push_back({.noun = "asset", .verb = "list", .about = "the inventory",
                 .example = "tocsin asset list", .run = relay, .view = assets});
  out.push_back({.noun = "asset", .verb = "show", .about = "one asset with what depends on it",
                 .example = "tocsin asset show db-7",
                 .positionals = {{"ID", "id"}}, .run = relay});
  out.push_back({.noun = "damage", .verb = "assess", .about = "evidence and blast radius, anew",
                 .example = "tocsin damage assess abcd",
                 .positionals = {{"INCIDENT", "incident"}},
                 .flags = {{"asset", "ASSET=STATE", "evidence that somebody has", true},
                           {"dry-run", "", "compute, share nothing"}},
                 .run = relay});
  out.push_back({.noun = "damage", .verb = "show", .about = "the joint picture of the damage",
                 .example = "tocsin damage show abcd",
                 .positionals = {{"INCIDENT", "incident"}}, .run = relay});
  out.push_back({.noun = "repair", .verb = "list", .about = "what is to be repaired, in order",
                 .example = "tocsin repair list abcd",
                 .positionals = {{"INCIDENT", "incident"}}, .run = relay, .view = tasks});
  out.push_back({.noun = "repair", .verb = "set", .about = "say how far a repair is",
                 .example = "tocsin repair set abcd db-7 restored --evidence \"checksums match\"",
                 .positionals = {{"INCIDENT", "incident"}, {"ASSET", "asset"}, {"STATE", "state"}},
                 .flags = {{"evidence", "TEXT", "what shows it", false, true}},
                 .run = relay,
                 .view = tasks});
}

}  // namespace tocsin::agents::cli
