// Serves the command over the agent's Unix socket: who may ask, one request after another, and
// answers that are the documents which `--json` prints. Frames: docs/local-api.md.
#pragma once

#include <charconv>
#include <functional>
#include <map>

#include <boost/json.hpp>

#include "mesh/world/task_set.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents {

namespace json = boost::json;

/// Takes the lines of a streamed answer. Lifetime: the request's.
class LineSink {
 public:
  virtual ~LineSink() = default;
  /// Errors: closed, when the command has gone.
  virtual mesh::Task<Result<void>> line(json::object line) = 0;
};

struct Request {
  std::string verb;
  json::object args;
  mesh::PeerCredentials who;
  LineSink* lines = nullptr;

  /// The argument as text; empty when absent. Numbers and booleans are written out.
  std::string text(std::string_view name) const;
  bool has(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// An array of texts; one text counts as an array of one.
  std::vector<std::string> texts(std::string_view name) const;
  /// Errors: usage, naming the argument.
  Result<std::uint64_t> number(std::string_view name, std::uint64_t absent,
                               std::uint64_t number_max) const;
  Result<std::string> required(std::string_view name) const;
};

/// What a handler gives: the document, and the exit code where it is not 0 (3: partly done).
struct Answer {
  json::value result;
  int exit = 0;
};
using Handler = std::function<mesh::Task<Result<Answer>>(Request)>;

class LocalApi {
 public:
  static constexpr std::size_t connections_max = 64;

  explicit LocalApi(mesh::World& world) : world_(world) {}
  void on(std::string verb, Handler handler);
  /// Listens and serves until stop(). Errors: io, refused (another agent serves this socket).
  Result<void> listen(const mesh::Path& socket);
  void stop();

 private:
  class Connection;
  mesh::Task<> accept_loop();
  mesh::Task<> serve(std::unique_ptr<mesh::Stream> stream);
  mesh::Task<json::object> answer(std::string frame, mesh::PeerCredentials who, LineSink& lines);

  mesh::World& world_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::unique_ptr<mesh::Listener> listener_;
  std::size_t connections_ = 0;
  bool stopped_ = false;
  mesh::TaskSet tasks_;  // Last: its coroutines refer to all of the above.
};

}  // namespace tocsin::agents
