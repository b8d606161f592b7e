#include "mesh/store/digest_index.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::uint32_t empty = 0xffffffff;
constexpr std::size_t slots_min = 8;

std::size_t home(std::uint32_t print, std::size_t slots) {
  return std::size_t((std::uint64_t(print) * slots) >> 32);
}

std::size_t after(std::size_t at, std::size_t slots) { return at + 1 == slots ? 0 : at + 1; }

}  // namespace

DigestIndex::Where DigestIndex::where(const Digest& id) {
  const auto prefix = id.prefix();
  return {std::size_t(prefix % shards), std::uint32_t(prefix >> 32)};
}

void DigestIndex::insert(std::vector<Slot>& slots, Slot slot) {
  auto at = home(slot.print, slots.size());
  while (slots[at].ordinal != empty) at = after(at, slots.size());
  slots[at] = slot;
}

void DigestIndex::grow(Shard& shard, std::size_t wanted) {
  std::vector<Slot> larger(wanted, Slot{0, empty});
  for (const auto& slot : shard.slots)
    if (slot.ordinal != empty) insert(larger, slot);
  shard.slots = std::move(larger);
}

void DigestIndex::add(const Digest& id, std::uint64_t ordinal) {
  TOCSIN_ASSERT(ordinal <= ordinal_max);
  const auto [number, print] = where(id);
  auto& shard = shards_[number];
  if ((shard.used + 1) * 10 > shard.slots.size() * 9)
    grow(shard, std::max(slots_min, shard.slots.size() + shard.slots.size() / 2));
  auto& slots = shard.slots;
  for (auto at = home(print, slots.size()); slots[at].ordinal != empty; at = after(at, slots.size()))
    if (slots[at].print == print && slots[at].ordinal == ordinal) return;
  insert(slots, {print, std::uint32_t(ordinal)});
  ++shard.used;
  ++size_;
}

void DigestIndex::add(std::span<const Digest> ids, std::uint64_t first) {
  constexpr std::size_t ahead = 64;
  for (std::size_t at = 0; at < ids.size(); at += ahead) {
    const auto some = ids.subspan(at, std::min(ahead, ids.size() - at));
    for (const auto& id : some) {
      const auto [number, print] = where(id);
      const auto& slots = shards_[number].slots;
      if (!slots.empty()) __builtin_prefetch(&slots[home(print, slots.size())], 1);
    }
    for (const auto& id : some) add(id, first++);
  }
}

// Shards differ by chance: a sixteenth more. One that needs still more grows by itself.
void DigestIndex::reserve(std::uint64_t records) {
  if (records < shards) return;
  const auto each = std::size_t(records / shards);
  const auto wanted = (each + each / 16 + slots_min) * 10 / 9;
  for (auto& shard : shards_)
    if (shard.slots.size() < wanted) grow(shard, wanted);
}

void DigestIndex::find(const Digest& id, std::vector<std::uint64_t>& out) const {
  const auto [number, print] = where(id);
  const auto& slots = shards_[number].slots;
  if (slots.empty()) return;
  for (auto at = home(print, slots.size()); slots[at].ordinal != empty; at = after(at, slots.size()))
    if (slots[at].print == print) out.push_back(slots[at].ordinal);
}

void DigestIndex::remove(const Digest& id, std::uint64_t ordinal) {
  const auto [number, print] = where(id);
  auto& shard = shards_[number];
  auto& slots = shard.slots;
  if (slots.empty()) return;
  auto at = home(print, slots.size());
  while (slots[at].ordinal != empty && (slots[at].print != print || slots[at].ordinal != ordinal))
    at = after(at, slots.size());
  if (slots[at].ordinal == empty) return;
  // Those behind it in the run move up, unless they would pass their own home.
  for (auto next = after(at, slots.size()); slots[next].ordinal != empty;
       next = after(next, slots.size())) {
    const auto own = home(slots[next].print, slots.size());
    const bool may_move = next > at ? (own <= at || own > next) : (own <= at && own > next);
    if (!may_move) continue;
    slots[at] = slots[next];
    at = next;
  }
  slots[at] = {0, empty};
  --shard.used;
  --size_;
}

std::size_t DigestIndex::bytes() const {
  std::size_t out = shards_.capacity() * sizeof(Shard);
  for (const auto& shard : shards_) out += shard.slots.capacity() * sizeof(Slot);
  return out;
}

}  // namespace tocsin::mesh
