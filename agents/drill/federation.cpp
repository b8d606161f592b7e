#include "agents/drill/federation.hpp"

#include <algorithm>

namespace tocsin::agents::drill {
namespace {

constexpr Duration poll_every = std::chrono::milliseconds(20);

}  // namespace

Result<std::unique_ptr<Federation>> Federation::found(Machines& machines,
                                                      const Scenario& scenario) {
  auto foundation = lay_foundation(machines, scenario);
  if (!foundation) return std::unexpected(foundation.error());
  return std::unique_ptr<Federation>(new Federation(machines, std::move(*foundation)));
}

Federation::Federation(Machines& machines, Foundation foundation)
    : machines_(machines), id_(foundation.id) {
  for (auto& founded : foundation.sites) {
    orgs_.push_back(founded.org->id);
    sites_.push_back(std::make_unique<Site>(Site{std::move(founded), {}, {}}));
  }
}

mesh::Task<Result<void>> Federation::start(const std::string& org) {
  Site& at = site(org);
  const auto started = at.founded.machine->start(at.founded.home);
  if (!started) co_return within(org, started.error());
  const auto ready = co_await wait_ready(at);
  if (!ready) co_return ready;
  for (const auto& [one, other] : cuts_) {
    if (one != org && other != org) continue;
    const auto cut = co_await machines_.set_link(one, other, true);
    if (!cut) co_return cut;
  }
  co_return Result<void>{};
}

mesh::Task<Result<void>> Federation::start_all() {
  for (const auto& org : orgs_) {
    const auto started = co_await start(org);
    if (!started) co_return started;
  }
  for (const auto& each : sites_) {
    const auto linked = co_await wait_linked(*each);
    if (!linked) co_return linked;
  }
  co_return Result<void>{};
}

mesh::Task<Result<void>> Federation::wait_ready(Site& at) {
  auto& world = machines_.world();
  auto& machine = *at.founded.machine;
  const auto until = world.clock.now() + ready_max;
  while (world.clock.now() < until && machine.running()) {
    Caller asker = caller(at.founded.org->id);
    const auto status = co_await asker.ask("agent.status", json::object{});
    if (status) {
      at.inputs.clear();
      for (const auto* input : objects_in(*status, "inputs"))
        at.inputs[text_in(*input, "kind")] = text_in(*input, "listen");
      at.http = text_in(*status, "http");
      co_return Result<void>{};
    }
    co_await mesh::sleep(world.loop, poll_every);
  }
  co_return fail(Errc::timeout, "{}: its agent {}: {}", at.founded.org->id,
                 machine.running() ? "did not get ready in time" : "ended", machine.log_tail());
}

// Linked, and with the certificates of everyone's analysts: from there on a drill is fair.
mesh::Task<Result<void>> Federation::wait_linked(Site& at) {
  auto& world = machines_.world();
  const auto until = world.clock.now() + linked_max;
  std::int64_t peers = 0;
  Caller asker = caller(at.founded.org->id);
  while (world.clock.now() < until) {
    const auto status = co_await asker.ask("agent.status", json::object{});
    if (status) peers = number_in(*status, "peers");
    const auto analysts = co_await asker.ask("analyst.list", json::object{});
    if (peers + 1 >= std::int64_t(sites_.size()) && analysts &&
        objects_in(*analysts, "analysts").size() >= sites_.size())
      co_return Result<void>{};
    co_await mesh::sleep(world.loop, poll_every);
  }
  co_return fail(Errc::timeout, "{}: linked to {} of {} partners: {}", at.founded.org->id, peers,
                 sites_.size() - 1, at.founded.machine->log_tail());
}

mesh::Task<Result<void>> Federation::kill(const std::string& org) {
  auto& at = machine(org);
  if (!at.running()) co_return fail(Errc::not_found, "{}: its agent does not run", org);
  const auto ended = co_await at.kill();
  if (!ended) co_return within(org, ended.error());
  co_return Result<void>{};
}

mesh::Task<Result<void>> Federation::set_link(std::string one, std::string other, bool down) {
  if (one > other) std::swap(one, other);
  if (down)
    cuts_.emplace(one, other);
  else
    cuts_.erase({one, other});
  const auto done = co_await machines_.set_link(std::move(one), std::move(other), down);
  co_return done;
}

mesh::Task<> Federation::stop_all() {
  for (const auto& org : orgs_) co_await machine(org).stop();
}

Federation::Site& Federation::site(std::string_view org) const {
  for (const auto& each : sites_)
    if (each->founded.org->id == org) return *each;
  panic("the scenario was checked: it names no other organisation", __FILE__, __LINE__);
}

Caller Federation::caller(std::string_view org) const {
  return Caller(machine(org).network(), Layout{home(org)}.socket());
}

Result<mesh::Address> Federation::input(std::string_view org, std::string_view kind) const {
  const auto& inputs = site(org).inputs;
  const auto found = inputs.find(kind);
  if (found == inputs.end() || found->second.empty())
    return fail(Errc::not_found, "{}: no input of kind {}", org, kind);
  return mesh::Address(found->second);
}

}  // namespace tocsin::agents::drill
