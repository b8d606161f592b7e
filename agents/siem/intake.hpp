// What the parts of one input share: its settings, its counters, and the way to the sink.
#pragma once

#include "agents/siem/input.hpp"

namespace tocsin::agents {

/// Lifetime: shared by an Input and its coroutines, so that these may end later.
struct Intake {
  mesh::World& world;
  EventSink& sink;
  InputConfig config;
  InputStatus status = {};
  bool stopped = false;

  void reject(std::string_view reason, std::uint64_t count = 1);
  RawEvent event(std::string_view text) const;
};

/// What became of events that were handed to the sink in portions.
struct Delivery {
  std::size_t taken = 0;             ///< handled by the sink, accepted or rejected
  std::vector<Rejection> rejected;   ///< by place in the whole span
  std::optional<Error> failed;       ///< why the rest was not taken
};

/// Hands over events in portions of at most events_per_take_max, once each. Events beyond
/// event_bytes_max never reach the sink.
mesh::Task<Delivery> deliver(std::shared_ptr<Intake> intake, std::span<const RawEvent> events);

/// For sources that cannot be told to come back: tries again until the sink takes them. False
/// when the sink or the input has closed.
mesh::Task<bool> deliver_all(std::shared_ptr<Intake> intake, std::span<const RawEvent> events);

}  // namespace tocsin::agents
