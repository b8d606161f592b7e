#include "mesh/sync/address_book.hpp"

#include <algorithm>

#include "mesh/world/network.hpp"

namespace tocsin::mesh {
namespace {

bool is_any(std::string_view host) { return host == "0.0.0.0" || host == "::"; }
bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

std::string joined(const HostPort& to) {
  const bool v6 = to.host.find(':') != std::string::npos;
  return (v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

// The host is taken from the connection when the peer listens everywhere. A loopback address
// means something else here than there, unless that is where the peer came from.
std::optional<std::string> usable(std::string_view said, std::string_view came_from) {
  auto to = host_and_port({std::string(said)});
  const auto from = host_and_port({std::string(came_from)});
  if (!to || !from || to->port == 0) return std::nullopt;
  if (is_any(to->host)) to->host = from->host;
  if (is_loopback(to->host) && !is_loopback(from->host)) return std::nullopt;
  return joined(*to);
}

}  // namespace

void AddressBook::configure(std::vector<std::string> addresses) {
  if (addresses.size() > addresses_max) addresses.resize(addresses_max);
  configured_ = std::move(addresses);
  if (!configured_.empty()) learned_.reset();
}

bool AddressBook::learn(std::string_view said, std::string_view came_from) {
  if (!configured_.empty()) return false;
  auto address = usable(said, came_from);
  if (!address || address == learned_) return false;
  learned_ = std::move(address);
  learned_failures_ = 0;
  return true;
}

std::vector<std::string> AddressBook::in_order() const {
  auto out = configured_;
  if (learned_) out.push_back(*learned_);
  std::stable_partition(out.begin(), out.end(),
                        [&](const std::string& address) { return address == last_good_; });
  return out;
}

void AddressBook::worked(std::string_view address) {
  last_good_ = address;
  learned_failures_ = 0;
}

void AddressBook::failed() {
  if (learned_ && ++learned_failures_ >= learned_failures_max) learned_.reset();
}

}  // namespace tocsin::mesh
