// Asks one agent over its local interface, again and again, also across its restarts.
#pragma once

#include "agents/home/fields.hpp"
#include "agents/home/local_client.hpp"

namespace tocsin::agents::drill {

namespace json = boost::json;

class Caller {
 public:
  /// Lifetime: `network` outlives the caller.
  Caller(mesh::Network& network, mesh::Path socket)
      : network_(network), socket_(std::move(socket)) {}

  /// The agent's answer, with the arrays of streamed lines joined into it. Connects where there
  /// is no connection. Errors: unreachable, timeout; what the agent refused, with its code.
  mesh::Task<Result<json::object>> ask(std::string verb, json::object args);

  static constexpr Duration answer_max = std::chrono::seconds(10);
  static constexpr std::size_t lines_max = 65'536;  ///< of one answer

 private:
  mesh::Task<Result<json::object>> exchange(std::string verb, json::object args);

  mesh::Network& network_;
  mesh::Path socket_;
  std::unique_ptr<LocalClient> client_;
};

}  // namespace tocsin::agents::drill
