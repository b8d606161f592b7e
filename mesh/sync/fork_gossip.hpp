// Decides which proofs of forks go to which peer, so that everybody learns each of them and
// nobody hears the same one twice in a session.
#pragma once

#include <map>
#include <set>

#include "mesh/sync/fork_book.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// What was learned while a peer is connected goes to it at once; what was held before goes once
/// its greeting shows by a digest that it does not hold the same.
class ForkGossip {
 public:
  /// Lifetime: the book outlives it.
  explicit ForkGossip(const ForkBook& book) : book_(book) {}

  void connected(const AgentId& peer);
  void gone(const AgentId& peer) { peers_.erase(peer); }
  /// The peer holds proofs with this digest.
  void greeted(const AgentId& peer, const Digest& digest, Instant now);
  /// It showed that it holds proof number `index`.
  void held_by(const AgentId& peer, std::size_t index);

  /// The next proof that is due to the peer; nothing when none is. Call sent() once it went out.
  std::optional<std::size_t> next(const AgentId& peer);
  void sent(const AgentId& peer);

  /// A peer whose digest stays another one may lack a certificate, and is shown all again.
  static constexpr Duration show_again = std::chrono::seconds(60);

 private:
  struct Peer {
    std::size_t old = 0, old_end = 0;  ///< of those held when it connected: the next, the end
    std::size_t fresh = 0;             ///< of those learned since: the next
    std::size_t held_before = 0;
    std::optional<Instant> shown;
    std::set<std::size_t> held;        ///< that it showed itself
  };
  const ForkBook& book_;
  std::map<AgentId, Peer> peers_;
};

}  // namespace tocsin::mesh
