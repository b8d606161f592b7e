#include "tests/simulation/remembered_crypto.hpp"

#include <sodium.h>

#include <algorithm>
#include <unordered_map>

#include "crypto/digest.hpp"

namespace tocsin::tests {
namespace {

/// Forgets all when full, so that no life grows without bound.
template <typename Value>
class Memory {
 public:
  std::pair<Value*, bool> at(const Digest& name) {
    if (known_.size() >= crypto_remembered_max) known_.clear();
    const auto [at, fresh] = known_.try_emplace(name);
    return {&at->second, fresh};
  }

 private:
  std::unordered_map<Digest, Value, PrefixHash<Digest>> known_;
};

struct Agreed {
  std::array<std::uint8_t, crypto_scalarmult_BYTES> secret{};
  int verdict = 0;
};
struct Remembered {
  Memory<int> verdicts;
  Memory<std::array<std::uint8_t, crypto_scalarmult_BYTES>> public_keys;  ///< by secret
  Memory<Agreed> agreed;  ///< by both public keys, the lower one first
  CryptoCounts counts;
};

Remembered& remembered() {
  static Remembered out;
  return out;
}

Digest name_of(std::initializer_list<ByteView> parts) {
  ByteWriter out;
  for (const auto part : parts) out.raw(part);
  return crypto::blake2b(out.bytes());
}

}  // namespace

CryptoCounts crypto_counts() { return remembered().counts; }

}  // namespace tocsin::tests

// These stand before the functions of their names in libsodium, for this program only.
// Three hundred simulated agents check each signature three hundred times, and the answer
// never changes; two ends of a handshake work out the same secret.

extern "C" int crypto_sign_verify_detached(const unsigned char* signature,
                                           const unsigned char* message,
                                           unsigned long long length,
                                           const unsigned char* key) {
  using namespace tocsin;
  auto& memory = tests::remembered();
  const auto [verdict, fresh] = memory.verdicts.at(tests::name_of(
      {ByteView(signature, crypto_sign_BYTES), ByteView(key, crypto_sign_PUBLICKEYBYTES),
       ByteView(message, std::size_t(length))}));
  ++memory.counts.signatures;
  if (!fresh) return *verdict;
  ++memory.counts.signatures_checked;
  return *verdict = crypto_sign_ed25519_verify_detached(signature, message, length, key);
}

extern "C" int crypto_scalarmult_base(unsigned char* out, const unsigned char* secret) {
  using namespace tocsin;
  const auto [key, fresh] = tests::remembered().public_keys.at(
      tests::name_of({ByteView(secret, crypto_scalarmult_SCALARBYTES)}));
  if (fresh && crypto_scalarmult_curve25519_base(key->data(), secret) != 0) return -1;
  std::ranges::copy(*key, out);
  return 0;
}

extern "C" int crypto_scalarmult(unsigned char* out, const unsigned char* secret,
                                 const unsigned char* other) {
  using namespace tocsin;
  auto& memory = tests::remembered();
  std::array<std::uint8_t, crypto_scalarmult_BYTES> own{};
  if (crypto_scalarmult_base(own.data(), secret) != 0) return -1;
  ByteView first(own), second(other, crypto_scalarmult_BYTES);
  if (std::ranges::lexicographical_compare(second, first)) std::swap(first, second);
  const auto [agreed, fresh] = memory.agreed.at(tests::name_of({first, second}));
  ++memory.counts.agreements;
  if (fresh) {
    ++memory.counts.agreements_computed;
    agreed->verdict = crypto_scalarmult_curve25519(agreed->secret.data(), secret, other);
  }
  std::ranges::copy(agreed->secret, out);
  return agreed->verdict;
}
