#include "agents/agent/services.hpp"

namespace tocsin::agents {
namespace {

mesh::Task<> publish(Services& services, std::vector<mesh::Draft> drafts) {
  const std::size_t count = drafts.size();
  const auto done = co_await services.node->publish(std::move(drafts));
  if (done) co_return;
  ++services.share_failures;
  services.world.log.error("{} records could not be shared: {}", count, done.error().message);
}

}  // namespace

Services::Services(mesh::World& of, Home& home, const crypto::Charter& charter,
                   mesh::Store& store)
    : world(of), home(home), charter(charter), store(store), started(of.clock.now()),
      watch(of), indicators(of), sightings(home.open.org),
      joint(charter.federation, playbooks::JointRule{}), damage(charter.federation, home.open.org) {}

void Services::share(std::vector<mesh::Draft> drafts) {
  tasks.spawn(publish(*this, std::move(drafts)));
}

}  // namespace tocsin::agents
