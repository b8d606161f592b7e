// Keeps blocks away from what must never be blocked: public services, cloud ranges that both
// operators live in, own networks and those of the partners.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "playbooks/act/actuator.hpp"
#include "playbooks/act/warninglist.hpp"

namespace tocsin::playbooks {

struct GuardVerdict {
  bool allowed = true;
  std::string list;        ///< name of the list, "own networks", "networks of ORG"
  std::string entry;       ///< the entry that overlaps
  std::string reason;      ///< one sentence
  std::string suggestion;  ///< the narrower block, empty if there is none
};

class Guard {
 public:
  /// Adds a MISP warninglist file; `name` is shown (its folder's or file's name). Entries that
  /// cannot be read are counted in it. Errors: invalid, unsupported (list type), too_large, full.
  Result<void> add_list(std::string_view name, std::string_view json);
  /// CIDRs, addresses and domains (with their sub-domains) of `org`; `own` says it is this one.
  /// Errors: invalid, naming the entry; the others of the same call are in force all the same.
  Result<void> add_networks(std::string_view org, bool own, const std::vector<std::string>& entries);

  /// May this be blocked? Overlap counts both ways: a range that contains a listed address is
  /// refused as well. With `exact_name`, a name below a listed one may be blocked, the listed
  /// name itself and own or partners' names may not.
  GuardVerdict check(mesh::IndicatorType type, std::string_view value,
                     Breadth breadth = Breadth::broad) const;

  /// What is loaded, for `doctor` and `config check`.
  struct Loaded {
    std::string name;
    std::size_t entries = 0, rejected = 0;
  };
  std::vector<Loaded> loaded() const;

  static constexpr std::size_t lists_max = 1024;

 private:
  struct Networks {
    std::string org;
    bool own = false;
    PrefixSet prefixes;
    std::set<std::string, std::less<>> domains;
  };
  GuardVerdict check_networks(const BlockTarget& target) const;
  GuardVerdict check_lists(const BlockTarget& target, Breadth breadth) const;

  std::vector<Warninglist> lists_;
  std::vector<Networks> networks_;
};

}  // namespace tocsin::playbooks
