// One list of values that are known to be harmless or shared, in the MISP warninglist format.
#pragma once

#include <string>
#include <vector>

#include "playbooks/act/actuator.hpp"
#include "playbooks/act/prefix_set.hpp"

namespace tocsin::playbooks {

/// Source: MISP warninglists, schema.json. `regex` lists are not offered: a hostile pattern can
/// take exponential time; they are refused by name when loaded.
enum class ListType : std::uint8_t { cidr, hostname, string, substring };
std::string_view name_of(ListType type);

inline constexpr std::size_t warninglist_bytes_max = 128 * 1024 * 1024;
inline constexpr std::size_t warninglist_entries_max = 4'000'000;
inline constexpr std::size_t substring_entries_max = 100'000;

/// What a list says of a value.
struct ListHit {
  std::string entry;
  bool below = false;  ///< the value is a sub-domain of the entry
};

class Warninglist {
 public:
  /// Errors: invalid (naming what is wrong), unsupported (a type that is not offered), too_large.
  static Result<Warninglist> read(std::string_view name, std::string_view json);

  /// cidr: overlap both ways. hostname: the name itself, its sub-domains, and a name above an
  /// entry. string: equal. substring: contains an entry. URLs count by their host, and for
  /// string and substring lists also as a whole.
  std::optional<ListHit> find(const BlockTarget& target) const;

  const std::string& name() const { return name_; }
  ListType type() const { return type_; }
  std::size_t entries() const { return entries_; }
  std::size_t rejected() const { return rejected_; }

 private:
  bool take(std::string_view entry);
  void seal();
  std::string_view value_at(std::size_t index) const;
  std::size_t lower_bound(std::string_view value) const;
  bool holds(std::string_view value) const;
  std::optional<ListHit> find_name(std::string_view name) const;
  std::optional<ListHit> find_text(std::string_view value) const;

  std::string name_;
  ListType type_{};
  std::size_t entries_ = 0, rejected_ = 0;
  PrefixSet prefixes_;
  std::string text_;  ///< all entries, one after another; hostnames with reversed labels
  std::vector<std::pair<std::uint32_t, std::uint16_t>> spans_;  ///< sorted by value
};

}  // namespace tocsin::playbooks
