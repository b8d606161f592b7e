// Remembers the dotted names of fields and their kinds, so that an event's names cost no copying.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "playbooks/detect/event.hpp"

namespace tocsin::playbooks {

/// A tree of names; 0 is the root, none what could not be remembered. Names live as long as this
/// does. Events of one source have the same keys in the same order, so the name that followed
/// last time is tried first.
class FieldNames {
 public:
  explicit FieldNames(std::size_t names_max);

  /// The name below `parent` of the key that begins at `raw` and ends with a quote, if it is one
  /// of those that followed before; else none. At least 64 bytes behind `raw` can be read.
  std::uint32_t expected(std::uint32_t parent, const char* raw);
  /// The name `key` below `parent`; none where it is not remembered: beyond names_max, bytes_max or
  /// name_bytes_max, or where too many have the same hash. Whoever sends events may aim at each.
  std::uint32_t below(std::uint32_t parent, std::string_view key);

  std::string_view name(std::uint32_t id) const { return nodes_[id].name; }
  ValueKind kind(std::uint32_t id) const { return nodes_[id].kind; }
  std::size_t size() const { return nodes_.size(); }

  static constexpr std::uint32_t none = 0;
  static constexpr std::size_t probes_max = 64;
  static constexpr std::size_t name_bytes_max = 1024;  ///< of one dotted name
  static constexpr std::size_t bytes_max = 4 * 1024 * 1024;  ///< of all keys and names

 private:
  static constexpr std::size_t guessed_key_max = 32;  ///< longer keys are looked up
  struct Node {
    char key[guessed_key_max] = {};  ///< padded with zeros
    std::uint32_t key_size = 0;      ///< above guessed_key_max: not to be guessed
    std::uint32_t parent = 0;
    std::uint32_t next[2] = {0, 0};  ///< names that followed, the latest first
    ValueKind kind = ValueKind::none;
    std::string_view name;
  };
  struct Slot {
    std::uint32_t parent = 0, id = 0;
    std::string_view key;
  };
  static std::uint64_t hash(std::uint32_t parent, std::string_view key);
  bool has_room(std::uint32_t parent, std::string_view key) const;
  std::uint32_t add(std::uint32_t parent, std::string_view key);
  void follow(std::uint32_t id);
  void grow();

  std::vector<Node> nodes_;
  std::deque<std::string> texts_;
  std::vector<Slot> slots_;
  std::uint32_t latest_ = 0;
  std::size_t names_max_, bytes_ = 0;
};

}  // namespace tocsin::playbooks
