// Where a peer can be dialled, and in which order that is tried. Sans-I/O.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

class AddressBook {
 public:
  static constexpr std::size_t addresses_max = 16;
  /// The next address is tried when one has not answered for so long; the first that ends the
  /// handshake stays. Source: the idea is RFC 8305's.
  static constexpr Duration next_after = std::chrono::milliseconds(250);
  /// A learned address is given up after so many failures in a row.
  static constexpr int learned_failures_max = 120;

  /// What was configured, in the order wished for; more than addresses_max are cut off.
  void configure(std::vector<std::string> addresses);
  /// Where the peer says that it listens, seen from `came_from`, its end of a connection. Taken
  /// when nothing is configured. True when it is news.
  bool learn(std::string_view said, std::string_view came_from);

  /// What worked last, then the others; empty: only the peer can dial.
  std::vector<std::string> in_order() const;
  void worked(std::string_view address);
  void failed();
  bool empty() const { return configured_.empty() && !learned_; }

 private:
  std::vector<std::string> configured_;
  std::optional<std::string> learned_;
  std::string last_good_;
  int learned_failures_ = 0;
};

}  // namespace tocsin::mesh
