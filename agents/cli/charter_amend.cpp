// tocsin charter amend: the next version of the agreement.
#include <charconv>

#include "agents/cli/charter_document.hpp"
#include "agents/cli/log_ends.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/home/agreement.hpp"
#include "agents/home/amendment.hpp"

namespace tocsin::agents::cli {
namespace {

Result<std::optional<int>> count_of(Call& call, std::string_view key) {
  if (!call.has(key)) return std::nullopt;
  const auto text = call.text(key);
  int out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (bad != std::errc() || end != text.data() + text.size() || out < 0)
    return fail(Errc::usage, "{}: '{}' is no whole number", key, text);
  return out;
}

Result<crypto::Card> card_from(Call& call, const std::string& file) {
  const auto text = read_text(call.disk(), call.terminal().resolve(file));
  if (!text) return std::unexpected(text.error());
  auto card = crypto::read_card(*text);
  if (!card)
    return within(file, hinted(card.error(), "`tocsin org card --out FILE` writes such files"));
  return card;
}

Result<Amendment> wish_of(Call& call) {
  Amendment out;
  for (const auto& file : call.arguments().texts("add")) {
    auto card = card_from(call, file);
    if (!card) return std::unexpected(card.error());
    out.cards.push_back(std::move(*card));
  }
  out.removed = call.arguments().texts("remove");
  out.lost = call.arguments().texts("lost");
  out.back = call.arguments().texts("back");
  for (const auto& text : call.arguments().texts("policy")) {
    auto policy = policy_from(text);
    if (!policy) return std::unexpected(policy.error());
    out.policies.push_back(std::move(*policy));
  }
  if (call.has("expires")) {
    const auto life = mesh::parse_duration(call.text("expires"));
    if (!life) return std::unexpected(Error{Errc::usage, life.error().message, "365d"});
    out.expires = call.now() + *life;
  }
  const auto members = count_of(call, "amend_members");
  const auto operators = count_of(call, "amend_operators");
  if (!members) return std::unexpected(members.error());
  if (!operators) return std::unexpected(operators.error());
  out.members = *members;
  out.operators = *operators;
  return out;
}

struct Rerooting {
  NewRoot root;
  crypto::SigningKey recovery;
  Path folder;
};

// Before anything is drawn up, but after whatever may be typed wrongly has been checked.
Result<Rerooting> new_root(Call& call, const PublicHome& home) {
  if (call.text("replace_root") != home.org)
    return fail(Errc::usage, "--replace-root {}: this home is of {}, which replaces its own root",
                call.text("replace_root"), home.org);
  if (!call.has("recovery_dir") || !call.has("root_dir"))
    return fail(Errc::usage, "--replace-root needs --recovery-dir, and --root-dir for the new root");
  auto recovery = call.recovery();
  if (!recovery) return std::unexpected(recovery.error());
  if (recovery->public_key() != home.card.recovery)
    return fail(Errc::refused, "this is not the recovery key of {}", home.org);
  if (lies_below(call.path("root_dir"), home.at.home))
    return std::unexpected(Error{Errc::refused, "the root would lie inside the agent's home",
                                 "name a folder on another medium with --root-dir"});
  const auto passphrase = call.passphrase_for(RootLayout{call.path("recovery_dir")}.recovery());
  if (!passphrase) return std::unexpected(passphrase.error());
  auto made = make_root(call.disk(), call.world().entropy, call.path("root_dir"), *passphrase);
  if (!made) return std::unexpected(made.error());
  return Rerooting{std::move(*made), std::move(*recovery), call.path("root_dir")};
}

mesh::Task<Result<Document>> amend(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto agreed = home->agreed();
  if (!agreed) co_return std::unexpected(agreed.error());
  auto wish = wish_of(call);
  if (!wish) co_return std::unexpected(wish.error());
  std::optional<Rerooting> anew;
  if (call.has("replace_root")) {
    auto made = new_root(call, *home);
    if (!made) co_return std::unexpected(made.error());
    anew.emplace(std::move(*made));
    wish->cards.push_back(rerooted_card(*home, anew->root));
  }
  if (const auto possible = amended(**agreed, *wish, call.now()); !possible)
    co_return std::unexpected(possible.error());  // Before anybody is asked.
  auto ends_task = departures_of(call, wish->removed);
  auto ends = co_await ends_task;
  if (!ends) co_return std::unexpected(ends.error());
  wish->departures = std::move(*ends);
  auto charter = amended(**agreed, *wish, call.now());
  if (!charter) co_return std::unexpected(charter.error());
  if (anew)
    if (const auto done = sign_rerooting(call.disk(), *home, anew->root, anew->recovery,
                                         anew->folder, *charter, call.now());
        !done)
      co_return std::unexpected(done.error());
  const auto written = call.disk().write_atomic(
      call.path("out"), bytes_of(crypto::write_charter(*charter)), mesh::FileMode::shared);
  if (!written) co_return std::unexpected(written.error());
  Document out{charter_document(*charter, call.now()), 0, {}, false};
  out.text = change_lines(*charter);
  out.text += fmt::format("version {} of {} is in {}. Members sign it: tocsin charter sign {}\n",
                          charter->body.version, charter->body.name, call.text("out"),
                          call.text("out"));
  co_return out;
}

}  // namespace

void add_charter_amend(Commands& out) {
  out.push_back(
      {.noun = "charter", .verb = "amend", .about = "draw up the next version, unsigned",
       .example = "tocsin charter amend --out rhine-2.charter --add anssi.card --expires 366d",
       .flags = {{"out", "FILE", "where it goes", false, true},
                 {"add", "CARD", "joins, or replaces its organisation's entry", true},
                 {"remove", "ORG", "leaves; needs no signature of its own", true},
                 {"keep-nothing", "", "none of the records of who leaves count any more"},
                 {"lost", "ORG", "cannot be reached: counts nowhere until --back", true},
                 {"back", "ORG", "was lost, counts again", true},
                 {"replace-root", "ORG", "our root is lost: --recovery-dir signs for a new one"},
                 {"recovery-dir", "DIR", "where the recovery key is"},
                 {"root-dir", "DIR", "for the new root, outside of the home"},
                 {"expires", "DURATION", "from now; else as before"},
                 {"policy", "CLASS=ORGS[/LOCAL]", "thresholds of a class of action", true},
                 {"amend-members", "N", "members that must sign a later version"},
                 {"amend-operators", "N", "of these, operators"}},
       .run = amend});
}

}  // namespace tocsin::agents::cli
