// Batches that a store takes, and a loop that runs until the store has answered.
#pragma once

#include "mesh/store/store.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

/// A batch whose header parses; the payload is `payload` bytes drawn from `seed`.
inline mesh::StoredBatch made_batch(const mesh::LogKey& log, std::uint64_t sequence,
                                    std::uint16_t readable, std::size_t payload,
                                    std::uint64_t seed) {
  SeededEntropy entropy(seed);
  ByteWriter out;
  out.u8(1);
  out.u8(std::uint8_t(log.log_class));
  out.u16(std::max<std::uint16_t>(readable, 1));
  out.u32(std::uint32_t(payload));
  out.fixed(log.agent);
  out.u64(log.epoch);
  out.fixed(log.scope);
  out.u64(sequence);
  out.u64(1'795'000'000'000);
  out.u32(0);
  out.fixed(sequence == 1 ? Digest{} : entropy.make<Digest>());
  out.fixed(entropy.make<Digest>());
  out.fixed(log.scope.is_zero() ? Digest{} : entropy.make<Digest>());
  out.fixed(entropy.make<SignatureBytes>());
  Bytes body(payload);
  entropy.fill(body);
  out.raw(body);
  return {log, sequence, 0, readable, std::make_shared<const Bytes>(std::move(out).take())};
}

inline mesh::LogKey made_log(std::uint64_t seed, mesh::LogClass log_class = mesh::LogClass::case_) {
  SeededEntropy entropy(seed);
  return {entropy.make<AgentId>(), entropy.number(), {}, log_class};
}

/// Counts what a store still owes, and runs the loop until it owes nothing.
class Answers {
 public:
  explicit Answers(mesh::RealWorld& real) : real_(real) {}

  mesh::Durable next() {
    const auto number = given_++;
    return [this, number](Result<void> result) {
      order.push_back(number);
      results.push_back(result);
      real_.stop();
    };
  }
  void wait_all() {
    while (results.size() < given_) real_.run();
  }
  bool all_good() const {
    return std::all_of(results.begin(), results.end(), [](const auto& r) { return r.has_value(); });
  }
  void start_over() {
    order.clear();
    results.clear();
    given_ = 0;
  }
  std::size_t owed() const { return given_ - results.size(); }

  std::vector<std::size_t> order;
  std::vector<Result<void>> results;

 private:
  mesh::RealWorld& real_;
  std::size_t given_ = 0;
};

inline bool same(const mesh::StoredBatch& a, const mesh::StoredBatch& b) {
  return a.log == b.log && a.sequence == b.sequence && a.readable == b.readable &&
         (a.readable == 0 || a.first_ordinal == b.first_ordinal) && *a.encoded == *b.encoded;
}

}  // namespace tocsin::tests
