// Key files at rest: Argon2id over the passphrase, secretstream over the keys.
#pragma once

#include <optional>

#include "crypto/signature.hpp"

namespace tocsin::crypto {

/// The secrets of one key file, by name ("signing", "channel", "sealing", "root", ...). Memory is
/// locked where the system permits, and wiped.
class KeyRing {
 public:
  KeyRing();
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;
  ~KeyRing();

  void put(std::string_view name, ByteView secret);  ///< name ≤ 255, secret ≤ 4,096 bytes
  /// Errors: not_found.
  Result<ByteView> get(std::string_view name) const;

  /// The file's bytes. Without a passphrase the secrets stand in clear, marked as such.
  Bytes lock(std::optional<std::string_view> passphrase, Entropy& entropy) const;
  /// Errors: unauthenticated (wrong or missing passphrase), invalid, unsupported (version).
  static Result<KeyRing> unlock(ByteView file, std::optional<std::string_view> passphrase);

 private:
  struct Entry;
  std::vector<Entry> entries_;
};

/// True when the file was written without a passphrase. Errors: invalid.
Result<bool> is_unprotected(ByteView key_file);

}  // namespace tocsin::crypto
