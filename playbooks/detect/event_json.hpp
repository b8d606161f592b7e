// Flattens one JSON event, nested or with dotted keys, without copying what needs no change.
#pragma once

#include <vector>

#include "playbooks/detect/event.hpp"

namespace tocsin::playbooks {

/// Lifetime of the fields it adds: until the next but one call of `begin`, and as long as the text.
class JsonEvents {
 public:
  JsonEvents();
  ~JsonEvents();

  /// Begins an event, and forgets what the one before the last needed.
  void begin();
  /// Adds the fields of the object `json` to `fields`. At most event_bytes_max.
  /// Errors: invalid, too_large; `fields` is as before then.
  Result<void> add(std::string_view json, std::size_t readable_after,
                   std::vector<EventField>& fields);

  static constexpr std::size_t names_max = 16384;  ///< field names that are remembered

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::playbooks
