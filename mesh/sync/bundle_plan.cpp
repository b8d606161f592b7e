#include "mesh/sync/bundle_plan.hpp"

#include "mesh/sync/log_order.hpp"

namespace tocsin::mesh {

BundlePlan::BundlePlan(const Catalogue& catalogue, Store& store, const crypto::Charter& charter,
                       AgentId own, BundleOrder order)
    : catalogue_(catalogue), store_(store), charter_(charter), own_(own),
      order_(std::move(order)) {
  const auto& roster = catalogue.roster();
  const bool to_own = roster.org_of(own) == order_.to;
  auto heads = catalogue.heads().heads([&](const LogKey& log) {
    return to_own || roster.org_of(log.agent) != order_.to;
  });
  std::stable_sort(heads.begin(), heads.end(), [](const LogHead& a, const LogHead& b) {
    return rank(a.key.log_class) < rank(b.key.log_class);
  });
  for (const auto& head : heads) {
    if (head.contiguous > head.base)
      left_.push_back({head.key, {head.base + 1, head.contiguous}});
    for (const auto& range : head.ranges) left_.push_back({head.key, range});
  }
}

Result<bool> BundlePlan::step() {
  if (left_.empty()) return false;
  auto& [log, range] = left_.front();
  const auto refusal = bundle_clearance(log, order_.to, order_.carried_for, own_, catalogue_,
                                        charter_);
  if (refusal != Refusal::none) {
    refused_[std::string(name_of(refusal))] += range.last - range.first + 1;
    left_.pop_front();
    return true;
  }
  const auto batches = store_.batches(log, range.first, batches_at_once, bytes_at_once);
  if (!batches) return std::unexpected(batches.error());
  auto next = range.first;
  for (const auto& stored : *batches) {
    if (stored.sequence != next || next > range.last) break;
    if (const auto looked = look_at(stored); !looked) return std::unexpected(looked.error());
    ++next;
  }
  if (next == range.first)
    return fail(Errc::corrupt, "log {} sequence {}: the batch is not in the store",
                short_name(log), next);
  if (next > range.last)
    left_.pop_front();
  else
    range.first = next;
  return true;
}

// Asked for every batch: what its log permits may have changed since the last one.
Result<void> BundlePlan::look_at(const StoredBatch& stored) {
  const auto refusal = bundle_clearance(stored.log, order_.to, order_.carried_for, own_,
                                        catalogue_, charter_);
  if (refusal != Refusal::none) {
    ++refused_[std::string(name_of(refusal))];
    return {};
  }
  const auto header =
      stored.encoded->size() < batch_prefix_bytes
          ? fail(Errc::corrupt, "a stored batch of {} bytes", stored.encoded->size())
          : parse_batch_header(ByteView(*stored.encoded).first(batch_header_bytes));
  if (!header) return within("log " + short_name(stored.log), header.error());
  // What others need to verify the rest is never too old.
  if (stored.log.log_class != LogClass::control && header->time < order_.since) return {};
  if (stored.dropped()) {
    ++dropped_;
    return {};
  }
  packer_.add(SegmentKind::batches, stored.encoded->size());
  ++batches_;
  records_ += header->record_count;
  choose(stored.log, stored.sequence);
  if (ranges_.size() > ranges_max || packer_.segments() > bundle_segments_max)
    return fail(Errc::too_large, "more than one bundle can hold; use --since");
  return {};
}

void BundlePlan::choose(const LogKey& log, std::uint64_t sequence) {
  if (!ranges_.empty() && ranges_.back().key == log && ranges_.back().range.last + 1 == sequence)
    ranges_.back().range.last = sequence;
  else
    ranges_.push_back({log, {sequence, sequence}});
}

std::vector<ByteView> BundlePlan::certificates() const {
  std::set<AgentId> authors;
  for (const auto& range : ranges_) authors.insert(range.key.agent);
  for (const auto& fork : catalogue_.fork_book().seen()) authors.insert(fork.log.agent);
  std::vector<ByteView> out;
  for (const auto& author : authors)
    for (const auto certificate : catalogue_.roster().certificates_of(author))
      out.push_back(certificate);
  return out;
}

std::vector<Bytes> BundlePlan::fork_proofs() const {
  const auto& book = catalogue_.fork_book();
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < book.size(); ++i) {
    const auto& [first, second] = book.proof(i);
    out.push_back(first);
    out.back().insert(out.back().end(), second.begin(), second.end());
  }
  return out;
}

std::uint32_t BundlePlan::segments() const {
  SegmentPacker trust;
  for (const auto certificate : certificates())
    trust.add(SegmentKind::certificates, certificate.size());
  for (const auto& proof : fork_proofs()) trust.add(SegmentKind::fork_proofs, proof.size());
  return trust.segments() + packer_.segments();
}

std::vector<SequenceRange> gaps_of(const LogHead& head) {
  std::vector<SequenceRange> out;
  auto next = std::max(head.contiguous, head.base) + 1;
  for (const auto& range : head.ranges) {
    if (range.first > next) out.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  return out;
}

}  // namespace tocsin::mesh
