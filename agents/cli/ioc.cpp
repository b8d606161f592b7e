// tocsin ioc: indicators, one at a time and as a whole.
#include "agents/cli/nouns.hpp"
#include "agents/cli/sealed_note.hpp"
#include "agents/cli/sign.hpp"
#include "mesh/wire/marking.hpp"

namespace tocsin::agents::cli {
namespace {

mesh::Task<Result<Document>> add(Call& call) {
  auto args = call.arguments().to_json(call.command());
  const auto tlp = call.text("tlp");
  if (!tlp.empty()) {
    const auto parsed = mesh::tlp_from(tlp);
    if (!parsed) co_return std::unexpected(parsed.error());
    if (*parsed == mesh::Tlp::red) {
      auto sealed_task = seal_note(call);
      auto sealed = co_await sealed_task;
      if (!sealed) co_return std::unexpected(sealed.error());
      args = std::move(*sealed);
    }
  }
  if (call.has("dry_run")) args["dry_run"] = true;
  auto answer_task = call.ask("ioc.add", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> show(Call& call) {
  auto answer_task = call.ask("ioc.show", call.arguments().to_json(call.command()));
  auto answer = co_await answer_task;
  if (!answer) co_return answer;
  const auto opened = open_note(call, answer->json);
  if (!opened) co_return std::unexpected(opened.error());
  co_return answer;
}

mesh::Task<Result<Document>> retract(Call& call) {
  const auto signer = signer_of(call);
  if (!signer) co_return std::unexpected(signer.error());
  auto id_task = call.resolve("indicator", call.text("id"));
  const auto id = co_await id_task;
  if (!id) co_return std::unexpected(id.error());

  const auto order = sign_order(signer->person, signer->home.charter->federation, "ioc.retract",
                                {{"id", *id}, {"why", call.text("why")}}, call.now(),
                                call.world().entropy);
  if (!order) co_return std::unexpected(order.error());
  json::object args{{"order", to_base64(order->body)},
                    {"signature", to_base64(order->signature.view())},
                    {"analyst", signer->person.name()},
                    {"id", *id},
                    {"why", call.text("why")}};
  if (call.has("dry_run")) args["dry_run"] = true;
  auto answer_task = call.ask("ioc.retract", std::move(args));
  auto answer = co_await answer_task;
  co_return answer;
}

mesh::Task<Result<Document>> export_all(Call& call) {
  auto answer_task = call.ask("ioc.export", call.arguments().to_json(call.command()));
  auto answer = co_await answer_task;
  if (!answer) co_return answer;
  if (auto* document = answer->json.if_contains("document"); document && document->is_object()) {
    auto inner = std::move(document->as_object());
    answer->text = json::serialize(inner) + "\n";
    answer->json = std::move(inner);
  } else if (const auto* text = answer->json.if_contains("text"); text && text->is_string()) {
    answer->text = std::string(text->as_string());
  }
  co_return answer;
}

const std::vector<std::string_view> indicator_columns{
    "id", "type", "value", "tlp", "org", "confidence", "expires", "state", "sightings"};

}  // namespace

void add_ioc(Commands& out) {
  out.push_back(
      {.noun = "ioc", .verb = "add", .about = "sign and share one indicator",
       .example = "tocsin ioc add ipv4 192.0.2.7 --tlp green --pap green --expires 30d",
       .positionals = {{"TYPE", "type"}, {"VALUE", "value"}},
       .flags = {{"tlp", "TLP", "clear, green, amber, amber+strict (unless said otherwise), red"},
                 {"pap", "PAP", "clear, green, amber (unless said otherwise), red"},
                 {"to", "ORG|ORG/ANALYST", "who may see it", true},
                 {"expires", "DURATION", "its life, 30d unless said otherwise"},
                 {"confidence", "0-100", "how sure you are"},
                 {"label", "LABEL", "a word to find it by", true},
                 {"dry-run", "", "check, share nothing"}},
       .run = add});
  out.push_back({.noun = "ioc", .verb = "search", .about = "find by value, prefix or sub-domain",
                 .example = "tocsin ioc search example.org --limit 20",
                 .positionals = {{"TEXT", "text"}},
                 .flags = {{"type", "TYPE", "of this type only"},
                           {"limit", "N", "at most so many, up to 10000000"}},
                 .run = relay,
                 .view = {"indicators", indicator_columns, "no_indicators", {}}});
  out.push_back({.noun = "ioc", .verb = "show", .about = "one indicator with all that is known of it",
                 .example = "tocsin ioc show abcd",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"as", "NAME", "the person whose keys open a RED note"}},
                 .run = show});
  out.push_back({.noun = "ioc", .verb = "stats", .about = "how many of which kind",
                 .example = "tocsin ioc stats", .run = relay});
  out.push_back({.noun = "ioc", .verb = "retract", .about = "take one back everywhere",
                 .example = "tocsin ioc retract abcd --why \"it was a honeypot\"",
                 .positionals = {{"ID", "id"}},
                 .flags = {{"why", "TEXT", "the reason", false, true},
                           {"as", "NAME", "who signs"},
                           {"dry-run", "", "check, retract nothing"}},
                 .run = retract});
  out.push_back({.noun = "ioc", .verb = "export", .about = "what may leave, as a document",
                 .example = "tocsin ioc export --format stix --tlp-max green",
                 .flags = {{"format", "stix|misp|csv|list", "of the document", false, true},
                           {"tlp-max", "TLP", "nothing beyond this marking"}},
                 .run = export_all});
}

}  // namespace tocsin::agents::cli
