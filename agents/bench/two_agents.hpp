// Two operators as real agent processes on loopback, made and linked by the commands that a
// person would type.
#pragma once

#include <array>

#include "agents/bench/scratch.hpp"
#include "agents/home/local_client.hpp"

namespace tocsin::agents::bench {

namespace json = boost::json;

/// Delos and Bleu under one charter, with an analyst each who may approve. Destruction ends both
/// agents and removes all that they wrote. Lifetime: `world` outlives it.
class TwoAgents {
 public:
  enum Which : std::size_t { delos = 0, bleu = 1 };

  /// Completes once both answer and hold a session. `program` is tocsin itself. Errors: those of
  /// a command, with its last words; timeout.
  static mesh::Task<Result<std::unique_ptr<TwoAgents>>> start(mesh::World& world,
                                                              mesh::Path program);

  /// Runs `program WORDS... --home H --json` to its end and gives its document. Errors: the
  /// command's, as invalid, with its last words; timeout.
  mesh::Task<Result<json::object>> order(Which who, std::vector<std::string> words);
  /// A connection of its own. Errors: unreachable.
  mesh::Task<Result<std::unique_ptr<LocalClient>>> client(Which who) const;
  mesh::Path home(Which who) const;
  const std::string& org(Which who) const;
  const std::string& analyst(Which who) const;

  static constexpr Duration command_max = std::chrono::seconds(30);
  static constexpr Duration ready_max = std::chrono::seconds(30);

 private:
  struct Step {
    Which who;
    std::vector<std::string> words;
  };
  TwoAgents(mesh::World& world, mesh::Path program, Scratch scratch);
  Result<std::vector<Step>> founding() const;
  mesh::Path at(std::string_view name) const;
  mesh::Task<Result<void>> run(Which who);
  mesh::Task<Result<void>> wait_linked(Which who);

  mesh::World& world_;
  mesh::Path program_;
  Scratch scratch_;
  std::uint64_t orders_ = 0;
  std::array<std::unique_ptr<mesh::Child>, 2> agents_;  // Last: gone before their files.
};

}  // namespace tocsin::agents::bench
