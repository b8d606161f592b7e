// The port behind which the machinery that blocks things stands: do, probe and undo, each
// harmless when repeated.
#pragma once

#include <string>

#include "crypto/time.hpp"
#include "playbooks/act/block_target.hpp"

namespace tocsin::playbooks {

/// First 16 bytes of BLAKE2b over run ‖ step ‖ command index ‖ target: the idempotency key.
using EffectId = FixedBytes<16, struct EffectTag>;

/// One value in force at one actuator, on account of one step of one run.
struct EffectOrder {
  EffectId id;
  BlockTarget target;
  WallTime until;
  mesh::Marking marking;
};

enum class Presence : std::uint8_t { present, absent, unknown };

/// How much more than the named value a control catches.
enum class Breadth : std::uint8_t {
  exact_name,  ///< this name only (an RPZ entry)
  broad,       ///< an address that others may share, or a name with what lies below it
};

/// Called on the loop thread.
class Actuator {
 public:
  virtual ~Actuator() = default;
  virtual std::string_view kind() const = 0;
  virtual bool takes(mesh::IndicatorType type) const = 0;
  virtual Breadth breadth(mesh::IndicatorType type) const = 0;
  /// Durable when it returns. Doing the same effect again changes nothing. Errors: io, full,
  /// unsupported (a type that it does not take).
  virtual Result<void> do_effect(const EffectOrder& effect) = 0;
  virtual Presence probe(const EffectId& id) const = 0;
  /// The value goes when the last effect that holds it goes. Undoing what is not there succeeds.
  virtual Result<void> undo(const EffectId& id) = 0;
  /// The document to be served over HTTP; empty where there is none.
  virtual std::string content() const = 0;
};

}  // namespace tocsin::playbooks
