#include "tests/simulation/remembered_signatures.hpp"

#include <sodium.h>

#include <unordered_map>

#include "crypto/digest.hpp"

namespace tocsin::tests {
namespace {

struct Remembered {
  std::unordered_map<Digest, int, PrefixHash<Digest>> verdicts;
  SignatureCounts counts;
};

Remembered& remembered() {
  static Remembered out;
  return out;
}

}  // namespace

SignatureCounts signature_counts() { return remembered().counts; }

}  // namespace tocsin::tests

// Stands before the function of this name in libsodium, for this program only: three hundred
// simulated agents check each signature three hundred times, and the answer never changes.
extern "C" int crypto_sign_verify_detached(const unsigned char* signature,
                                           const unsigned char* message,
                                           unsigned long long length,
                                           const unsigned char* key) {
  using namespace tocsin;
  auto& memory = tests::remembered();
  ByteWriter question;
  question.raw(ByteView(signature, crypto_sign_BYTES));
  question.raw(ByteView(key, crypto_sign_PUBLICKEYBYTES));
  question.raw(ByteView(message, std::size_t(length)));
  if (memory.verdicts.size() >= tests::signatures_remembered_max) memory.verdicts.clear();
  const auto [at, fresh] = memory.verdicts.try_emplace(crypto::blake2b(question.bytes()), 0);
  ++memory.counts.asked;
  if (!fresh) return at->second;
  ++memory.counts.checked;
  return at->second = crypto_sign_ed25519_verify_detached(signature, message, length, key);
}
