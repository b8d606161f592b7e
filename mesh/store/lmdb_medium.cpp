#include "mesh/store/lmdb_medium.hpp"

#include "mesh/store/batch_entry.hpp"
#include "mesh/store/real_pages.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t map_bytes = std::size_t(1) << 40;
constexpr unsigned readers_max = 64;
constexpr unsigned databases_max = 8;
constexpr mdb_mode_t file_mode = 0600;
constexpr std::string_view format_key = "format";
constexpr std::string_view format_value = "tocsin store 1";
/// Left free on the disk, so that the rest of the agent can still write.
constexpr std::uint64_t disk_reserve = 64 * 1024 * 1024;
/// LMDB's own database of the pages that each transaction freed.
constexpr MDB_dbi free_database = 0;
constexpr std::size_t free_lists_max = 16'384;
/// Counting more lists than this is too much work after each commit.
constexpr std::size_t free_lists_quick = 64, free_recount = 64;

// A file that was cut short ends the process once a page beyond its end is touched. Filled up with
// zeros it reads as what it is: corrupt there, and whole elsewhere. (LMDB itself may leave out
// pages at the end that nothing refers to.) Who only reads changes nothing: a live writer may be
// about to grow the file.
Result<void> fill_up(MDB_env* env, const Path& file, LmdbMedium::Access access) {
  MDB_envinfo info{};
  MDB_stat stat{};
  int code = mdb_env_info(env, &info);
  if (code == 0) code = mdb_env_stat(env, &stat);
  if (code != 0) return lmdb_failed(file.string(), code);
  const auto needed = (std::uint64_t(info.me_last_pgno) + 1) * stat.ms_psize;
  std::error_code bad;
  const auto size = std::filesystem::file_size(file, bad);
  if (!bad && size < needed && access == LmdbMedium::Access::read_only)
    return fail(Errc::corrupt, "store: {} is cut short: {} of {} bytes", file.string(), size, needed);
  if (!bad && size < needed) std::filesystem::resize_file(file, needed, bad);
  if (bad) return fail(Errc::corrupt, "store: {}: {}", file.string(), bad.message());
  return {};
}

bool begins_with(ByteView bytes, ByteView prefix) {
  return bytes.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

}  // namespace

Result<std::shared_ptr<LmdbMedium>> LmdbMedium::open(World& world, StoreOptions options,
                                                     Access access,
                                                     std::unique_ptr<AppendFile> lock) {
  std::shared_ptr<LmdbMedium> out(new LmdbMedium(world, std::move(options)));
  out->lock_ = std::move(lock);
  if (const auto opened = out->open_environment(access); !opened)
    return std::unexpected(opened.error());
  if (const auto opened = out->open_databases(access); !opened)
    return std::unexpected(opened.error());
  return out;
}

Result<void> LmdbMedium::open_environment(Access access) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env); code != 0) return lmdb_failed("create", code);
  env_.reset(env);
  int code = mdb_env_set_mapsize(env, map_bytes);
  if (code == 0) code = mdb_env_set_maxdbs(env, databases_max);
  if (code == 0) code = mdb_env_set_maxreaders(env, readers_max);
  const unsigned flags = MDB_NOTLS | (access == Access::read_only ? MDB_RDONLY : 0);
  if (code == 0) code = mdb_env_open(env, options_.folder.c_str(), flags, file_mode);
  if (code != 0) return lmdb_failed(options_.folder.string(), code);
  if (const auto whole = fill_up(env, options_.folder / "data.mdb", access); !whole) return whole;
  int dead = 0;
  if (access == Access::read_write) mdb_reader_check(env, &dead);
  return {};
}

