// Keeps what organisations witnessed of one another's logs, and holds it against what a store or a
// file says of the same logs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "mesh/sync/witness.hpp"

namespace tocsin::mesh {

struct WitnessWord {
  std::string org;   ///< who says so
  Witnessed head;
  WallTime time;
  Digest record;     ///< in which it stands
};

/// What is held of a log, as the ledger asks for it.
struct HeldLogs {
  /// Id of the batch there; nothing when that one is not held.
  std::function<std::optional<Digest>(const LogKey&, std::uint64_t)> id_at;
  /// The last sequence held; 0 when the log is none of those in question.
  std::function<std::uint64_t(const LogKey&)> end_of;
};

class WitnessLedger {
 public:
  /// False when it is known, older than all that is kept for its log and organisation, or beyond
  /// logs_max.
  bool add(WitnessWord word);

  /// Organisations other than `author` that witnessed `log` at `sequence` or beyond.
  std::set<std::string> witnesses_of(const LogKey& log, std::uint64_t sequence,
                                     std::string_view author) const;
  /// All that is kept about a log, by organisation, newest first. Lifetime: until the next add().
  std::vector<const WitnessWord*> words_on(const LogKey& log) const;

  /// The first word that what is held contradicts: another batch in that place, or a log that ends
  /// before it. Of a log that is shorter only words before `settled` count: younger ones may have
  /// come ahead of the log itself. Empty when there is none.
  std::string contradiction(const HeldLogs& held, WallTime settled) const;

  static constexpr std::size_t words_max = 4;         ///< per log and organisation, the newest
  static constexpr std::size_t logs_max = 65'536;     ///< per organisation; more it cannot vouch for

 private:
  std::map<LogKey, std::map<std::string, std::vector<WitnessWord>>> words_;
  std::map<std::string, std::size_t> logs_;  ///< with a word of this organisation
};

}  // namespace tocsin::mesh
