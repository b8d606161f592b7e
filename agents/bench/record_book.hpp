// What an agent does with each indicator that arrives, as far as matching goes, and a check
// afterwards that nothing is missing.
#pragma once

#include "agents/bench/load.hpp"
#include "mesh/sync/indicator_ledger.hpp"
#include "playbooks/detect/indicator_index.hpp"

namespace tocsin::agents::bench {

class RecordBook final : public mesh::Observer {
 public:
  /// Lifetime: `world` outlives it.
  explicit RecordBook(mesh::World& world);

  void on_verified(const mesh::Delivered& batch) override;
  void on_durable(const mesh::Delivered& batch) override;

  std::uint64_t verified() const { return verified_; }
  std::uint64_t durable() const { return durable_; }
  mesh::Instant verified_at() const { return verified_at_; }  ///< the last one
  mesh::Instant durable_at() const { return durable_at_; }
  /// When the next one that was waited for is verified, by the order of arrival.
  const std::vector<mesh::Instant>& arrivals() const { return arrivals_; }
  const std::vector<std::string>& values() const { return values_; }
  void keep_arrivals() { keeps_ = true; }

  /// Completes once `count` indicators are durable. Errors: timeout.
  mesh::Task<Result<void>> wait_for(std::uint64_t count, Duration limit);
  const playbooks::IndicatorIndex& index() const { return index_; }
  /// Every one of `indicators` is found, in force, and its record is there.
  /// Errors: corrupt, naming the first that is not.
  Result<void> check(mesh::Node& node, const Indicators& indicators) const;

 private:
  mesh::World& world_;
  playbooks::IndicatorIndex index_;
  mesh::IndicatorLedger ledger_;
  std::uint64_t verified_ = 0, durable_ = 0, refused_ = 0;
  mesh::Instant verified_at_, durable_at_;
  std::vector<mesh::Instant> arrivals_;
  std::vector<std::string> values_;
  bool keeps_ = false;
  mesh::Event changed_;
};

}  // namespace tocsin::agents::bench
