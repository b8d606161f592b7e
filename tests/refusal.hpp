// Asks of any outcome why it was refused, also where a fault let it through.
#pragma once

#include "crypto/result.hpp"

namespace tocsin::tests {

/// The code of the error; nothing when there was none.
template <typename T>
std::optional<Errc> refusal(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

}  // namespace tocsin::tests
