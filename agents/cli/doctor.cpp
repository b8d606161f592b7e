// tocsin doctor: what is off in this home, and how to mend it.
#include <set>

#include <fmt/format.h>

#include "agents/cli/messages.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/cli/render.hpp"
#include "agents/home/agreement.hpp"
#include "agents/home/fields.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr std::size_t folders_searched_max = 4096;
constexpr std::uint64_t disk_low = 1ull << 30, disk_short = 5ull << 30;
constexpr WallTime before_this_program{1'700'000'000'000};

class Doctor {
 public:
  explicit Doctor(Call& call) : call_(call) {}

  mesh::Task<Result<Document>> examine() {
    if (call_.now() < before_this_program)
      find("red", "the clock of this machine is years behind", "set it, and run an NTP client");
    const auto home = call_.home();
    if (home) {
      keys(*home);
      agreement(*home);
      settings(*home);
    } else {
      find("red", home.error().message,
           home.error().hint.empty() ? "mend that file, or take it from a backup"
                                     : home.error().hint);
    }
    roots();
    disk();
    auto task = agent();
    co_await task;
    co_return result();
  }

 private:
  void find(std::string_view level, std::string what, std::string_view fix) {
    red_ = red_ || level == "red";
    findings_.push_back(json::object{{"level", level}, {"what", std::move(what)}, {"fix", fix}});
  }

  void keys(const PublicHome& home) {
    if (home.has_passphrase) return;
    const bool production = home.charter && !home.charter->body.exercise;
    find(production ? "red" : "yellow", "the agent's keys stand in clear on the disk",
         "make the home anew with --passphrase-file; this one is good for exercises only");
  }

  void agreement(const PublicHome& home) {
    if (!home.charter) {
      find("yellow", "no charter has been accepted", "tocsin charter accept FILE");
      return;
    }
    const auto now = call_.now();
    if (home.charter->body.expires <= now)
      find("red",
           "the charter has expired: no new joint effects and no pre-authorised ones; matching, "
           "reading, sharing and effects approved by this side alone go on",
           "tocsin charter amend --expires 366d --out FILE, which members then sign");
    else if (home.charter->body.expires <= now + std::chrono::hours(24 * 30))
      find("yellow", "the charter expires within 30 days",
           "tocsin charter amend --expires 366d --out FILE, which members then sign");
    const auto certificates = certificates_of(*home.charter, home.org, home.signing);
    if (!certificates) return find("red", certificates.error().message, "tocsin charter sign FILE");
    bool valid = false;
    for (const auto& each : *certificates) valid = valid || each.valid_at(now);
    if (!valid)
      find("red", "no certificate of this agent is valid now: the clock or the certificates are off",
           "check the clock, then tocsin agent certify --root-dir DIR");
    else if (certificates->back().body.not_after < now + std::chrono::hours(24 * 30))
      find("yellow", "the agent's certificates end within 30 days",
           "tocsin agent certify --root-dir DIR");
    for (const auto& member : home.charter->body.members) secret(home, member.org);
    std::vector<Error> bad;
    if (read_analysts(call_.disk(), home, &bad))
      for (const auto& error : bad) find("red", error.message, error.hint);
  }

  void secret(const PublicHome& home, const std::string& org) {
    const auto file = home.at.secret(org);
    if (!call_.disk().exists(file))
      return find("red", fmt::format("no secret is shared with {}", org),
                  fmt::format("tocsin psk new --peer {} --out FILE", org));
    const auto bytes = call_.disk().read(file, key_file_bytes_max);
    const auto sound = bytes ? crypto::is_unprotected(*bytes) : std::unexpected(bytes.error());
    if (!sound)
      find("red", fmt::format("{}: {}", file.string(), sound.error().message),
           "remove it, then share a new secret with `tocsin psk new`");
  }

  void settings(const PublicHome& home) {
    if (home.config.inputs.empty())
      find("yellow", "no [[input]]: this agent sees no events", "add one to agent.toml");
    if (home.config.guard.lists.empty())
      find("yellow", "[guard] lists is empty: public resolvers and clouds are not guarded",
           "name warninglists in agent.toml");
    if (home.config.guard.own.empty())
      find("yellow", "[guard] own is empty: partners cannot know what never to block",
           "name your networks in agent.toml, then `tocsin org card --root-dir DIR`");
    for (const auto& list : home.config.guard.lists)
      if (!call_.disk().exists(list))
        find("red", fmt::format("[guard] lists: {} is not there", list.string()), "mend the path");
  }

  // Folders like those that --root-dir names: in the home, beside it, and one below those.
  void roots() {
    const auto home = call_.home_path();
    std::size_t searched = 0;
    look_for_root(home, 2, searched);
    look_for_root(home.parent_path(), 2, searched);
  }

  void look_for_root(const Path& folder, int depth, std::size_t& searched) {
    if (++searched > folders_searched_max) return;
    if (call_.disk().exists(RootLayout{folder}.root())) {
      const auto what = fmt::format("an organisation root lies in {}", folder.string());
      if (!seen_.insert(what).second) return;
      find("red", what, "move that folder to a medium that is kept offline");
    }
    if (depth == 0) return;
    const auto names = call_.disk().list(folder);
    if (!names) return;
    for (const auto& name : *names) look_for_root(folder / name, depth - 1, searched);
  }

