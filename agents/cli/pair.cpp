// tocsin psk, pair and peer: what two organisations exchange before they can talk.
#include <fmt/format.h>

#include "agents/cli/nouns.hpp"
#include "agents/home/invitation.hpp"
#include "agents/home/peers.hpp"
#include "agents/home/secrets.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr std::string_view card_remedy = "the partner writes it with `tocsin org card --out FILE`";

// A running agent takes in what its home now holds; without one it will see at its start.
mesh::Task<void> tell_agent(Call& call, std::string verb, json::object args) {
  if (!call.disk().exists(Layout{call.home_path()}.socket())) co_return;
  auto told_task = call.ask(std::move(verb), std::move(args));
  const auto told = co_await told_task;
  if (!told && told.error().code != Errc::unreachable)
    call.remark("the agent did not take it in: " + told.error().message);
}

// The pair as HOME has it now, to a running agent: it cannot unlock that file by itself.
mesh::Task<void> tell_secret(Call& call, Layout at, std::string peer, Passphrase passphrase) {
  const auto pair = read_secret(call.disk(), at, peer, passphrase);
  if (!pair) {
    call.remark(pair.error().message);
    co_return;
  }
  json::object args{{"peer", peer}, {"current", to_base64(pair->current.view())}};
  if (pair->next) args["next"] = to_base64(pair->next->view());
  auto task = tell_agent(call, "psk.take", std::move(args));
  co_await task;
}

// Tried on the home's keys first: a secret locked under another passphrase is lost to the agent.
Result<Passphrase> home_passphrase(Call& call, const PublicHome& home) {
  auto passphrase = call.passphrase_for(home.at.keys());
  if (!passphrase) return passphrase;
  const auto keys = read_agent_keys(call.disk(), home.at, *passphrase);
  if (!keys) return std::unexpected(keys.error());
  return passphrase;
}

mesh::Task<Result<Document>> new_secret(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto peer = call.text("peer");
  if (!crypto::is_name(peer)) co_return fail(Errc::usage, "--peer {}: no organisation's id", peer);
  if (peer == home->org)
    co_return fail(Errc::usage, "--peer {}: this home is of that organisation", peer);
  const auto passphrase = home_passphrase(call, *home);
  if (!passphrase) co_return std::unexpected(passphrase.error());

  const SharedSecretFile file{home->org, peer,
                              call.world().entropy.make<crypto::SecretKey>()};
  const auto written = call.disk().write_atomic(
      call.path("out"), bytes_of(write_secret_file(file)), mesh::FileMode::secret);
  if (!written) co_return std::unexpected(written.error());
  const auto installed = install_secret(call.disk(), home->at, {peer, file.secret, {}},
                                        *passphrase, call.world().entropy);
  if (!installed) co_return std::unexpected(installed.error());
  auto task = tell_secret(call, home->at, peer, *passphrase);
  co_await task;
  co_return Document{{{"peer", peer}}, 0,
                     fmt::format("the secret shared with {} is in {}: hand it over in person\n",
                                 peer, call.text("out")),
                     false};
}

mesh::Task<Result<Document>> import_secret(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto text = read_text(call.disk(), call.path("file"), key_file_bytes_max);
  if (!text) co_return std::unexpected(text.error());
  const auto file = read_secret_file(*text);
  if (!file)
    co_return within(call.text("file"), hinted(file.error(), "`tocsin psk new` writes such files"));
  if (file->to != home->org || file->from == home->org)
    co_return fail(Errc::refused, "{}: the secret is between {} and {}, this home is of {}",
                   call.text("file"), file->from, file->to, home->org);
  const auto passphrase = home_passphrase(call, *home);
  if (!passphrase) co_return std::unexpected(passphrase.error());
  const auto installed = install_secret(call.disk(), home->at, {file->from, file->secret, {}},
                                        *passphrase, call.world().entropy);
  if (!installed) co_return std::unexpected(installed.error());
  auto task = tell_secret(call, home->at, file->from, *passphrase);
  co_await task;
  co_return Document{{{"peer", file->from}}, 0,
                     fmt::format("a secret is shared with {}\n", file->from), false};
}

// True once a live session with an agent of `peer` was made with the next secret.
bool is_proven(const json::object& answer, std::string_view peer) {
  const auto* peers = answer.if_contains("peers");
  if (!peers || !peers->is_array()) return false;
  for (const auto& each : peers->as_array()) {
    const auto text = [&](std::string_view key) {
      const auto* value = each.as_object().if_contains(key);
      return value && value->is_string() ? std::string_view(value->as_string()) : "";
    };
    if (text("org") == peer && text("state") == "connected" && text("secret") == "next")
      return true;
  }
  return false;
}

// The old secret goes only once the new one has worked, or where a person insists.
mesh::Task<Result<Document>> promote(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto peer = call.text("peer");
  if (!crypto::is_name(peer)) co_return fail(Errc::usage, "--peer {}: no organisation's id", peer);
  const auto passphrase = home_passphrase(call, *home);
  if (!passphrase) co_return std::unexpected(passphrase.error());
  if (!call.has("force")) {
    auto asked_task = call.ask("peer.list", {});
    const auto asked = co_await asked_task;
    if (!asked || !is_proven(asked->json, peer))
      co_return std::unexpected(
          Error{Errc::refused,
                fmt::format("no session with {} has used the next secret yet", peer),
                "let the partner import it and both agents meet, or say --force"});
  }
  const auto promoted =
      promote_secret(call.disk(), home->at, peer, *passphrase, call.world().entropy);
  if (!promoted) co_return std::unexpected(promoted.error());
  auto task = tell_secret(call, home->at, peer, *passphrase);
  co_await task;
  co_return Document{{{"peer", peer}}, 0,
                     fmt::format("the old secret with {} is gone\n", peer), false};
}

