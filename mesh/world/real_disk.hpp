// Files of this machine, through POSIX.
#pragma once

#include "mesh/world/disk.hpp"

namespace tocsin::mesh {

/// Every io error names the path, the operation and the system's reason; a full disk is
/// `full`.
class RealDisk final : public Disk {
 public:
  Result<Bytes> read(const Path& path, std::size_t bytes_max) override;
  Result<void> write_atomic(const Path& path, ByteView bytes, FileMode mode) override;
  Result<std::unique_ptr<ReadFile>> open_read(const Path& path) override;
  Result<std::unique_ptr<AppendFile>> open_append(const Path& path,
                                                  FileMode mode) override;
  Result<void> make_folders(const Path& path, FileMode mode) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  /// A file or an empty folder. Errors: not_found, io.
  Result<void> remove(const Path& path) override;
  Result<void> replace(const Path& from, const Path& to) override;
  bool exists(const Path& path) override;
  Result<std::uint64_t> size(const Path& path) override;
  Result<std::uint64_t> free_space(const Path& path) override;
  Result<std::unique_ptr<AppendFile>> lock(const Path& path) override;
};

}  // namespace tocsin::mesh