Result<void> LmdbMedium::open_databases(Access access) {
  const bool writing = access == Access::read_write;
  auto txn = LmdbTransaction::begin(env_.get(), writing ? 0 : MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  const std::pair<const char*, MDB_dbi*> databases[] = {
      {"batches", &batches_}, {"order", &order_}, {"facts", &facts_}, {"about", &about_}};
  for (const auto& [name, handle] : databases) {
    const int code = mdb_dbi_open(txn->get(), name, writing ? MDB_CREATE : 0, handle);
    if (code == MDB_NOTFOUND)
      return fail(Errc::not_found, "store: {} holds none", options_.folder.string());
    if (code != 0) return lmdb_failed("open", code);
  }
  const auto format = lmdb_get(txn->get(), about_, bytes_of(format_key));
  if (!format) return std::unexpected(format.error());
  if (*format && text_of(**format) != format_value)
    return fail(Errc::unsupported, "store: {} has another format", options_.folder.string());
  if (!*format && writing) {
    const auto put = lmdb_put(txn->get(), about_, bytes_of(format_key), bytes_of(format_value));
    if (!put) return put;
  }
  return txn->commit();
}

Result<void> LmdbMedium::write(const Writes& writes) {
  auto txn = LmdbTransaction::begin(env_.get(), 0);
  if (!txn) return std::unexpected(txn.error());
  for (const auto& write : writes) {
    const auto done = std::visit([&](const auto& one) { return put(txn->get(), one); }, write);
    if (!done) return done;
  }
  return txn->commit();
}

Result<void> LmdbMedium::put(MDB_txn* txn, const BatchWrite& write) {
  const auto& placed = write.placed;
  const auto key = batch_key(placed.batch.log, placed.batch.sequence);
  auto at = lmdb_value(key);
  // A smaller value would be written into the pages of the larger one, and free none of them.
  if (placed.batch.dropped())
    if (const int code = mdb_del(txn, batches_, &at, nullptr); code != 0 && code != MDB_NOTFOUND)
      return lmdb_failed("write", code);
  MDB_val value{batch_front_bytes + placed.batch.encoded->size(), nullptr};
  if (const int code = mdb_put(txn, batches_, &at, &value, MDB_RESERVE); code != 0)
    return lmdb_failed("write", code);
  write_batch_value(placed, {static_cast<std::uint8_t*>(value.mv_data), value.mv_size});
  if (write.replaces) {
    const auto old = place_key(*write.replaces);
    auto old_at = lmdb_value(old);
    if (const int code = mdb_del(txn, order_, &old_at, nullptr); code != 0 && code != MDB_NOTFOUND)
      return lmdb_failed("write", code);
  }
  return lmdb_put(txn, order_, place_key(placed.place), order_value(placed));
}

Result<void> LmdbMedium::put(MDB_txn* txn, const FactWrite& write) {
  if (!write.value->empty()) return lmdb_put(txn, facts_, write.key, *write.value);
  auto at = lmdb_value(write.key);
  if (const int code = mdb_del(txn, facts_, &at, nullptr); code != 0 && code != MDB_NOTFOUND)
    return lmdb_failed("write", code);
  return {};
}

Result<std::optional<PlacedBatch>> LmdbMedium::find(const LogKey& log, std::uint64_t sequence) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  const auto value = lmdb_get(txn->get(), batches_, batch_key(log, sequence));
  if (!value) return std::unexpected(value.error());
  if (!*value) return std::nullopt;
  return read_batch_value(log, sequence, **value);
}

Result<std::optional<PlacedBatch>> LmdbMedium::holding(std::uint64_t ordinal) {
  std::optional<PlacedBatch> place;
  {
    const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
    if (!txn) return std::unexpected(txn.error());
    auto cursor = LmdbCursor::open(txn->get(), order_);
    if (!cursor) return std::unexpected(cursor.error());
    auto entry = cursor->seek(place_key({ordinal + 1, 0}));
    if (entry) entry = *entry ? cursor->previous() : cursor->last();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return std::nullopt;
    auto read = read_order_entry((*entry)->key, (*entry)->value);
    if (!read) return std::unexpected(read.error());
    place = std::move(*read);
  }
  if (ordinal - place->place.first_ordinal >= place->batch.readable) return std::nullopt;
  return find(place->batch.log, place->batch.sequence);
}

Result<Medium::Range> LmdbMedium::range(const LogKey& log, std::uint64_t first,
                                        std::size_t batches_max, std::size_t bytes_max) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  auto cursor = LmdbCursor::open(txn->get(), batches_);
  if (!cursor) return std::unexpected(cursor.error());
  const auto prefix = encode_log_key(log);
  Range out;
  std::size_t bytes = 0;
  auto entry = cursor->seek(batch_key(log, first));
  for (; entry && *entry && begins_with((*entry)->key, prefix); entry = cursor->next()) {
    out.cut = out.batches.size() >= batches_max || bytes >= bytes_max;
    if (out.cut) break;
    const auto name = read_batch_key((*entry)->key);
    if (!name) return std::unexpected(name.error());
    auto batch = read_batch_value(log, name->second, (*entry)->value);
    if (!batch && out.batches.empty()) return std::unexpected(batch.error());
    out.cut = !batch;
    if (out.cut) break;
    bytes += batch->batch.encoded->size();
    out.batches.push_back(std::move(*batch));
  }
  if (!entry) return std::unexpected(entry.error());
  return out;
}

