#include "mesh/sync/sketch.hpp"

#include <sodium.h>

#include <cmath>
#include <functional>

namespace tocsin::mesh {
namespace {

void mix(CodedSymbol& into, const Digest& id, std::uint64_t hash, std::int64_t times) {
  for (std::size_t i = 0; i < Digest::size; ++i) into.sum.data[i] ^= id.data[i];
  into.check ^= hash;
  into.count += times;
}

std::uint64_t keyed_hash(const SketchKey& key, const Digest& id) {
  static_assert(SketchKey::size == crypto_shorthash_KEYBYTES);
  std::array<std::uint8_t, crypto_shorthash_BYTES> out;
  crypto_shorthash(out.data(), id.data.data(), id.data.size(), key.data.data());
  return ByteReader(out).u64();
}

}  // namespace

SketchEncoder::Item SketchEncoder::item_of(const SketchKey& key, const Digest& id) {
  const auto hash = keyed_hash(key, id);
  return {id, hash, hash, 0};
}

// Both sides must come to the same place: one rounding per operation, as IEEE 754 fixes it for
// division, square root and product. No sum follows a product that could be fused with it.
void SketchEncoder::advance(Item& item) {
  constexpr std::uint64_t multiplier = 0xda942042e4dd58b5;  // L'Ecuyer 1999: 64 bits, spectral
  constexpr double two_to_32 = 4294967296.0;
  constexpr double farthest = 1e15;
  item.state = item.state * multiplier + 1;
  const double reach = two_to_32 / std::sqrt(double(item.state) + 1.0) - 1.0;
  const double from = double(item.place) + 1.5;
  const double gap = std::ceil(from * reach);
  item.place += std::uint64_t(std::clamp(gap, 1.0, farthest));
}

void SketchEncoder::put(Item item) {
  due_.push_back({item.place, std::uint32_t(items_.size())});
  std::push_heap(due_.begin(), due_.end(), std::greater<>());
  items_.push_back(item);
}

void SketchEncoder::add(const Digest& id) {
  TOCSIN_ASSERT(place_ == 0 && items_.size() < items_max);
  put(item_of(key_, id));
}

void SketchEncoder::apply(CodedSymbol& symbol, std::int64_t times) {
  while (!due_.empty() && due_.front().place == place_) {
    std::pop_heap(due_.begin(), due_.end(), std::greater<>());
    auto& item = items_[due_.back().item];
    mix(symbol, item.id, item.hash, times);
    advance(item);
    due_.back().place = item.place;
    std::push_heap(due_.begin(), due_.end(), std::greater<>());
  }
  ++place_;
}

CodedSymbol SketchEncoder::next() {
  CodedSymbol out;
  apply(out, 1);
  return out;
}

std::optional<SketchEncoder::Item> SketchDecoder::alone_in(const CodedSymbol& symbol) const {
  if (symbol.count != 1 && symbol.count != -1) return std::nullopt;
  auto item = SketchEncoder::item_of(key_, symbol.sum);
  if (item.hash != symbol.check) return std::nullopt;
  return item;
}

bool SketchDecoder::take(const CodedSymbol& symbol) {
  if (solved() || broken_) return solved();
  symbols_.push_back(symbol);
  own_.apply(symbols_.back(), -1);
  here_.apply(symbols_.back(), 1);
  there_.apply(symbols_.back(), -1);
  peel({symbols_.size() - 1});
  return solved();
}

// What stands alone in a symbol is a difference; taken out of every other symbol that holds it,
// it may leave the next one alone.
void SketchDecoder::peel(std::vector<std::size_t> ready) {
  while (!ready.empty() && !broken_) {
    const auto place = ready.back();
    ready.pop_back();
    auto item = alone_in(symbols_[place]);
    if (!item) continue;
    const auto count = symbols_[place].count;
    // Each true difference empties a symbol for good.
    broken_ = only_here_.size() + only_there_.size() >= symbols_.size();
    while (item->place < symbols_.size()) {
      auto& holder = symbols_[item->place];
      mix(holder, item->id, item->hash, -count);
      if (holder.count == 1 || holder.count == -1) ready.push_back(item->place);
      SketchEncoder::advance(*item);
    }
    broken_ = broken_ || !symbols_[place].empty();  // It did not belong there.
    (count > 0 ? only_there_ : only_here_).push_back(item->id);
    (count > 0 ? there_ : here_).put(*item);
  }
}

}  // namespace tocsin::mesh
