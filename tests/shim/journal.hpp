// Remembers every change to the files of one folder until it was synced, so that the end of the
// process can be made a power cut: what was not synced is taken back, wholly or in part.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lost_writes {

namespace fs = std::filesystem;

enum class Kind : std::uint8_t {
  write,        ///< `old` is what lay at `offset`; the file had `size` bytes
  resize,       ///< to `offset` from `size` bytes; `old` is the tail that it cut off
  sync,         ///< of the file, up to change number `upto`
  sync_pages,   ///< those that `length` bytes at `offset` touch
  create,       ///< `path`
  rename,       ///< `path` to `to`, which was `file` before unless that is 0
  remove,       ///< `path`, which was `file`
  make_folder,  ///< `path`
  remove_folder,
  sync_folder,  ///< the names in `path`, up to change number `upto`
};

struct Change {
  Kind kind;
  std::uint64_t file = 0;  ///< inode; the journal holds a link to it, so the number is not reused
  std::uint64_t offset = 0, length = 0, size = 0, upto = 0;
  std::string path = {}, to = {}, old = {};
};

/// Lies beside the folder, on the same file system. One process at a time; not thread-safe.
class Journal {
 public:
  explicit Journal(const fs::path& folder);

  /// In the page cache when it returns: a kill -9 right after it does not harm it.
  void append(const Change& change);
  std::uint64_t count() const { return count_; }
  /// Keeps the inode behind `path` until the journal is emptied.
  void hold(const fs::path& path, std::uint64_t file) const;
  fs::path held(std::uint64_t file) const { return at_ / std::to_string(file); }

  /// Takes back what was not synced. `seed` 0: all of it; else what a disk might have kept is
  /// drawn from it: any sectors of the writes, and of each folder's names the first few changes.
  void lose_unsynced(std::uint64_t seed);

 private:
  std::vector<Change> changes() const;

  fs::path at_;
  int log_ = -1;
  std::uint64_t count_ = 0;
};

[[noreturn]] void die(const std::string& why);

}  // namespace lost_writes
