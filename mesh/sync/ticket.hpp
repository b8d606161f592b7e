// What a caller of publish() waits for: the places of its drafts, or the first error.
#pragma once

#include "mesh/sync/node.hpp"

namespace tocsin::mesh {

struct Ticket {
  Ticket(Loop& loop, std::size_t drafts) : places(drafts), open(drafts), changed(loop) {}
  std::vector<Published> places;
  std::size_t open = 0;  ///< drafts that are not durable yet
  std::optional<Error> error;
  Event changed;
};

/// Finds the tickets of records on their way. A tag is ticket number << 32 | draft.
class TicketBook {
 public:
  std::uint64_t open(std::shared_ptr<Ticket> ticket);
  void close(std::uint64_t number) { tickets_.erase(number); }
  static std::uint64_t tag(std::uint64_t number, std::size_t draft) {
    return number << 32 | std::uint64_t(draft);
  }
  void settle(std::uint64_t tag, const Published& place);
  void fail(std::uint64_t tag, const Error& error);
  void fail_all(const Error& error);
  void wake_all();
  /// True when nobody waits.
  bool idle() const { return tickets_.empty(); }

 private:
  Ticket* find(std::uint64_t tag) const;
  std::map<std::uint64_t, std::shared_ptr<Ticket>> tickets_;
  std::uint64_t next_ = 1;
};

}  // namespace tocsin::mesh
