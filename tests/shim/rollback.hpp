// Takes unsynced changes back, the last first.
#pragma once

#include <map>
#include <set>

#include "tests/shim/journal.hpp"

namespace lost_writes {

class Rollback {
 public:
  Rollback(const Journal& journal, const std::vector<Change>& changes, std::uint64_t seed)
      : journal_(journal), changes_(changes), seed_(seed) {}
  void run();

 private:
  static constexpr std::uint64_t sector_bytes = 512, page_bytes = 4096;

  void draw_names();
  bool lost(std::uint64_t number, std::uint64_t part) const;
  void take_back(const Change& change, std::uint64_t number);
  void take_back_write(const Change& change, std::uint64_t number);
  void take_back_size(const Change& change, std::uint64_t number);
  void take_back_name(const Change& change);

  const Journal& journal_;
  const std::vector<Change>& changes_;
  std::uint64_t seed_;
  std::set<std::uint64_t> lost_names_;  ///< by number of the change
  // What syncs later than the change at hand have made durable.
  std::map<std::uint64_t, std::uint64_t> synced_upto_, size_min_;
  std::map<std::uint64_t, std::set<std::uint64_t>> synced_pages_;
};

}  // namespace lost_writes
