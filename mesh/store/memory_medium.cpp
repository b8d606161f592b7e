#include "mesh/store/memory_medium.hpp"

#include "mesh/store/windowed_store.hpp"

namespace tocsin::mesh {
namespace {

std::unexpected<Error> rotten_batch(const LogKey& log, std::uint64_t sequence) {
  return fail(Errc::corrupt, "store: batch {} of {} does not match its checksum", sequence,
              short_name(log));
}

}  // namespace

Result<void> MemoryMedium::write(const Writes&) {
  if (backing_->fail_commits) return fail(Errc::io, "the simulated disk failed");
  return {};
}

void MemoryMedium::committed(const Writes& writes) {
  for (const auto& write : writes) std::visit([this](const auto& one) { apply(one); }, write);
}

void MemoryMedium::apply(const BatchWrite& write) {
  const auto& placed = write.placed;
  const std::pair name{placed.batch.log, placed.batch.sequence};
  if (write.replaces) backing_->order.erase(*write.replaces);
  if (const auto old = backing_->batches.find(name); old != backing_->batches.end())
    backing_->bytes -= old->second.batch.encoded->size() + Window::batch_overhead;
  backing_->bytes += placed.batch.encoded->size() + Window::batch_overhead;
  auto& kept = backing_->batches[name];
  kept = placed;
  if (backing_->pool) kept.batch.encoded = backing_->pool->shared(kept.batch.encoded);
  backing_->order[placed.place] = name;
  backing_->rotten.erase(name);
}

void MemoryMedium::apply(const FactWrite& write) {
  if (const auto old = backing_->facts.find(write.key); old != backing_->facts.end()) {
    backing_->bytes -= old->first.size() + old->second->size();
    backing_->facts.erase(old);
  }
  if (write.value->empty()) return;
  backing_->bytes += write.key.size() + write.value->size();
  backing_->facts[write.key] = write.value;
}

Result<std::optional<PlacedBatch>> MemoryMedium::find(const LogKey& log, std::uint64_t sequence) {
  const auto at = backing_->batches.find({log, sequence});
  if (at == backing_->batches.end()) return std::nullopt;
  if (backing_->rotten.contains(at->first)) return rotten_batch(log, sequence);
  return at->second;
}

Result<std::optional<PlacedBatch>> MemoryMedium::place_of(const LogKey& log,
                                                          std::uint64_t sequence) {
  const auto at = backing_->batches.find({log, sequence});
  if (at == backing_->batches.end()) return std::nullopt;
  return at->second;
}

Result<std::optional<PlacedBatch>> MemoryMedium::holding(std::uint64_t ordinal) {
  auto at = backing_->order.lower_bound({ordinal + 1, 0});
  if (at == backing_->order.begin()) return std::nullopt;
  --at;
  const auto& placed = backing_->batches.at(at->second);
  if (ordinal - placed.place.first_ordinal >= placed.batch.readable) return std::nullopt;
  return find(at->second.first, at->second.second);
}

Result<Medium::Range> MemoryMedium::range(const LogKey& log, std::uint64_t first,
                                          std::size_t batches_max, std::size_t bytes_max) {
  Range out;
  std::size_t bytes = 0;
  auto at = backing_->batches.lower_bound({log, first});
  for (; at != backing_->batches.end() && at->first.first == log; ++at) {
    if (out.batches.size() >= batches_max || bytes >= bytes_max) break;
    if (backing_->rotten.contains(at->first)) {
      if (out.batches.empty()) return rotten_batch(log, at->first.second);
      break;
    }
    bytes += at->second.batch.encoded->size();
    out.batches.push_back(at->second);
  }
  out.cut = at != backing_->batches.end() && at->first.first == log;
  return out;
}

Result<Medium::Chunk> MemoryMedium::chunk(Place from) {
  Chunk out;
  auto at = backing_->order.lower_bound(from);
  for (; at != backing_->order.end() && out.batches.size() < chunk_batches_max; ++at) {
    if (backing_->rotten.contains(at->second)) out.corrupt.push_back(at->second);
    else out.batches.push_back(backing_->batches.at(at->second));
  }
  if (at != backing_->order.end()) out.next = at->first;
  return out;
}

Result<std::optional<Bytes>> MemoryMedium::fact(ByteView key) {
  const auto at = backing_->facts.find(Bytes(key.begin(), key.end()));
  if (at == backing_->facts.end()) return std::nullopt;
  return *at->second;
}

Result<std::vector<std::pair<Bytes, Bytes>>> MemoryMedium::facts(ByteView prefix) {
  std::vector<std::pair<Bytes, Bytes>> out;
  for (auto at = backing_->facts.lower_bound(Bytes(prefix.begin(), prefix.end()));
       at != backing_->facts.end() && at->first.size() >= prefix.size() &&
       std::equal(prefix.begin(), prefix.end(), at->first.begin());
       ++at)
    out.emplace_back(at->first, *at->second);
  return out;
}

Result<Place> MemoryMedium::end() {
  if (backing_->order.empty()) return Place{};
  const auto& [place, name] = *backing_->order.rbegin();
  const auto& last = backing_->batches.at(name);
  return Place{place.first_ordinal + last.batch.readable, place.arrival + 1};
}

std::uint64_t MemoryMedium::room() {
  return backing_->size_max > backing_->bytes ? backing_->size_max - backing_->bytes : 0;
}

std::shared_ptr<MemoryBacking> make_memory_backing() { return std::make_shared<MemoryBacking>(); }

std::unique_ptr<Store> open_memory_store(World& world, std::shared_ptr<MemoryBacking> backing) {
  auto store = WindowedStore::open(world, std::make_shared<MemoryMedium>(std::move(backing)),
                                   WindowedStore::Mode::read_write);
  TOCSIN_ASSERT(store.has_value());
  return std::move(*store);
}

}  // namespace tocsin::mesh
