#include "agents/home/fingerprint.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using agents::fingerprint;

TEST_CASE("the words are those of the proquint proposal") {
  Digest digest;
  // 127.0.0.1, 63.84.220.193 and 63.118.7.35, from the proposal's table.
  const std::uint8_t bytes[] = {127, 0, 0, 1, 63, 84, 220, 193, 63, 118, 7, 35};
  std::copy(std::begin(bytes), std::end(bytes), digest.data.begin());
  CHECK(fingerprint(digest) ==
        std::vector<std::string>{"lusab", "babad", "gutih", "tugad", "gutuk", "bisog"});
}

TEST_CASE("another digest reads differently, whichever of its first 96 bits differs") {
  const auto words = fingerprint({});
  CHECK(words.size() == agents::fingerprint_words);
  for (std::size_t bit = 0; bit < 96; ++bit) {
    Digest other;
    other.data[bit / 8] = std::uint8_t(1u << bit % 8);
    CHECK(fingerprint(other) != words);
  }
}