json::array words_of(const std::vector<std::string>& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

mesh::Task<Result<Document>> add(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto text = read_text(call.disk(), call.path("card"));
  if (!text) co_return std::unexpected(text.error());
  for (const auto& address : call.arguments().texts("address"))
    if (const auto parsed = mesh::parse_address(address); !parsed)
      co_return within("--address", {Errc::usage, parsed.error().message, "HOST:PORT"});
  const auto peer = add_peer(call.disk(), *home, *text, call.arguments().texts("address"));
  if (!peer) co_return within(call.text("card"), hinted(peer.error(), card_remedy));
  json::object args{{"org", peer->card.org}};
  auto task = tell_agent(call, "peer.add", std::move(args));
  co_await task;

  json::array agents;
  for (const auto& agent : peer->card.agents) {
    const auto dialled = peer->addresses.empty() ? agent.addresses() : peer->addresses;
    agents.push_back(json::object{{"org", peer->card.org},
                                  {"agent", agent.name},
                                  {"address", dialled.empty() ? "" : dialled.front()},
                                  {"addresses", words_of(dialled)}});
  }
  co_return Document{{{"peers", std::move(agents)}}, 0, {}, false};
}

Document paired(const Invited& invited, std::string what, const Call& call) {
  Document out;
  out.json = {{"peer", invited.peer},
              {"fingerprint", words_of(invited.fingerprint)},
              {"sealed", invited.sealed},
              {"charter", invited.charter}};
  out.text = fmt::format("{}\n\n    {}\n\nRead these words to each other; both sides must see "
                         "the same.\n",
                         what, fmt::join(invited.fingerprint, " "));
  if (!invited.sealed && call.command().verb == "invite")
    out.text += "The card of the partner is not known here, so the file is not sealed to its "
                "keys:\nhand it over in person. (`tocsin peer add CARD` first seals it.)\n";
  return out;
}

mesh::Task<Result<Document>> invite(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto passphrase = home_passphrase(call, *home);
  if (!passphrase) co_return std::unexpected(passphrase.error());
  const auto write = [&call](std::string_view file) {
    return call.disk().write_atomic(call.path("out"), bytes_of(file), mesh::FileMode::secret);
  };
  const auto made = make_invitation(call.world(), *home, call.text("org"), *passphrase, write);
  if (!made) co_return std::unexpected(made.error());
  auto task = tell_secret(call, home->at, made->peer, *passphrase);
  co_await task;
  co_return paired(*made, fmt::format("The invitation for {} is in {}.", made->peer,
                                      call.text("out")), call);
}

mesh::Task<Result<Document>> accept(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto text = read_text(call.disk(), call.path("file"));
  if (!text) co_return std::unexpected(text.error());
  const auto passphrase = home_passphrase(call, *home);
  if (!passphrase) co_return std::unexpected(passphrase.error());
  const auto taken = accept_invitation(call.world(), *home, *text, *passphrase);
  if (!taken)
    co_return within(call.text("file"),
                     hinted(taken.error(), "the partner writes it with `tocsin pair invite`"));
  auto secret_task = tell_secret(call, home->at, taken->peer, *passphrase);
  co_await secret_task;
  auto task = tell_agent(call, "home.reload", {});
  co_await task;
  co_return paired(*taken, fmt::format("Paired with {}.", taken->peer), call);
}

}  // namespace

void add_pair(Commands& out) {
  out.push_back({.noun = "psk", .verb = "new", .about = "a secret shared with one partner",
                 .example = "tocsin psk new --peer bleu --out for-bleu.psk",
                 .flags = {{"peer", "ORG", "the partner", false, true},
                           {"out", "FILE", "the partner's copy", false, true}},
                 .run = new_secret});
  out.push_back({.noun = "psk", .verb = "import", .about = "take in a partner's secret",
                 .example = "tocsin psk import for-bleu.psk",
                 .positionals = {{"FILE", "file"}}, .run = import_secret});
  out.push_back({.noun = "psk", .verb = "promote",
                 .about = "end the old secret of a pair, once the next one has worked",
                 .example = "tocsin psk promote --peer bleu",
                 .flags = {{"peer", "ORG", "whose secret it is", false, true},
                           {"force", "", "although no session has used it yet"}},
                 .run = promote});
  out.push_back({.noun = "pair", .verb = "invite", .about = "card, secret and charter in one file",
                 .example = "tocsin pair invite bleu --out for-bleu.invitation",
                 .positionals = {{"ORG", "org"}},
                 .flags = {{"out", "FILE", "for the partner", false, true}},
                 .run = invite});
  out.push_back({.noun = "pair", .verb = "accept", .about = "take in a partner's invitation",
                 .example = "tocsin pair accept for-bleu.invitation",
                 .positionals = {{"FILE", "file"}}, .run = accept});
  const View peers{"peers",
                   {"org", "agent", "address", "state", "gateway", "suspect", "rtt_ms", "behind",
                    "last_seen"},
                   "no_peers",
                   {}};
  out.push_back({.noun = "peer", .verb = "add", .about = "a partner's agent and where it listens",
                 .example = "tocsin peer add bleu.card --address 192.0.2.1:7440",
                 .positionals = {{"CARD", "card"}},
                 .flags = {{"address", "ADDR:PORT", "in place of the card's", true}},
                 .run = add,
                 .view = {"peers", {"org", "agent", "addresses"}, "no_peers", {}}});
  out.push_back({.noun = "peer", .verb = "list", .about = "partners' agents and their state",
                 .example = "tocsin peer list", .run = relay, .view = peers});
}

}  // namespace tocsin::agents::cli
