// Files: small ones whole and atomically, logs by appending.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "crypto/bytes.hpp"

namespace tocsin::mesh {

using Path = std::filesystem::path;

/// A file that grows. Appended bytes are durable after sync().
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  virtual Result<void> append(ByteView bytes) = 0;
  virtual Result<void> sync() = 0;
};

/// Reads a file front to back, for files that may be large or still growing.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  /// Fills a prefix of `out`; 0 at the end. Errors: io.
  virtual Result<std::size_t> read(MutableByteView out) = 0;
};

enum class FileMode { shared, secret };  ///< 0644 and 0600; directories 0755 and 0700

class Disk {
 public:
  virtual ~Disk() = default;
  /// Errors: not_found, io, too_large (more than `bytes_max`).
  virtual Result<Bytes> read(const Path& path, std::size_t bytes_max) = 0;
  /// All or nothing, also across a power cut: temporary file, fsync, rename, fsync of the folder.
  /// Of several writers at once the last one stays, whole.
  virtual Result<void> write_atomic(const Path& path, ByteView bytes, FileMode mode) = 0;
  virtual Result<std::unique_ptr<ReadFile>> open_read(const Path& path) = 0;
  virtual Result<std::unique_ptr<AppendFile>> open_append(const Path& path, FileMode mode) = 0;
  virtual Result<void> make_folders(const Path& path, FileMode mode) = 0;
  /// Names in a folder, sorted. Errors: not_found, io.
  virtual Result<std::vector<std::string>> list(const Path& path) = 0;
  virtual Result<void> remove(const Path& path) = 0;
  /// Gives the synced file `from` the name `to`, whatever had that before; durable when done.
  /// Both lie on one file system. Errors: not_found, io.
  virtual Result<void> replace(const Path& from, const Path& to) = 0;
  virtual bool exists(const Path& path) = 0;
  virtual Result<std::uint64_t> size(const Path& path) = 0;
  /// Bytes left for this user on the file system that holds `path`.
  virtual Result<std::uint64_t> free_space(const Path& path) = 0;
  /// Takes an exclusive lock that lasts as long as the returned object (advisory, whole file).
  /// Errors: refused (another process holds it), io.
  virtual Result<std::unique_ptr<AppendFile>> lock(const Path& path) = 0;
};

}  // namespace tocsin::mesh
