#include "mesh/sync/record_cache.hpp"

namespace tocsin::mesh {
namespace {

// A sealed payload is bound to the header up to the payload digest.
constexpr std::size_t bound_header_bytes = batch_header_bytes - Digest::size;

Result<std::vector<ByteView>> split(ByteView payload, std::size_t count) {
  ByteReader in(payload);
  in.raw(batch_secret_bytes);
  std::vector<ByteView> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(in.blob32());
  if (!in.done()) return fail(Errc::corrupt, "a stored batch does not hold {} records", count);
  return out;
}

}  // namespace

Result<CachedBatch> RecordCache::open(StoredBatch stored) const {
  CachedBatch out;
  out.stored = std::move(stored);
  if (out.stored.dropped()) return out;
  const ByteView encoded(*out.stored.encoded);
  if (encoded.size() < batch_prefix_bytes)
    return fail(Errc::corrupt, "a stored batch of {} bytes", encoded.size());
  auto payload = encoded.subspan(batch_prefix_bytes);
  if (!out.stored.log.scope.is_zero()) {
    const auto* scope = catalogue_.scopes().find(out.stored.log.scope);
    if (!scope || !scope->key)
      return fail(Errc::corrupt, "log {}: the key of its scope is missing",
                  short_name(out.stored.log));
    auto clear = crypto::open(*scope->key, encoded.first(bound_header_bytes), payload);
    if (!clear) return fail(Errc::corrupt, "a stored batch: {}", clear.error().message);
    out.clear = std::move(*clear);
    payload = out.clear;
  }
  auto records = split(payload, out.stored.readable);
  if (!records) return std::unexpected(records.error());
  out.records = std::move(*records);
  return out;
}

Result<const CachedBatch*> RecordCache::batch_of(std::uint64_t ordinal) {
  for (auto at = recent_.begin(); at != recent_.end(); ++at) {
    if (!at->holds(ordinal)) continue;
    if (at != recent_.begin()) recent_.splice(recent_.begin(), recent_, at);
    return recent_.front().stored.dropped() ? nullptr : &recent_.front();
  }
  if (ordinal >= store_.ordinals()) return nullptr;
  auto stored = store_.batch_of(ordinal);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored) return nullptr;
  auto opened = open(std::move(**stored));
  if (!opened) return std::unexpected(opened.error());
  if (!opened->holds(ordinal)) return nullptr;
  bytes_ += opened->bytes();
  recent_.push_front(std::move(*opened));
  while (recent_.size() > 1 && (recent_.size() > batches_max || bytes_ > bytes_max)) {
    bytes_ -= recent_.back().bytes();
    recent_.pop_back();
  }
  return recent_.front().stored.dropped() ? nullptr : &recent_.front();
}

void RecordCache::forget(std::uint64_t first_ordinal) {
  for (auto at = recent_.begin(); at != recent_.end(); ++at) {
    if (!at->holds(first_ordinal)) continue;
    bytes_ -= at->bytes();
    recent_.erase(at);
    return;
  }
}

}  // namespace tocsin::mesh
