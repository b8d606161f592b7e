#include "mesh/sync/provenance.hpp"

namespace tocsin::mesh {

void Provenance::note(std::uint64_t first_ordinal, std::string_view via, WallTime received) {
  auto org = orgs_.find(via);
  if (org == orgs_.end()) org = orgs_.emplace(via).first;
  batches_[first_ordinal] = {*org, received};
  if (batches_.size() > batches_max) batches_.erase(batches_.begin());
}

std::optional<Provenance::Came> Provenance::of(std::uint64_t first_ordinal) const {
  const auto found = batches_.find(first_ordinal);
  if (found == batches_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tocsin::mesh
