// Tells a peer what is held here and learns what it holds: a greeting with a digest, and where
// that differs, the heads that changed since both last spoke. Sans-I/O; one object per session.
#pragma once

#include "mesh/sync/clearance.hpp"
#include "mesh/sync/head_memory.hpp"

namespace tocsin::mesh {

class Reconciler {
 public:
  struct Shared {
    const Catalogue& catalogue;
    const crypto::Charter& charter;
    HeadVectors& vectors;
    HeadMemory& memory;  ///< of this peer
    std::string own_address;
    std::uint8_t flags = 0;  ///< of the greeting
  };
  /// Lifetime: what `shared` refers to outlives it.
  Reconciler(Shared shared, AgentId peer, std::string org)
      : shared_(std::move(shared)), peer_(peer), org_(std::move(org)) {}

  Message greet(WallTime wall);
  std::vector<Message> on_hello(const Hello& hello);
  /// What is to be answered once the vector is complete; nothing while more follows. Errors:
  /// too_large (over remote_logs_max).
  Result<std::optional<std::vector<Message>>> on_heads(Heads heads);
  /// Errors: invalid, too_large.
  Result<std::vector<Message>> on_delta(const HeadsDelta& delta, WallTime wall);
  /// The greeting that is due because our heads changed.
  std::optional<Message> tick(WallTime wall);
  /// Our heads, if they changed and the peer could not know that it lacks something.
  std::vector<Message> show_unasked();

  /// True once the peer showed heads: equal digests or a vector.
  bool equal() const { return equal_; }
  /// Null until it showed them in this session.
  const HeadVector* remote() const { return remote_.get(); }
  /// The logs that the peer may read, as they are held here.
  const SharedHeads& offer() const;

  /// As many as anybody keeps, and own ones beyond what others keep of it.
  static constexpr std::size_t remote_logs_max = LogShares::all_max + LogShares::agent_max;
  static constexpr std::size_t remote_ranges_max = 1'048'576;  ///< of all logs

 private:
  std::vector<Message> show();
  std::vector<Message> show_whole(const HeadVector& heads) const;
  std::vector<Message> take(SharedHeads theirs);

  Shared shared_;
  AgentId peer_;
  std::string org_;
  std::vector<LogHead> assembling_;
  std::size_t assembling_ranges_ = 0;
  SharedHeads remote_;
  SharedHeads held_;     ///< the newest of ours that the peer knows
  SharedHeads greeted_;  ///< what our last greeting stood for
  Digest greeted_forks_;
  std::optional<Digest> theirs_;  ///< of the peer's last greeting
  bool heard_ = false, equal_ = false;
  std::uint64_t seen_changes_ = ~std::uint64_t(0), compared_changes_ = ~std::uint64_t(0);
  struct Offered {
    std::uint64_t changed = 0;  ///< when `section` was made
    SharedSection section;      ///< null where the peer may read none of this author's logs
  };
  mutable std::map<AgentId, Offered> offered_;
  mutable std::uint64_t cleared_at_ = 0;
  mutable SharedHeads offer_;
  mutable std::uint64_t offered_at_ = 0;
};

}  // namespace tocsin::mesh
