// Files of a simulated machine. They outlive its crashes; what was not synced may not.
#pragma once

#include <map>
#include <set>

#include "mesh/world/disk.hpp"
#include "mesh/world/sim_universe.hpp"

namespace tocsin::mesh {

/// What lies on the machine's disk. A test sets its faults here.
class SimPlatter {
 public:
  /// Every sync from now on fails, as on a dying disk.
  void fail_syncs(bool failing) { syncs_fail_ = failing; }
  /// Writes that would hold more than this are refused as `full`.
  void set_space(std::uint64_t bytes) { space_ = bytes; }
  /// Cuts every file back to what was synced; with `keep_unsynced` a random part of the
  /// rest stays, of which a part may read as zeros.
  void lose_unsynced(SimChance& chance, bool keep_unsynced);
  std::uint64_t bytes_used() const;

 private:
  friend class SimDisk;
  friend class SimAppendFile;
  struct File {
    Bytes bytes;
    std::size_t synced = 0;
  };
  std::map<Path, std::shared_ptr<File>> files_;
  std::set<Path> folders_;
  std::uint64_t space_ = std::uint64_t(1) << 40;
  bool syncs_fail_ = false;
};

/// The disk as one life of the machine sees it: after a crash every call fails. Lifetime:
/// `platter` and `life` outlive it and the files opened on it.
class SimDisk final : public Disk {
 public:
  SimDisk(SimPlatter& platter, const SimLife& life) : platter_(platter), life_(life) {}
  Result<Bytes> read(const Path& path, std::size_t bytes_max) override;
  Result<void> write_atomic(const Path& path, ByteView bytes, FileMode mode) override;
  Result<std::unique_ptr<ReadFile>> open_read(const Path& path) override;
  Result<std::unique_ptr<AppendFile>> open_append(const Path& path,
                                                  FileMode mode) override;
  Result<void> make_folders(const Path& path, FileMode mode) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  Result<void> remove(const Path& path) override;
  Result<void> replace(const Path& from, const Path& to) override;
  bool exists(const Path& path) override;
  Result<std::uint64_t> size(const Path& path) override;
  Result<std::uint64_t> free_space(const Path& path) override;
  Result<std::unique_ptr<AppendFile>> lock(const Path& path) override;

 private:
  Result<void> check_writable(const Path& path, std::size_t more) const;
  Result<std::shared_ptr<SimPlatter::File>> find(const Path& path) const;
  Result<std::shared_ptr<SimPlatter::File>> open_or_make(const Path& path);

  SimPlatter& platter_;
  const SimLife& life_;
  std::map<Path, std::weak_ptr<void>> locks_;
};

}  // namespace tocsin::mesh
