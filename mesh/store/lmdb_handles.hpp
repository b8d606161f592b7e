// Owners for LMDB's handles, and its error codes in our words.
#pragma once

#include <memory>
#include <optional>

#include <lmdb.h>

#include "crypto/bytes.hpp"

namespace tocsin::mesh {

/// `code` is not zero. MDB_MAP_FULL and "no space" become full, damaged pages corrupt, else io.
std::unexpected<Error> lmdb_failed(std::string_view what, int code);

inline MDB_val lmdb_value(ByteView bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
inline ByteView lmdb_view(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

struct CloseEnvironment {
  void operator()(MDB_env* env) const { mdb_env_close(env); }
};
using LmdbEnvironment = std::unique_ptr<MDB_env, CloseEnvironment>;

/// A transaction that is aborted unless committed. Begin and end it on one thread, and end it soon:
/// a reader keeps old pages from being used again.
class LmdbTransaction {
 public:
  /// `flags`: 0 or MDB_RDONLY.
  static Result<LmdbTransaction> begin(MDB_env* env, unsigned flags);
  LmdbTransaction(LmdbTransaction&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  LmdbTransaction& operator=(LmdbTransaction&&) = delete;
  ~LmdbTransaction() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
  }
  Result<void> commit();
  MDB_txn* get() const { return txn_; }

 private:
  explicit LmdbTransaction(MDB_txn* txn) : txn_(txn) {}
  MDB_txn* txn_;
};

/// Walks one database; must end before its transaction.
class LmdbCursor {
 public:
  static Result<LmdbCursor> open(MDB_txn* txn, MDB_dbi database);
  LmdbCursor(LmdbCursor&& other) noexcept : cursor_(std::exchange(other.cursor_, nullptr)) {}
  LmdbCursor& operator=(LmdbCursor&&) = delete;
  ~LmdbCursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  struct Entry { ByteView key, value; };
  /// The first entry with a key of at least `key`. Views last as long as the transaction.
  Result<std::optional<Entry>> seek(ByteView key);
  Result<std::optional<Entry>> next();
  Result<std::optional<Entry>> previous();
  Result<std::optional<Entry>> last();

 private:
  explicit LmdbCursor(MDB_cursor* cursor) : cursor_(cursor) {}
  Result<std::optional<Entry>> move(MDB_val key, MDB_cursor_op op);
  MDB_cursor* cursor_;
};

/// Errors: io, corrupt. Nothing when there is no such key.
Result<std::optional<ByteView>> lmdb_get(MDB_txn* txn, MDB_dbi database, ByteView key);
/// Errors: full, io.
Result<void> lmdb_put(MDB_txn* txn, MDB_dbi database, ByteView key, ByteView value);

}  // namespace tocsin::mesh
