#include "agents/home/dialled.hpp"

namespace tocsin::agents {

std::string dialable(const std::string& listen) {
  const bool every = listen.starts_with("0.0.0.0:") || listen.starts_with("[::]:");
  return every || listen.ends_with(":0") ? std::string() : listen;
}

Result<void> check_dialled(const std::string& address) {
  if (const auto parsed = mesh::parse_address(address); !parsed)
    return std::unexpected(parsed.error());
  if (dialable(address).empty())
    return std::unexpected(
        Error{Errc::invalid, fmt::format("nobody can dial {}", address),
              "name the host and the port at which partners reach this agent"});
  return {};
}

}  // namespace tocsin::agents
