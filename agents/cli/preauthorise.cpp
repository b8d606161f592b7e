// tocsin approval preauthorise: terms under which a kind of step may act without waiting.
#include <charconv>

#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"
#include "agents/home/fields.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::agents::cli {
namespace {

using playbooks::StandingBody;
using playbooks::Trigger;

constexpr std::uint32_t standing_count_max = 1'000'000;

Result<std::uint32_t> number(std::string_view name, std::string_view text, std::uint32_t max) {
  std::uint32_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out > max)
    return fail(Errc::usage, "--{} {}: a number up to {}", name, text, max);
  return out;
}

Result<Trigger> trigger_from(std::string_view text) {
  if (text.empty() || text == "none") return Trigger::none;
  if (text == "indicator") return Trigger::indicator;
  if (text == "incident") return Trigger::incident;
  return fail(Errc::usage, "--trigger {}: none, indicator or incident", text);
}

// New terms, as the flags say them.
Result<StandingBody> terms_of(Call& call, const std::string& playbook) {
  const auto digest = id_from<Digest>("playbook", playbook);
  if (!digest) return std::unexpected(digest.error());
  const auto life = mesh::parse_duration(call.has("expires") ? call.text("expires") : "24h");
  if (!life) return std::unexpected(Error{Errc::usage, life.error().message, "--expires 24h"});
  const auto count = number("count", call.has("count") ? call.text("count") : "1",
                            standing_count_max);
  if (!count) return std::unexpected(count.error());
  const auto confidence =
      number("confidence", call.has("confidence") ? call.text("confidence") : "0", 100);
  if (!confidence) return std::unexpected(confidence.error());
  const auto trigger = trigger_from(call.text("trigger"));
  if (!trigger) return std::unexpected(trigger.error());

  StandingBody body{.playbook = *digest,
                    .action_class = call.has("class") ? call.text("class") : "block",
                    .types = {},
                    .confidence_min = std::uint8_t(*confidence),
                    .count = *count,
                    .created = call.now(),
                    .expires = call.now() + *life,
                    .trigger = *trigger};
  for (const auto& name : call.arguments().texts("type")) {
    const auto type = mesh::indicator_type_from(name);
    if (!type) return std::unexpected(Error{Errc::usage, type.error().message, "--type ipv4"});
    body.types.push_back(*type);
  }
  if (body.types.empty() || *count == 0)
    return fail(Errc::usage, "needs at least one --type, and --count above 0");
  return body;
}

// Terms that somebody signed already, as the agent lists them.
Result<StandingBody> listed_terms(const json::object& listed, const std::string& wanted) {
  const auto* all = listed.if_contains("standing");
  if (!all || !all->is_array()) return fail(Errc::invalid, "the agent listed no terms");
  for (const auto& each : all->as_array()) {
    const auto& entry = each.as_object();
    if (!text_in(entry, "terms").starts_with(wanted)) continue;
    const auto digest = id_from<Digest>("playbook", text_in(entry, "playbook"));
    const auto created = mesh::from_rfc3339(text_in(entry, "created"));
    const auto expires = mesh::from_rfc3339(text_in(entry, "expires"));
    const auto trigger = trigger_from(text_in(entry, "trigger"));
    const auto *count = entry.if_contains("count"), *least = entry.if_contains("confidence_min");
    if (!digest || !created || !expires || !trigger || !count || !least)
      return fail(Errc::invalid, "the agent's list of terms is not complete");
    StandingBody body{.playbook = *digest,
                      .action_class = text_in(entry, "action_class"),
                      .types = {},
                      .confidence_min = json::value_to<std::uint8_t>(*least),
                      .count = json::value_to<std::uint32_t>(*count),
                      .created = *created,
                      .expires = *expires,
                      .trigger = *trigger};
    for (const auto& name : entry.at("types").as_array()) {
      const auto type = mesh::indicator_type_from(std::string_view(name.as_string()));
      if (type) body.types.push_back(*type);
    }
    if (playbooks::terms_digest(body) != id_from<Digest>("terms", text_in(entry, "terms")))
      return fail(Errc::refused, "the listed terms are not those of their digest");
    return body;
  }
  return fail(Errc::not_found, "no terms {}", wanted);
}

mesh::Task<Result<Document>> preauthorise(Call& call) {
  const auto signer = signer_of(call);
  if (!signer) co_return std::unexpected(signer.error());
  if (call.has("join") == call.has("playbook"))
    co_return std::unexpected(Error{Errc::usage, "name a playbook, or terms with --join",
                                    "tocsin approval preauthorise ID --type ipv4 --count 10"});
  Result<StandingBody> body = StandingBody();
  if (call.has("join")) {
    auto listed_task = call.ask("approval.standing", {});
    const auto listed = co_await listed_task;
    if (!listed) co_return std::unexpected(listed.error());
    body = listed_terms(listed->json, call.text("join"));
  } else {
    auto playbook_task = call.resolve("playbook", call.text("playbook"));
    const auto playbook = co_await playbook_task;
    if (!playbook) co_return std::unexpected(playbook.error());
    body = terms_of(call, *playbook);
  }
  if (!body) co_return std::unexpected(body.error());
  body->org = signer->home.org;
  body->analyst = signer->person.name();

  auto args = signed_arguments(signer->person, signer->home, crypto::Label::approval,
                               playbooks::encode_standing_body(*body));
  auto answer_task = call.ask("approval.preauthorise", std::move(args));
  auto answer = co_await answer_task;
  if (answer) answer->json["terms"] = to_base32(playbooks::terms_digest(*body));
  co_return answer;
}

}  // namespace

void add_preauthorise(Commands& out) {
  out.push_back(
      {.noun = "approval", .verb = "preauthorise",
       .about = "sign terms under which steps may act at once",
       .example = "tocsin approval preauthorise abcd --type ipv4 --count 10 --expires 24h",
       .positionals = {{"PLAYBOOK", "playbook", false, true}},
       .flags = {{"join", "TERMS", "sign the terms that a partner signed"},
                 {"class", "CLASS", "of action, block unless said otherwise"},
                 {"type", "TYPE", "of target", true},
                 {"count", "N", "effects that each executor may cause"},
                 {"confidence", "0-100", "of the indicator, at least"},
                 {"expires", "DURATION", "24h unless said otherwise"},
                 {"trigger", "none|indicator|incident", "what starts the playbook by itself"},
                 {"as", "NAME", "who signs"}},
       .run = preauthorise});
  out.push_back({.noun = "approval", .verb = "standing", .about = "terms signed beforehand",
                 .example = "tocsin approval standing",
                 .run = relay,
                 .view = {"standing",
                          {"terms", "playbook", "action_class", "types", "count", "used", "have",
                           "expires"},
                          "none", {}}});
}

}  // namespace tocsin::agents::cli
