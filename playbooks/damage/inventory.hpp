// The own assets, ready to be looked up, followed along their dependencies, and kept from leaking.
#pragma once

#include <map>
#include <unordered_map>

#include "playbooks/damage/damage_book.hpp"
#include "playbooks/damage/dependency_graph.hpp"

namespace tocsin::playbooks {

/// A dependency on a partner's asset.
struct ForeignDependency {
  std::string org, id;
};

class Inventory {
 public:
  explicit Inventory(std::string org) : org_(std::move(org)) {}

  /// Adds or replaces by id. Errors: full.
  Result<DamageBook::Imported> import(std::vector<Asset> assets);

  const std::vector<Asset>& assets() const { return assets_; }  ///< in order of id
  const DependencyGraph& graph() const { return graph_; }       ///< by position in assets()
  const std::vector<ForeignDependency>& foreign(std::uint32_t asset) const {
    return foreign_[asset];
  }
  std::optional<std::uint32_t> find(std::string_view id) const;
  std::optional<std::uint32_t> find_host(std::string_view host) const;
  std::string redact(std::string_view text) const;
  std::uint64_t generation() const { return generation_; }  ///< changes with every import

 private:
  struct Secret {
    std::string text;  ///< lower case
    bool owner = false;
  };
  void index();
  void add_secret(std::string_view text, bool owner);
  const Secret* secret_at(std::string_view lower, std::size_t at) const;

  std::string org_;
  std::vector<Asset> assets_;
  std::unordered_map<std::string, std::uint32_t> by_id_, by_host_;
  std::unordered_map<std::string, std::vector<Secret>> secrets_;  ///< by first word
  DependencyGraph graph_;
  std::vector<std::vector<ForeignDependency>> foreign_;
  std::uint64_t generation_ = 0;
};

}  // namespace tocsin::playbooks
