#include "crypto/keystore.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

constexpr std::string_view passphrase = "correct horse";

struct Sample {
  tests::SeededEntropy entropy{1};
  KeyRing ring;
  Sample() {
    ring.put("signing", Bytes(32, 1));
    ring.put("channel", Bytes(32, 2));
  }
  Bytes locked() { return ring.lock(passphrase, entropy, KeyRing::Cost::interactive); }
};

/// `value` as four little-endian bytes at `at`.
void set_u32(Bytes& file, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = std::uint8_t(value >> (8 * i));
}

constexpr std::size_t passes_at = 9, memory_at = 13;

}  // namespace

TEST_CASE_METHOD(Sample, "a key file opens with its passphrase and no other") {
  const auto file = locked();
  const auto opened = KeyRing::unlock(file, passphrase);
  REQUIRE(opened);
  REQUIRE(opened->get("signing"));
  CHECK(text_of(*opened->get("signing")) == std::string(32, '\1'));
  CHECK(text_of(*opened->get("channel")) == std::string(32, '\2'));
  CHECK(opened->get("root").error().code == Errc::not_found);
  CHECK(KeyRing::unlock(file, "correct horsE").error().code == Errc::unauthenticated);
  CHECK(KeyRing::unlock(file, std::nullopt).error().code == Errc::unauthenticated);
  CHECK(KeyRing::unlock(file, "").error().code == Errc::unauthenticated);
  CHECK(is_unprotected(file) == false);
}

TEST_CASE_METHOD(Sample, "a key file without passphrase says so") {
  for (const auto none :
       {std::optional<std::string_view>(), std::optional<std::string_view>("")}) {
    const auto file = ring.lock(none, entropy);
    CHECK(is_unprotected(file) == true);
    CHECK(KeyRing::unlock(file, std::nullopt));
    CHECK(KeyRing::unlock(file, passphrase));
  }
}

TEST_CASE_METHOD(Sample, "no secret stands in a locked file") {
  ring.put("marker", bytes_of("find me if you can"));
  const auto file = locked();
  CHECK(text_of(file).find("find me") == std::string_view::npos);
  CHECK(text_of(file).find("marker") == std::string_view::npos);
}

TEST_CASE_METHOD(Sample, "putting a name again replaces its secret") {
  ring.put("signing", Bytes(3, 9));
  CHECK(ring.get("signing")->size() == 3);
  ring.put("empty", {});
  const auto opened = KeyRing::unlock(ring.lock(std::nullopt, entropy), std::nullopt);
  REQUIRE(opened);
  CHECK(opened->get("signing")->size() == 3);
  CHECK(opened->get("empty")->empty());
}

TEST_CASE_METHOD(
    Sample, "an unprotected key file with any byte altered, cut or added is refused") {
  auto file = ring.lock(std::nullopt, entropy);
  for (auto& byte : file)
    for (const std::uint8_t flip : {0x01, 0x80}) {
      byte ^= flip;
      CHECK_FALSE(KeyRing::unlock(file, std::nullopt));
      byte ^= flip;
    }
  for (std::size_t size = 0; size < file.size(); ++size)
    CHECK_FALSE(KeyRing::unlock(ByteView(file).first(size), std::nullopt));
  file.push_back(0);
  CHECK_FALSE(KeyRing::unlock(file, std::nullopt));
}

TEST_CASE_METHOD(Sample, "a key file cannot demand more than its limits") {
  const auto good = locked();
  for (const std::uint32_t wanted : {0u, 11u, 0xffffffffu}) {
    auto file = good;
    set_u32(file, passes_at, wanted);
    CHECK(KeyRing::unlock(file, passphrase).error().code == Errc::too_large);
  }
  for (const std::uint32_t wanted : {0u, 7u, 1024u * 1024 + 1, 0xffffffffu}) {
    auto file = good;
    set_u32(file, memory_at, wanted);
    CHECK(KeyRing::unlock(file, passphrase).error().code == Errc::too_large);
  }
  CHECK(KeyRing::unlock(Bytes(1 << 20), passphrase).error().code == Errc::too_large);
}

TEST_CASE_METHOD(Sample, "another version or another file is told apart") {
  auto file = locked();
  file[7] = '2';
  CHECK(KeyRing::unlock(file, passphrase).error().code == Errc::unsupported);
  file[0] = 'X';
  CHECK(KeyRing::unlock(file, passphrase).error().code == Errc::invalid);
  CHECK(is_unprotected(file).error().code == Errc::invalid);
  CHECK(KeyRing::unlock({}, passphrase).error().code == Errc::invalid);
}

TEST_CASE_METHOD(Sample,
                 "a locked key file with any byte altered, cut or added is refused") {
  auto file = locked();
  const std::size_t header = 8 + 1 + 4 + 4 + 16;
  // Argon2id makes each try slow: every byte of the headers, then every eighth.
  for (std::size_t at = 0; at < file.size(); at += at < header + 24 ? 1 : 8) {
    INFO("byte " << at);
    file[at] ^= 0x04;
    CHECK_FALSE(KeyRing::unlock(file, passphrase));
    file[at] ^= 0x04;
  }
  CHECK_FALSE(KeyRing::unlock(ByteView(file).first(file.size() - 1), passphrase));
  CHECK_FALSE(KeyRing::unlock(ByteView(file).first(header + 30), passphrase));
  file.push_back(0);
  CHECK_FALSE(KeyRing::unlock(file, passphrase));
  file.pop_back();
  CHECK(KeyRing::unlock(file, passphrase));
}
