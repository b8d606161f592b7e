// The one source of randomness, so that a simulated run can repeat itself.
#pragma once

#include "crypto/bytes.hpp"

namespace tocsin {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(MutableByteView out) = 0;

  template <typename Fixed>
  Fixed make() {
    Fixed out;
    fill(out.data);
    return out;
  }
  std::uint64_t number() {
    std::array<std::uint8_t, 8> raw;
    fill(raw);
    std::uint64_t out;
    std::memcpy(&out, raw.data(), sizeof out);
    return out;
  }
};

}  // namespace tocsin
