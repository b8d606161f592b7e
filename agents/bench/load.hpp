// The indicators that are measured with, as records, drafts and signed batches.
#pragma once

#include "agents/bench/operators.hpp"
#include "playbooks/detect/bench_load.hpp"

namespace tocsin::agents::bench {

using Indicators = std::vector<playbooks::BenchLoad::Indicator>;

inline constexpr std::uint64_t count_max = 20'000'000;
inline constexpr std::size_t batch_records = 256;

/// Mixed as in bench_load.hpp, each value once.
Indicators make_indicators(std::uint64_t count, std::uint64_t seed);

/// Who says it, how it is marked, when.
struct Voice {
  std::uint64_t author = 0;
  mesh::Marking marking{mesh::Tlp::green, mesh::Pap::green};
  WallTime now;
};
/// In force for 30 days, with one label.
Bytes make_record(const playbooks::BenchLoad::Indicator& indicator, const Voice& voice);
mesh::Draft make_draft(const playbooks::BenchLoad::Indicator& indicator, const Voice& voice,
                       const mesh::Audience& audience, mesh::LogClass log_class);

struct SignedLoad {
  std::vector<Bytes> batches;  ///< for all members, by Operators::near
  std::uint64_t record_bytes = 0, record_bytes_max = 0;
};
/// Errors: those of sign_batch.
Result<SignedLoad> sign_all(const Indicators& indicators, const Operators& operators,
                            mesh::World& world, std::size_t per_batch = batch_records,
                            mesh::LogClass log_class = mesh::LogClass::indicator);

/// Publishes all of it in pieces, one after the other, and calls `after_piece` after each. A piece of
/// up to batch_records becomes one batch. Lifetime: all of them outlive the task.
mesh::Task<Result<void>> publish_all(mesh::World& world, mesh::Node& node,
                                     const Indicators& indicators, mesh::Tlp tlp,
                                     std::function<void()> after_piece = {},
                                     std::size_t piece_records = 8192);

}  // namespace tocsin::agents::bench
