// What an agent shows of its heads: one section for each author, so that what did not move is neither
// looked at, hashed nor told again.
#pragma once

#include <map>
#include <memory>

#include "mesh/sync/head_table.hpp"

namespace tocsin::mesh {

/// The heads of one author's logs, in key order, ids as they are sent; never empty.
struct HeadSection {
  std::vector<LogHead> logs;
  std::size_t ranges = 0;  ///< in all of them
  Digest digest;
  const AgentId& author() const { return logs.front().key.agent; }
};
using SharedSection = std::shared_ptr<const HeadSection>;

struct HeadVector {
  std::vector<SharedSection> sections;  ///< by author
  std::vector<std::size_t> ends;        ///< how many heads there are up to the end of each
  std::size_t ranges = 0;
  Digest digest;

  std::size_t size() const { return ends.empty() ? 0 : ends.back(); }
  const LogHead& at(std::size_t index) const;
  /// Null where there are none of this author. Lifetime: the vector's.
  const HeadSection* of(const AgentId& author) const;
  const LogHead* find(const LogKey& log) const;
  std::vector<LogHead> all() const;
};
using SharedHeads = std::shared_ptr<const HeadVector>;
inline bool same_heads(const SharedHeads& a, const SharedHeads& b) {
  return a && b && a->digest == b->digest;
}
/// The heads of `these` that `those` has otherwise, or not at all; of the authors that are `wanted`.
std::vector<LogHead> unlike(
    const HeadVector& these, const HeadVector& those,
    const std::function<bool(const AgentId&)>& wanted = [](const AgentId&) { return true; });

/// BLAKE2b-256 over the digests of the sections.
Digest digest_of(const std::vector<LogHead>& heads);

/// What turns `from` into `to`, as HeadDeltaWriter writes it.
Bytes encode_head_delta(const HeadVector& from, const HeadVector& to);

/// One copy of each section, and of each vector, that somebody holds.
class HeadVectors {
 public:
  /// Heads in key order.
  SharedHeads share(std::vector<LogHead> logs);
  SharedHeads share(std::vector<SharedSection> sections);
  /// Heads of one author in key order, at least one.
  SharedSection section(std::vector<LogHead> logs);
  /// Errors: invalid, too_large (more than `logs_max` heads).
  Result<SharedHeads> apply(const HeadVector& from, ByteView delta, std::size_t logs_max);
  std::size_t size() const { return vectors_.size() + sections_.size(); }

 private:
  template <typename Shared>
  using Known = std::map<Digest, std::weak_ptr<const Shared>>;
  template <typename Shared>
  void sweep(Known<Shared>& known, std::size_t& at);

  Known<HeadSection> sections_;
  Known<HeadVector> vectors_;
  std::size_t sweep_sections_at_ = 64, sweep_vectors_at_ = 64;
};

}  // namespace tocsin::mesh
