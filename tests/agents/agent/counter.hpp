// Desks whose verbs can be called over their sockets in the simulator, with a person at each.
#pragma once

#include "agents/agent/people.hpp"
#include "agents/agent/verbs.hpp"
#include "agents/home/local_client.hpp"
#include "crypto/base_encoding.hpp"
#include "tests/agents/agent/desk.hpp"

namespace tocsin::tests {

namespace json = boost::json;

struct Counter : Desks {
  ~Counter() { apis.clear(); }

  /// Opens the socket of `desk`, which was started.
  void serve(AgentDesk& desk) {
    auto api = std::make_unique<agents::LocalApi>(desk.world());
    agents::add_incident_verbs(*api, desk.services());
    agents::add_run_verbs(*api, desk.services());
    agents::add_drill_verbs(*api, desk.services());
    REQUIRE(api->listen(desk.home.open.at.socket()).has_value());
    apis.push_back(std::move(api));
  }
  agents::Reply reply(AgentDesk& desk, std::string verb, json::object args = {}) {
    std::optional<Result<agents::Reply>> out;
    desk.world().loop.spawn(ask(desk, std::move(verb), std::move(args), out));
    REQUIRE(until([&] { return out.has_value(); }));
    if (!*out) FAIL(out->error().message);
    return std::move(**out);
  }
  json::object call(AgentDesk& desk, const std::string& verb, json::object args = {}) {
    auto answered = reply(desk, verb, std::move(args));
    if (!answered.ok) FAIL(verb << ": " << answered.message);
    return std::move(answered.result);
  }

  /// `duty` of the desk's organisation: analyst and approver, known to all who are connected.
  agents::Person hire(AgentDesk& desk) {
    const std::string org(desk.services().org());
    const Path keys = "/" + org + "-keys";
    REQUIRE(agents::make_person(homes.disk, homes.entropy, homes.open(org),
                                {.name = "duty", .roles = 3, .keys = keys,
                                 .root_folder = homes.root(org), .passphrase = {}},
                                homes.now())
                .has_value());
    desk.world().loop.spawn(reload(desk.services()));
    REQUIRE(until([&] { return desk.node->analyst(org, "duty").has_value(); }));
    return agents::open_person(homes.disk, homes.open(org), keys, "duty", {}).value();
  }
  json::object signed_arguments(AgentDesk& desk, const agents::Person& person, crypto::Label label,
                                ByteView body) {
    const auto signature = person.signing.sign(label, desk.services().charter.federation, body);
    return {{"order", to_base64(body)}, {"signature", to_base64(signature.view())}};
  }
  static std::string text(const json::object& from, std::string_view key) {
    return std::string(from.at(key).as_string());
  }

  std::vector<std::unique_ptr<agents::LocalApi>> apis;

 private:
  static mesh::Task<> ask(AgentDesk& desk, std::string verb, json::object args,
                          std::optional<Result<agents::Reply>>& out) {
    auto connecting =
        agents::LocalClient::connect(desk.world().network, desk.home.open.at.socket());
    auto client = co_await std::move(connecting);
    if (!client) {
      out.emplace(std::unexpected(client.error()));
      co_return;
    }
    auto calling = (*client)->call(std::move(verb), std::move(args));
    auto reply = co_await std::move(calling);
    out.emplace(std::move(reply));
  }
  static mesh::Task<> reload(agents::Services& services) {
    auto reloading = agents::reload_home(services);
    const auto done = co_await std::move(reloading);
    if (!done) services.world.log.error("{}", done.error().message);
  }
};

}  // namespace tocsin::tests
