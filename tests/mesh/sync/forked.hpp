// Two holders of which one signs twice for one place, whenever a test asks it to.
#pragma once

#include "mesh/sync/fork_proof.hpp"
#include "tests/mesh/sync/holder.hpp"

namespace tocsin::tests {

inline mesh::ForkProof proof_of(const mesh::Batch& one, const mesh::Batch& two) {
  return {mesh::signed_header_of(one.encoded), mesh::signed_header_of(two.encoded)};
}

struct ForkedAgents : Holders {
  explicit ForkedAgents(std::uint64_t seed = 1) : Holders({{"bleu"}, {"delos"}}, seed) {}

  Holder& author() { return (*this)[1]; }
  Holder& other() { return (*this)[0]; }

  /// Two batches for the first place of the author's case log, or of another epoch of it.
  std::pair<mesh::Batch, mesh::Batch> twice(std::string_view a, std::string_view b,
                                            std::uint64_t epoch = 1) {
    auto log = author().case_log();
    log.epoch = epoch;
    author().forget(log);
    auto one = author().sign(log, {author().note(a)});
    author().forget(log);
    auto two = author().sign(log, {author().note(b)});
    return {std::move(one), std::move(two)};
  }
  Result<mesh::ForkSeen> check(const mesh::ForkProof& proof) {
    return mesh::check_fork_proof(proof, other().catalogue.roster(),
                                  federation.charter.federation);
  }
  mesh::ForkDecision decision(const mesh::LogKey& log, const Digest& keep) {
    return {"delos", log, 1, keep, 1, keep, universe.wall(), {}};
  }
};

}  // namespace tocsin::tests
