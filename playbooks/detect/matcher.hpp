// Finds the listed values that an event holds.
#pragma once

#include "playbooks/detect/event.hpp"
#include "playbooks/detect/indicator_index.hpp"

namespace tocsin::playbooks {

/// One listed value found in one event. Lifetime of `observed`: that of the event's fields.
struct Hit {
  std::uint32_t ordinal = 0;   ///< of the indicator
  IndicatorType type{};        ///< of the indicator
  std::uint32_t field = 0;     ///< index into the event's fields
  std::string_view observed;   ///< as it stood in the field
};

/// Finds what events hold in an index. Keeps scratch memory, so one per thread.
/// Lifetime: `index` outlives it.
class Matcher {
 public:
  explicit Matcher(const IndicatorIndex& index);
  ~Matcher();

  /// Hits of one event: one per indicator, the first field wins. At most hits_max, the rest is
  /// not reported for this event. Lifetime: until the next call, and as long as the fields.
  std::span<const Hit> match(std::span<const EventField> fields, const Confirm& confirm) {
    begin(fields);
    return finish(confirm);
  }

  /// The same in two halves: between them, what memory has to give arrives by itself. The fields
  /// last until the second.
  void begin(std::span<const EventField> fields);
  std::span<const Hit> finish(const Confirm& confirm);

  static constexpr std::size_t hits_max = 256;

 private:
  struct Scratch;
  const IndicatorIndex& index_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace tocsin::playbooks
