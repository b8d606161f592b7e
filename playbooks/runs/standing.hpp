// Standing pre-authorisations: which are signed by enough organisations, what they cover, and how
// often they were used.
#pragma once

#include <map>
#include <set>

#include "playbooks/runs/approval.hpp"

namespace tocsin::playbooks {

struct StandingStatus {
  Digest terms;
  StandingBody body;  ///< of the first signature
  std::vector<std::pair<std::string, std::string>> signers;  ///< org, analyst
  std::uint32_t used = 0;  ///< at this agent
};

class StandingBook {
 public:
  static constexpr std::size_t terms_max = 256;

  /// `body` must have been verified. Errors: full, duplicate, invalid (no types, count 0, expiry
  /// not after creation).
  Result<void> add(const StandingBody& body);
  /// Counts one use at this agent. Idempotent per `use` (a digest of the effect's id).
  void use(const Digest& terms, const Digest& use);

  struct Ask {
    Digest playbook;
    std::string action_class;
    mesh::IndicatorType type{};
    std::uint8_t confidence = 0;
    std::uint32_t effects = 1;
    WallTime now;
    Trigger trigger = Trigger::none;  ///< unless none, only terms with this one
  };
  /// Terms that cover it and have enough distinct organisations under `policy` in `charter`.
  std::optional<Digest> covers(const Ask& ask, const crypto::Policy& policy,
                               const crypto::Charter& charter) const;
  /// In force, with this trigger.
  std::vector<StandingStatus> triggered(Trigger trigger, WallTime now) const;
  std::vector<StandingStatus> all() const;

 private:
  struct Entry {
    StandingBody body;
    std::set<std::pair<std::string, std::string>> signers;
  };
  std::uint32_t used(const Digest& terms) const;

  std::map<Digest, Entry> entries_;
  std::map<Digest, std::set<Digest>> uses_;  ///< kept apart: uses may be replayed before terms
};

/// What one use is counted by.
Digest standing_use(const RunId& run, std::string_view step, std::uint32_t index);

/// Distinct organisations among `orgs` that `policy` lets sign: members with its role.
std::uint32_t distinct_orgs(const std::set<std::string>& orgs, const crypto::Policy& policy,
                            const crypto::Charter& charter);
/// Never below 1, whatever a charter says.
std::uint32_t orgs_needed(const crypto::Policy& policy);

}  // namespace tocsin::playbooks
