#include "mesh/sync/route_table.hpp"

#include <algorithm>
#include <tuple>

namespace tocsin::mesh {
namespace {

bool reaches(const Routes& routes, std::string_view org) {
  return std::binary_search(routes.orgs.begin(), routes.orgs.end(), org);
}

const Routes::Neighbour* find(const Routes& routes, const AgentId& agent) {
  const auto at = std::find_if(routes.site.begin(), routes.site.end(),
                               [&](const auto& neighbour) { return neighbour.agent == agent; });
  return at == routes.site.end() ? nullptr : &*at;
}

bool goes_before(const Routes::Neighbour& a, const Routes::Neighbour& b) {
  return std::tuple(!a.gateway, a.agent) < std::tuple(!b.gateway, b.agent);
}

// The first of each organisation.
std::map<std::string_view, const Neighbour*> gateways_of(const std::vector<Neighbour>& peers) {
  std::map<std::string_view, const Neighbour*> out;
  for (const auto& peer : peers) {
    auto& best = out[peer.org];
    if (!best || mesh::goes_before(peer, *best)) best = &peer;
  }
  return out;
}

}  // namespace

bool goes_before(const Neighbour& a, const Neighbour& b) {
  return std::tuple(a.suspect, a.late, !a.gateway, a.agent) <
         std::tuple(b.suspect, b.late, !b.gateway, b.agent);
}

Routes RouteTable::announcement(const std::vector<Neighbour>& live) const {
  Routes out;
  out.gateway = gateway_;
  for (const auto& peer : live) {
    if (peer.suspect) continue;
    if (peer.org == org_ && !peer.late)
      out.site.push_back({peer.agent, peer.gateway});
    else if (peer.org != org_)
      out.orgs.emplace_back(peer.org);
  }
  std::sort(out.site.begin(), out.site.end());
  std::sort(out.orgs.begin(), out.orgs.end());
  out.orgs.erase(std::unique(out.orgs.begin(), out.orgs.end()), out.orgs.end());
  if (out.site.size() > frame_site_max) out.site.resize(frame_site_max);
  if (out.orgs.size() > frame_route_orgs_max) out.orgs.resize(frame_route_orgs_max);
  return out;
}

std::vector<AgentId> RouteTable::outward(const std::vector<Neighbour>& cleared) const {
  std::vector<AgentId> out;
  for (const auto& peer : cleared)
    if (peer.org == org_) out.push_back(peer.agent);
  for (const auto& [org, gateway] : gateways_of(cleared))
    if (org != org_) out.push_back(gateway->agent);
  return out;
}

std::set<AgentId> RouteTable::gateways(std::vector<Neighbour> live) const {
  live.push_back({own_, org_, gateway_, false});
  std::set<AgentId> out;
  for (const auto& [org, gateway] : gateways_of(live)) out.insert(gateway->agent);
  return out;
}

std::vector<AgentId> RouteTable::onward(const Handed& handed,
                                        const std::vector<Neighbour>& cleared) const {
  std::vector<AgentId> out;
  if (!handed.own_site) {
    for (const auto& peer : cleared)
      if (peer.org == org_) out.push_back(peer.agent);
    return out;
  }
  // Who does not say whom it reaches is taken to reach all; what that leaves out comes by
  // comparing heads.
  const auto sender = told_.find(handed.from);
  if (sender == told_.end()) return out;
  std::vector<Neighbour> across;
  for (const auto& peer : cleared) {
    if (peer.org != org_) {
      if (handed.ours && is_ours_to_cross(sender->second, peer.org, cleared))
        across.push_back(peer);
    } else if (is_ours_to_tell(sender->second, peer.agent)) {
      out.push_back(peer.agent);
    }
  }
  for (const auto& agent : outward(across)) out.push_back(agent);
  return out;
}

// Of those that the sender told, and that reach `target`, the first one tells it.
bool RouteTable::is_ours_to_tell(const Routes& sender, const AgentId& target) const {
  if (find(sender, target)) return false;
  const auto beyond = told_.find(target);
  if (beyond == told_.end()) return true;
  const Routes::Neighbour own{own_, gateway_};
  return std::none_of(sender.site.begin(), sender.site.end(), [&](const auto& other) {
    return goes_before(other, own) && find(beyond->second, other.agent);
  });
}

// Of those that the sender told, and that reach the organisation, the first one crosses.
bool RouteTable::is_ours_to_cross(const Routes& sender, std::string_view to,
                                  const std::vector<Neighbour>& cleared) const {
  if (reaches(sender, to)) return false;
  const Routes::Neighbour own{own_, gateway_};
  return std::none_of(sender.site.begin(), sender.site.end(), [&](const auto& other) {
    const auto told = told_.find(other.agent);
    const bool suspect =
        std::any_of(cleared.begin(), cleared.end(), [&](const Neighbour& peer) {
          return peer.agent == other.agent && (peer.suspect || peer.late);
        });
    return goes_before(other, own) && !suspect && told != told_.end() &&
           reaches(told->second, to);
  });
}

}  // namespace tocsin::mesh
