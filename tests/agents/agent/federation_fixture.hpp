// Two operators with real homes, keys and charter in a scratch folder, and their agents running
// in this process over loopback.
#pragma once

#include "agents/agent/daemon.hpp"
#include "agents/home/agreement.hpp"
#include "agents/home/local_client.hpp"
#include "agents/home/person.hpp"
#include "agents/home/secrets.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

namespace tocsin::tests {

namespace json = boost::json;

/// Lifetime: made at the beginning of a test case; ends with it.
class Federation {
 public:
  explicit Federation(std::vector<std::string> orgs = {"delos", "bleu"})
      : orgs_(std::move(orgs)) {
    machine_.log().set_level(mesh::Level::error);
    std::vector<crypto::Card> cards;
    for (const auto& org : orgs_) cards.push_back(found(org));
    agree(cards);
    share_secret();
    for (const auto& org : orgs_) add_person(org);
  }
  ~Federation() {
    for (auto& [org, daemon] : daemons_) daemon.reset();
  }

  mesh::RealWorld& machine() { return machine_; }
  mesh::World& world() { return machine_.world(); }
  agents::Path home(const std::string& org) const { return folder_.path() / org; }
  const agents::Person& person(const std::string& org) const { return *people_.at(org); }

  agents::RootKeys root_keys(const std::string& org) {
    return agents::read_root(world().disk, root(org), {}).value();
  }

  /// Starts the agent of `org`; what else is in its agent.toml goes in `more`.
  void start(const std::string& org, const std::string& more = {}) {
    const std::string toml =
        fmt::format("[agent]\norg = \"{}\"\nlisten = \"127.0.0.1:0\"\n{}\n{}", org, peers(org),
                    more);
    REQUIRE(world().disk.write_atomic(home(org) / "agent.toml", bytes_of(toml),
                                      mesh::FileMode::shared));
    auto daemon = agents::Daemon::start(world(), {home(org), {}, {}}, [](Result<void>) {});
    if (!daemon) FAIL(daemon.error().message);
    daemons_[org] = std::move(*daemon);
    listening_[org] = text(call(org, "agent.status"), "listen");
  }
  void stop(const std::string& org) { daemons_.erase(org); }
  void start_all() {
    for (const auto& org : orgs_) start(org);
  }

  /// The answer of the agent of `org`, error or not.
  agents::Reply reply(const std::string& org, std::string verb, json::object args = {}) {
    auto answered = machine_.complete(
        ask(world().network, home(org) / "agent.sock", std::move(verb), std::move(args)));
    if (!answered) FAIL(answered.error().message);
    return std::move(*answered);
  }
  json::object call(const std::string& org, std::string verb, json::object args = {}) {
    auto answered = reply(org, verb, std::move(args));
    if (!answered.ok) FAIL(verb << ": " << answered.message);
    return std::move(answered.result);
  }
  static std::string text(const json::object& from, std::string_view key) {
    return std::string(from.at(key).as_string());
  }

  /// Calls until `done` says yes, at most ten seconds. False when it never did.
  template <typename Done>
  bool eventually(Done done) {
    for (int i = 0; i < 400; ++i) {
      if (done()) return true;
      machine_.complete(mesh::sleep(machine_.loop(), std::chrono::milliseconds(25)));
    }
    return false;
  }

 private:
  static mesh::Task<Result<agents::Reply>> ask(mesh::Network& network, mesh::Path socket,
                                               std::string verb, json::object args) {
    auto client = co_await agents::LocalClient::connect(network, socket);
    if (!client) co_return std::unexpected(client.error());
    auto task = (*client)->call(std::move(verb), std::move(args));
    auto answered = co_await std::move(task);
    co_return answered;
  }

  crypto::Card found(const std::string& org) {
    const auto founded = agents::found_organisation(
        world().disk, world().entropy,
        {.home = home(org), .root_folder = root(org), .org = org, .name = org,
         .country = org == "bleu" ? "FR" : "DE",
         .role = org == "bsi" ? crypto::OrgRole::authority : crypto::OrgRole::operator_,
         .listen = "127.0.0.1:0", .addresses = {}, .passphrase = {}});
    if (!founded) FAIL(founded.error().message);
    const auto opened = agents::read_home(world().disk, home(org));
    if (!opened) FAIL(opened.error().message);
    return opened->card;
  }

  void agree(const std::vector<crypto::Card>& cards) {
    crypto::CharterBody body;
    body.name = "test";
    body.exercise = true;
    body.created = world().clock.wall();
    body.expires = body.created + std::chrono::days(30);
    body.members = cards;
    auto charter = crypto::make_charter(std::move(body));
    if (!charter) FAIL(charter.error().message);
    for (const auto& org : orgs_) {
      const auto keys = agents::read_root(world().disk, root(org), {});
      REQUIRE(keys);
      REQUIRE(agents::sign_agreement(*charter, keys->root, world().clock.wall()));
    }
    for (const auto& org : orgs_) {
      const auto opened = agents::read_home(world().disk, home(org));
      const auto done = agents::accept_agreement(world().disk, *opened, *charter,
                                                 world().clock.wall());
      if (!done) FAIL(done.error().message);
    }
  }

  void share_secret() {
    for (std::size_t a = 0; a < orgs_.size(); ++a)
      for (std::size_t b = a + 1; b < orgs_.size(); ++b) {
        const auto secret = world().entropy.make<crypto::SecretKey>();
        for (const auto& [own, peer] : {std::pair(a, b), std::pair(b, a)})
          REQUIRE(agents::install_secret(world().disk, {home(orgs_[own])},
                                         {orgs_[peer], secret, {}}, {}, world().entropy));
      }
  }

  void add_person(const std::string& org) {
    const auto opened = agents::read_home(world().disk, home(org));
    const auto keys = folder_.path() / (org + "-keys");
    const auto made = agents::make_person(
        world().disk, world().entropy, *opened,
        {.name = "duty", .roles = 3, .keys = keys, .root_folder = root(org), .passphrase = {}},
        world().clock.wall());
    if (!made) FAIL(made.error().message);
    auto person = agents::open_person(world().disk, *opened, keys, "duty", {});
    if (!person) FAIL(person.error().message);
    people_.emplace(org, std::make_unique<agents::Person>(std::move(*person)));
  }

  agents::Path root(const std::string& org) const { return folder_.path() / (org + "-root"); }
  /// Those that run already are dialled.
  std::string peers(const std::string& org) const {
    std::string out;
    for (const auto& [other, address] : listening_)
      if (other != org && daemons_.contains(other))
        out += fmt::format("[[peer]]\norg = \"{}\"\naddress = \"{}\"\n", other, address);
    return out;
  }

  ScratchFolder folder_;
  std::vector<std::string> orgs_;
  mesh::RealWorld machine_;
  std::map<std::string, std::unique_ptr<agents::Person>> people_;
  std::map<std::string, std::unique_ptr<agents::Daemon>> daemons_;
  std::map<std::string, std::string> listening_;
};

}  // namespace tocsin::tests