Result<Medium::Chunk> LmdbMedium::chunk(Place from) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  auto cursor = LmdbCursor::open(txn->get(), order_);
  if (!cursor) return std::unexpected(cursor.error());
  Chunk out;
  MappedPages read;
  std::size_t bytes = 0;
  auto entry = cursor->seek(place_key(from));
  for (; entry && *entry; entry = cursor->next()) {
    const auto place = read_order_entry((*entry)->key, (*entry)->value);
    if (!place) return std::unexpected(place.error());
    if (out.batches.size() >= chunk_batches_max || bytes >= chunk_bytes_max) {
      out.next = place->place;
      break;
    }
    const auto& name = place->batch;
    const auto value = lmdb_get(txn->get(), batches_, batch_key(name.log, name.sequence));
    if (!value) return std::unexpected(value.error());
    auto batch = *value ? read_batch_value(name.log, name.sequence, **value)
                        : fail(Errc::corrupt, "store: a batch is missing");
    if (*value) read.add(**value);
    if (batch) {
      bytes += batch->batch.encoded->size();
      out.batches.push_back(std::move(*batch));
    } else {
      out.corrupt.emplace_back(name.log, name.sequence);
    }
  }
  if (!entry) return std::unexpected(entry.error());
  read.release();
  return out;
}

Result<std::optional<PlacedBatch>> LmdbMedium::place_of(const LogKey& log,
                                                        std::uint64_t sequence) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  auto cursor = LmdbCursor::open(txn->get(), order_);
  if (!cursor) return std::unexpected(cursor.error());
  auto entry = cursor->last();
  for (; entry && *entry; entry = cursor->previous()) {
    auto place = read_order_entry((*entry)->key, (*entry)->value);
    if (!place) return std::unexpected(place.error());
    if (place->batch.log == log && place->batch.sequence == sequence) return std::move(*place);
  }
  if (!entry) return std::unexpected(entry.error());
  return std::nullopt;
}

Result<std::optional<Bytes>> LmdbMedium::fact(ByteView key) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  const auto value = lmdb_get(txn->get(), facts_, key);
  if (!value) return std::unexpected(value.error());
  if (!*value) return std::nullopt;
  return Bytes((*value)->begin(), (*value)->end());
}

Result<std::vector<std::pair<Bytes, Bytes>>> LmdbMedium::facts(ByteView prefix) {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  auto cursor = LmdbCursor::open(txn->get(), facts_);
  if (!cursor) return std::unexpected(cursor.error());
  std::vector<std::pair<Bytes, Bytes>> out;
  auto entry = cursor->seek(prefix);
  for (; entry && *entry && begins_with((*entry)->key, prefix); entry = cursor->next()) {
    const auto [key, value] = **entry;
    out.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
  }
  if (!entry) return std::unexpected(entry.error());
  return out;
}

Result<Place> LmdbMedium::end() {
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return std::unexpected(txn.error());
  auto cursor = LmdbCursor::open(txn->get(), order_);
  if (!cursor) return std::unexpected(cursor.error());
  const auto last = cursor->last();
  if (!last) return std::unexpected(last.error());
  if (!*last) return Place{};
  const auto entry = read_order_entry((*last)->key, (*last)->value);
  if (!entry) return std::unexpected(entry.error());
  return Place{entry->place.first_ordinal + entry->batch.readable, entry->place.arrival + 1};
}

std::uint64_t LmdbMedium::bytes_used() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_.get(), &info);
  mdb_env_stat(env_.get(), &stat);
  return (std::uint64_t(info.me_last_pgno) + 1) * stat.ms_psize;
}

// Each list begins with the number of pages in it.
LmdbMedium::FreePages LmdbMedium::free_pages() const {
  FreePages out;
  MDB_stat stat{};
  mdb_env_stat(env_.get(), &stat);
  const auto txn = LmdbTransaction::begin(env_.get(), MDB_RDONLY);
  if (!txn) return out;
  auto cursor = LmdbCursor::open(txn->get(), free_database);
  if (!cursor) return out;
  for (auto entry = cursor->seek({}); entry && *entry && out.lists < free_lists_max;
       entry = cursor->next(), ++out.lists) {
    std::size_t pages = 0;
    if ((*entry)->value.size() < sizeof pages) break;
    std::memcpy(&pages, (*entry)->value.data(), sizeof pages);
    out.bytes += std::uint64_t(pages) * stat.ms_psize;
  }
  return out;
}

std::uint64_t LmdbMedium::bytes_free() const { return free_pages().bytes; }

std::uint64_t LmdbMedium::room() {
  const auto free = world_.disk.free_space(options_.folder).value_or(0);
  const auto on_disk = free > disk_reserve ? free - disk_reserve : 0;
  if (free_.lists <= free_lists_quick || ++free_asked_ >= free_recount) {
    free_ = free_pages();
    free_asked_ = 0;
  }
  const auto limit = std::min<std::uint64_t>(options_.size_max, map_bytes);
  const auto file = bytes_used();
  const auto used = file - std::min(file, free_.bytes);
  return std::min(on_disk + free_.bytes, limit > used ? limit - used : 0);
}

}  // namespace tocsin::mesh
