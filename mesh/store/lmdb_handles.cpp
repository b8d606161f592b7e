#include "mesh/store/lmdb_handles.hpp"

#include <cerrno>

namespace tocsin::mesh {

std::unexpected<Error> lmdb_failed(std::string_view what, int code) {
  Errc errc = Errc::io;
  if (code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT) errc = Errc::full;
  if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID ||
      code == MDB_VERSION_MISMATCH)
    errc = Errc::corrupt;
  Error error{errc, fmt::format("store: {}: {}", what, mdb_strerror(code))};
  if (errc == Errc::corrupt)
    error.hint = "move the store's folder away and start again: what partners hold comes back";
  return std::unexpected(std::move(error));
}

Result<LmdbTransaction> LmdbTransaction::begin(MDB_env* env, unsigned flags) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env, nullptr, flags, &txn); code != 0)
    return lmdb_failed("begin", code);
  return LmdbTransaction(txn);
}

Result<void> LmdbTransaction::commit() {
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code != 0) return lmdb_failed("commit", code);
  return {};
}

Result<LmdbCursor> LmdbCursor::open(MDB_txn* txn, MDB_dbi database) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn, database, &cursor); code != 0)
    return lmdb_failed("cursor", code);
  return LmdbCursor(cursor);
}

Result<std::optional<LmdbCursor::Entry>> LmdbCursor::move(MDB_val key, MDB_cursor_op op) {
  MDB_val value{};
  const int code = mdb_cursor_get(cursor_, &key, &value, op);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return lmdb_failed("read", code);
  return Entry{lmdb_view(key), lmdb_view(value)};
}

Result<std::optional<LmdbCursor::Entry>> LmdbCursor::seek(ByteView key) {
  // LMDB takes no empty key.
  return key.empty() ? move({}, MDB_FIRST) : move(lmdb_value(key), MDB_SET_RANGE);
}
Result<std::optional<LmdbCursor::Entry>> LmdbCursor::next() { return move({}, MDB_NEXT); }
Result<std::optional<LmdbCursor::Entry>> LmdbCursor::previous() { return move({}, MDB_PREV); }
Result<std::optional<LmdbCursor::Entry>> LmdbCursor::last() { return move({}, MDB_LAST); }

Result<std::optional<ByteView>> lmdb_get(MDB_txn* txn, MDB_dbi database, ByteView key) {
  auto from = lmdb_value(key);
  MDB_val value{};
  const int code = mdb_get(txn, database, &from, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return lmdb_failed("read", code);
  return lmdb_view(value);
}

Result<void> lmdb_put(MDB_txn* txn, MDB_dbi database, ByteView key, ByteView value) {
  auto at = lmdb_value(key);
  auto what = lmdb_value(value);
  if (const int code = mdb_put(txn, database, &at, &what, 0); code != 0)
    return lmdb_failed("write", code);
  return {};
}

}  // namespace tocsin::mesh
