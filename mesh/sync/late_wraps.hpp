// Keys for newcomers that came before what they need: the scope, or the newcomer's certificate.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Of at most so many bytes. Half is for the own organisation, whose agents alone wrap for this one;
/// of any other an eighth is kept.
class LateWraps {
 public:
  struct Wrap {
    Bytes record;
    AgentId wrapper;
    std::string org;  ///< the wrapper's
  };
  explicit LateWraps(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// False when there is no room.
  bool keep(const ScopeId& scope, Wrap wrap, bool own_org);
  std::vector<Wrap> take(const ScopeId& scope);
  std::vector<Wrap> take_all();

 private:
  std::size_t bytes_max_, bytes_ = 0, own_bytes_ = 0;
  std::map<std::string, std::size_t> org_bytes_;
  struct Kept {
    Wrap wrap;
    bool own_org = false;
  };
  void forget(const Kept& kept);
  std::multimap<ScopeId, Kept> wraps_;
};

}  // namespace tocsin::mesh
