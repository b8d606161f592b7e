// Answers the pulls that come over one bulk connection, within the credit of each share.
// Sans-I/O.
#pragma once

#include <deque>

#include "mesh/sync/clearance.hpp"
#include "mesh/sync/flow.hpp"

namespace tocsin::mesh {

class PullServer {
 public:
  struct Shared {
    const Catalogue& catalogue;
    Store& store;
    const crypto::Charter& charter;
  };
  using Refused = std::map<std::string, std::uint64_t>;

  /// Errors: refused (more pulls are waiting than may).
  Result<void> on_pull(const Pull& pull);
  /// Errors: invalid (less credit than before).
  Result<void> on_flow(const Flow& flow) { return flow_.on_flow(flow); }
  /// The next frame for `peer`; nothing when none is due, or none has credit. Urgent ones go
  /// first, then cases and indicators in turn. What may not be given is counted in `refused`.
  /// Nothing is read from the store before it has credit. Errors: io.
  Result<std::optional<Bytes>> next_answer(Shared shared, const PeerName& peer,
                                           Refused& refused);
  bool answering() const;

  static constexpr std::size_t serving_max = 64;          ///< pulls that wait, of all shares
  static constexpr std::size_t read_bytes_max = 128 * 1024;  ///< ahead, and one batch, per share

 private:
  struct Serving {
    std::uint64_t id = 0;
    std::deque<PullRange> ranges;
    std::vector<PullRange> missing;
  };
  struct Answer {
    Bytes frame;
    std::optional<Share> share;  ///< of a batch
    std::size_t bytes = 0;       ///< of that batch
  };
  /// Pulls by the share of their first range.
  struct Queue {
    std::deque<Serving> pulls;
    std::deque<Answer> answers;
  };
  struct Reading {
    Shared shared;
    const PeerName& peer;
    Refused& refused;
  };
  static void give_up(Serving& serving, const PullRange& range);
  void refill(Queue& queue, const Reading& reading);
  void read_range(Serving& serving, Queue& queue, const Reading& reading);
  std::optional<Bytes> take(Queue& queue);

  std::array<Queue, shares> queues_;
  FlowOut flow_;
  bool cases_next_ = true;
};

}  // namespace tocsin::mesh
