// The command's end of the local interface.
#pragma once

#include <memory>

#include <boost/json.hpp>

#include "agents/home/frame.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents {

/// What the agent answered: the result, or why there is none.
struct Reply {
  bool ok = false;
  int exit = 0;                ///< the command's exit code
  boost::json::object result;  ///< when ok
  std::string code, message, hint;  ///< when not
  bool more = false;           ///< a line of a stream: `result` is that line, others follow
};
/// Errors: invalid, when `text` is no answer.
Result<Reply> read_reply(std::string_view text);

/// One connection to the agent; answers come in the order of the requests.
class LocalClient {
 public:
  /// Errors: unreachable (no agent runs in this home). Lifetime: `network` outlives the client.
  static mesh::Task<Result<std::unique_ptr<LocalClient>>> connect(mesh::Network& network,
                                                                  mesh::Path socket);
  explicit LocalClient(std::unique_ptr<mesh::Stream> stream) : stream_(std::move(stream)) {}

  /// Errors: unreachable (the agent went away), too_large.
  mesh::Task<Result<void>> send(std::string verb, boost::json::object args);
  /// The next answer, or line of a stream. Errors: unreachable, timeout, invalid.
  mesh::Task<Result<Reply>> receive(Duration timeout = answer_wait_max);
  /// send and receive.
  mesh::Task<Result<Reply>> call(std::string verb, boost::json::object args);
  void close() { stream_->close(); }

  static constexpr Duration answer_wait_max = std::chrono::minutes(5);

 private:
  std::unique_ptr<mesh::Stream> stream_;
};

}  // namespace tocsin::agents
