// Compares what two agents really hold, batch by batch, where heads only tell what each believes
// to hold. Sans-I/O: one side asks, the other answers from what it gathered once.
#pragma once

#include <deque>
#include <unordered_map>

#include "mesh/sync/sketch.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// What a comparison found. `only_here` and `only_there` are places as their holder names them.
struct Difference {
  std::uint64_t items_here = 0, items_there = 0;
  std::uint64_t symbols = 0;  ///< that it took
  std::vector<BatchPlace> only_here, only_there;
  bool operator==(const Difference&) const = default;
};

/// Answers one asker.
class ComparisonSource {
 public:
  /// `held`: every batch that the asker may read, once.
  ComparisonSource(const SketchKey& key, std::vector<BatchPlace> held);

  const SketchKey& key() const { return key_; }
  /// Errors: refused (another key, or not where the last answer ended, or more than
  /// symbols_max).
  Result<Sketch> answer(const SketchAsk& ask);
  Places answer(const PlacesAsk& ask) const;

  static constexpr std::uint64_t symbols_max = 1 << 20;

 private:
  SketchKey key_;
  SketchEncoder encoder_;
  std::unordered_map<Digest, BatchPlace, PrefixHash<Digest>> places_;
};

/// Asks until it knows every difference.
class ComparisonRun {
 public:
  ComparisonRun(const SketchKey& key, std::vector<BatchPlace> held);

  /// The next question; nothing once it is done. To be called again after each answer.
  std::optional<Message> next();
  /// Errors: invalid (the answer does not belong to the question, or the symbols are those of no
  /// set), too_large (more than differences_max).
  Result<void> take(const Sketch& sketch);
  Result<void> take(const Places& places);
  bool done() const { return phase_ == Phase::done; }
  const SketchKey& key() const { return key_; }
  /// Only when done.
  const Difference& difference() const { return difference_; }

  static constexpr std::uint32_t first_ask = 32;
  static constexpr std::size_t differences_max = 262'144;

 private:
  enum class Phase : std::uint8_t { symbols, places, done };
  Result<void> solved();

  SketchKey key_;
  SketchDecoder decoder_;
  std::unordered_map<Digest, BatchPlace, PrefixHash<Digest>> places_;
  std::deque<Digest> unplaced_;
  std::vector<Digest> asked_;
  std::uint32_t count_ = 0;  ///< symbols asked for last
  Phase phase_ = Phase::symbols;
  Difference difference_;
};

}  // namespace tocsin::mesh
