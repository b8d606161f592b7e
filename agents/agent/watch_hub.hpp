// The live stream of `tocsin watch`: what happened last, in order, with cursors to resume from.
#pragma once

#include <deque>
#include <list>

#include "agents/agent/local_api.hpp"

namespace tocsin::agents {

/// Keeps the last `lines_max` lines. A cursor is the number of the line, prefixed by a random
/// tag of this run, so that one from before a restart is told apart and said so.
class WatchHub {
 public:
  static constexpr std::size_t lines_max = 65'536;

  explicit WatchHub(mesh::World& world);
  /// Adds a line of `kind`; `cursor` and `at` are filled in.
  void add(std::string_view kind, std::string_view org, json::object line);

  struct Query {
    std::vector<std::string> kinds;  ///< empty: all
    std::string after;               ///< cursor; empty: from now
    std::string since;               ///< duration back; empty: none
  };
  /// Streams until the command leaves. Errors: invalid (cursor), closed.
  mesh::Task<Result<void>> stream(Query query, LineSink& lines);

 private:
  struct Line {
    std::uint64_t number;
    WallTime at;
    std::string kind;
    json::object body;
  };
  Result<std::uint64_t> start_of(const Query& query) const;

  mesh::World& world_;
  std::string tag_;
  std::uint64_t next_ = 1;
  std::deque<Line> lines_;
  std::list<mesh::Event*> waiting_;
};

}  // namespace tocsin::agents
