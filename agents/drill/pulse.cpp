#include "agents/drill/pulse.hpp"

namespace tocsin::agents::drill {
namespace {

// In the frame of the task that waits, so that one destroyed meanwhile leaves no trace.
struct Waiter {
  Waiter(std::list<mesh::Event*>& among, mesh::Loop& loop) : list(among), event(loop) {
    at = list.insert(list.end(), &event);
  }
  Waiter(const Waiter&) = delete;
  ~Waiter() { list.erase(at); }
  std::list<mesh::Event*>& list;
  mesh::Event event;
  std::list<mesh::Event*>::iterator at;
};

}  // namespace

Pulse::Pulse(Machines& machines, Federation& federation)
    : world_(machines.world()), federation_(federation) {
  for (const auto& org : federation.orgs()) tasks_.spawn(listen(org));
}

mesh::Task<> Pulse::wait(std::uint64_t seen, Duration longest) {
  if (beats_ != seen) co_return;
  Waiter waiter(waiting_, world_.loop);
  const bool woken = co_await waiter.event.wait(longest);
  static_cast<void>(woken);
}

void Pulse::beat() {
  ++beats_;
  for (auto* event : waiting_) event->set();
}

mesh::Task<> Pulse::listen(std::string org) {
  for (;;) {
    Path socket = Layout{federation_.home(org)}.socket();
    auto client = co_await LocalClient::connect(federation_.machine(org).network(), socket);
    if (client) {
      auto sent = co_await (*client)->send("watch", json::object{});
      while (sent) {
        const auto line = co_await (*client)->receive(silence_max);
        if (!line || !line->ok) break;
        if (!line->result.empty()) beat();
      }
    }
    co_await mesh::sleep(world_.loop, again_after);
  }
}

}  // namespace tocsin::agents::drill