  void disk() {
    const auto free = call_.disk().free_space(call_.home_path());
    if (!free) return;
    const auto text = fmt::format("{} MiB are free on the disk of this home", *free >> 20);
    if (*free < disk_low) find("red", text, "make room: a full disk stops the agent");
    else if (*free < disk_short) find("yellow", text, "make room soon");
  }

  mesh::Task<void> agent() {
    auto peers_task = call_.ask("peer.list", {});
    const auto peers = co_await peers_task;
    if (!peers) {
      find("yellow", "the agent does not answer: " + peers.error().message, peers.error().hint);
      co_return;
    }
    if (const auto* list = peers->json.if_contains("peers"); list && list->is_array())
      for (const auto& each : list->as_array()) peer(each.as_object());
    auto forks_task = call_.ask("fork.list", {});
    const auto forks = co_await forks_task;
    if (const auto* list = forks ? forks->json.if_contains("forks") : nullptr;
        list && list->is_array())
      for (const auto& each : list->as_array()) fork(each.as_object());
    auto status_task = call_.ask("agent.status", {});
    const auto status = co_await status_task;
    if (!status) co_return;
    copy(status->json);
    if (const auto* list = status->json.if_contains("clocks_off"); list && list->is_array())
      for (const auto& each : list->as_array()) clock(each.as_object());
    if (const auto* list = status->json.if_contains("inputs"); list && list->is_array())
      for (const auto& each : list->as_array()) input(each.as_object());
  }

  void peer(const json::object& peer) {
    const auto state = text_in(peer, "state");
    if (state == "connected") return;
    find(state == "refused" || state == "revoked" ? "red" : "yellow",
         fmt::format("{} is {}", text_in(peer, "agent"), state),
         "check address and firewall; call the partner; `tocsin peer list` tells more");
  }

  void fork(const json::object& fork) {
    if (text_in(fork, "state") != "open") return;
    const auto org = text_in(fork, "org");
    find("red",
         fmt::format("{}/{} signed two batches for one place: its epoch sets nothing going", org,
                     text_in(fork, "agent")),
         fmt::format("call {}: its keys may be copied, or its disk was; its root settles it with "
                     "`tocsin fork resolve {}`, or revokes the agent",
                     org, text_in(fork, "id").substr(0, 8)));
  }

  void copy(const json::object& status) {
    const auto* times = status.if_contains("signed_elsewhere");
    if (!times || !times->is_number() || times->to_number<std::uint64_t>() == 0) return;
    find("red", "others hold batches under this agent's key that it did not sign",
         "if it was not restored from a backup, its keys are copied: `tocsin agent revoke`, then a "
         "new home");
  }

  void clock(const json::object& peer) {
    const auto* number = peer.if_contains("ahead_s");
    const auto ahead = number && number->is_number() ? number->to_number<std::int64_t>() : 0;
    find("red",
         fmt::format("clock alarm: the clock of {} is {} s {} this agent's", text_in(peer, "org"),
                     ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead of"),
         "compare both with a third one, set the wrong one, and run an NTP client on both");
  }

  void input(const json::object& input) {
    const auto* rejected = input.if_contains("rejected");
    if (!rejected || !rejected->is_number() || rejected->to_number<std::int64_t>() == 0) return;
    find("yellow",
         fmt::format("input {} {}: {} events could not be read", text_in(input, "kind"),
                     text_in(input, "listen"), rejected->to_number<std::int64_t>()),
         "compare `format` with what the forwarder sends");
  }

  // In whole, as cause and cure are what people come for.
  std::string sentence(const json::object& finding) const {
    const auto level = text_in(finding, "level");
    const std::string_view paint = level == "red" ? "\x1b[31m" : "\x1b[33m";
    return fmt::format("{}{:<6}{}  {}\n        {}: {}\n", call_.colour() ? paint : "", level,
                       call_.colour() ? "\x1b[0m" : "", harmless(text_in(finding, "what")),
                       message(call_.lang(), "fix"), harmless(text_in(finding, "fix")));
  }

  Document result() {
    Document out;
    out.exit = call_.has("strict") && red_ ? 1 : 0;
    for (const auto& each : findings_) out.text += sentence(each.as_object());
    out.json["findings"] = std::move(findings_);
    return out;
  }

  Call& call_;
  json::array findings_;
  std::set<std::string> seen_;
  bool red_ = false;
};

mesh::Task<Result<Document>> examine(Call& call) {
  Doctor doctor(call);
  auto done = co_await doctor.examine();
  co_return done;
}

}  // namespace

void add_doctor(Commands& out) {
  out.push_back({.noun = "doctor", .verb = "", .about = "what is off here, and how to mend it",
                 .example = "tocsin doctor --strict",
                 .flags = {{"strict", "", "exit 1 on a red finding"}},
                 .run = examine,
                 .view = {"findings", {"level", "what", "fix"}, "all_well", {}}});
}

}  // namespace tocsin::agents::cli
