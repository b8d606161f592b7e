// Finds what differs between two sets of batch ids at a cost that follows the difference, never
// the sets: one side streams coded symbols until the other has solved them.
#pragma once

#include <optional>
#include <vector>

#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// Yields the coded symbols of a set, the first, the second and so on without end. Every item is
/// in symbol 0; from there on its density falls with 1 ÷ (1 + place ÷ 2).
/// Source: Yang, Gilad, Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024, §4.
class SketchEncoder {
 public:
  explicit SketchEncoder(const SketchKey& key) : key_(key) {}

  /// Before the first symbol is taken; an item given twice cancels itself out.
  void add(const Digest& id);
  CodedSymbol next();
  std::uint64_t taken() const { return place_; }
  std::size_t items() const { return items_.size(); }

  static constexpr std::size_t items_max = 16'777'216;

 private:
  friend class SketchDecoder;
  struct Item {
    Digest id;
    std::uint64_t hash = 0;    ///< keyed
    std::uint64_t state = 0;   ///< of the generator of its places
    std::uint64_t place = 0;   ///< the next symbol that it is in
  };
  static Item item_of(const SketchKey& key, const Digest& id);
  static void advance(Item& item);
  void put(Item item);
  /// Adds what this set has at the next place.
  void apply(CodedSymbol& symbol, std::int64_t times);

  struct Due {
    std::uint64_t place;
    std::uint32_t item;
    bool operator>(const Due& other) const { return place > other.place; }
  };
  SketchKey key_;
  std::vector<Item> items_;
  std::vector<Due> due_;  ///< a heap, the nearest place first
  std::uint64_t place_ = 0;
};

/// Solves the other side's symbols against the own set.
class SketchDecoder {
 public:
  explicit SketchDecoder(const SketchKey& key) : key_(key), own_(key), here_(key), there_(key) {}

  /// Before the first symbol.
  void add(const Digest& id) { own_.add(id); }
  /// The other side's next symbol. True once everything is solved.
  bool take(const CodedSymbol& symbol);
  bool solved() const {
    return !broken_ && !symbols_.empty() && symbols_.front().empty();
  }
  /// The other side's symbols are not those of any set: nothing found so far counts.
  bool broken() const { return broken_; }

  const std::vector<Digest>& only_here() const { return only_here_; }
  const std::vector<Digest>& only_there() const { return only_there_; }
  std::size_t symbols() const { return symbols_.size(); }

 private:
  std::optional<SketchEncoder::Item> alone_in(const CodedSymbol& symbol) const;
  void peel(std::vector<std::size_t> ready);

  SketchKey key_;
  SketchEncoder own_, here_, there_;
  std::vector<CodedSymbol> symbols_;
  std::vector<Digest> only_here_, only_there_;
  bool broken_ = false;
};

}  // namespace tocsin::mesh
