// Gives out the one secret that a vector names, as the ephemeral key of a handshake.
#pragma once

#include "crypto/entropy.hpp"
#include "tests/catch.hpp"

namespace tocsin::tests {

class GivenEntropy final : public Entropy {
 public:
  explicit GivenEntropy(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(MutableByteView out) override {
    REQUIRE(out.size() == bytes_.size());
    std::copy(bytes_.begin(), bytes_.end(), out.begin());
  }

 private:
  Bytes bytes_;
};

}  // namespace tocsin::tests
