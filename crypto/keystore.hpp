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

  /// Adds or replaces; name ≤ 255, secret ≤ 4,096 bytes, at most 64 of them.
  void put(std::string_view name, ByteView secret);
  /// Errors: not_found.
  Result<ByteView> get(std::string_view name) const;

  /// Argon2id's price: 3 passes over 256 MiB, or 2 over 64 MiB. Source: libsodium's limits.
  enum class Cost { interactive, moderate };

  /// The file's bytes. Without a passphrase (an empty one is none) the secrets stand in clear,
  /// marked as such. Throws std::bad_alloc where Argon2id's memory cannot be had.
  Bytes lock(std::optional<std::string_view> passphrase, Entropy& entropy,
             Cost cost = Cost::moderate) const;
  /// A file without a passphrase opens whatever is given.
  /// Errors: unauthenticated (wrong or missing passphrase, altered file), invalid,
  /// unsupported (version), too_large (asks for more than 10 passes or 1 GiB; nothing is
  /// allocated for it), io (no memory).
  static Result<KeyRing> unlock(ByteView file, std::optional<std::string_view> passphrase);

 private:
  struct Entry;
  static Result<KeyRing> read_entries(ByteView content);
  std::vector<Entry> entries_;
};

/// True when the file was written without a passphrase. Errors: invalid.
Result<bool> is_unprotected(ByteView key_file);

}  // namespace tocsin::crypto
