// Randomness that repeats itself: tests and the simulator give a seed and get the same
// bytes.
#pragma once

#include <sodium.h>

#include "crypto/entropy.hpp"

namespace tocsin::tests {

/// The ChaCha20 key stream under `seed`; each fill takes a nonce of its own, so that the
/// bytes depend on the order of the calls and on nothing else.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) {
    for (std::size_t i = 0; i < 8; ++i) key_[i] = std::uint8_t(seed >> (8 * i));
  }

  void fill(MutableByteView out) override {
    std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
    for (std::size_t i = 0; i < nonce.size(); ++i)
      nonce[i] = std::uint8_t(calls_ >> (8 * i));
    ++calls_;
    crypto_stream_chacha20(out.data(), out.size(), nonce.data(), key_.data());
  }

 private:
  std::array<std::uint8_t, crypto_stream_chacha20_KEYBYTES> key_{};
  std::uint64_t calls_ = 0;
};

}  // namespace tocsin::tests
