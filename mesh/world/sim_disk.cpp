#include "mesh/world/sim_disk.hpp"

namespace tocsin::mesh {

/// Grows a file, and holds its lock if it has one.
class SimAppendFile final : public AppendFile {
 public:
  using File = SimPlatter::File;
  SimAppendFile(SimPlatter& platter, const SimLife& life, std::shared_ptr<File> file,
                std::shared_ptr<void> lock)
      : platter_(platter), life_(life), file_(std::move(file)), lock_(std::move(lock)) {}
  Result<void> append(ByteView bytes) override {
    if (!life_.alive) return fail(Errc::io, "the machine has crashed");
    if (platter_.bytes_used() + bytes.size() > platter_.space_)
      return fail(Errc::full, "cannot write: no space left on the device");
    file_->bytes.insert(file_->bytes.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> sync() override {
    if (!life_.alive) return fail(Errc::io, "the machine has crashed");
    if (platter_.syncs_fail_) return fail(Errc::io, "cannot sync: input/output error");
    file_->synced = file_->bytes.size();
    return {};
  }

 private:
  SimPlatter& platter_;
  const SimLife& life_;
  std::shared_ptr<File> file_;
  std::shared_ptr<void> lock_;
};

namespace {

Path parent_of(const Path& path) { return path.lexically_normal().parent_path(); }

}  // namespace

/// Reads a file that may still grow.
class SimReadFile final : public ReadFile {
 public:
  explicit SimReadFile(std::shared_ptr<const Bytes> bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(MutableByteView out) override {
    const auto from = std::min(at_, bytes_->size());
    const auto count = std::min(out.size(), bytes_->size() - from);
    std::copy_n(bytes_->begin() + std::ptrdiff_t(from), count, out.begin());
    at_ = from + count;
    return count;
  }

 private:
  std::shared_ptr<const Bytes> bytes_;
  std::size_t at_ = 0;
};

std::uint64_t SimPlatter::bytes_used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : files_) sum += file->bytes.size();
  return sum;
}

void SimPlatter::lose_unsynced(SimChance& chance, bool keep_unsynced) {
  for (auto& [path, file] : files_) {
    const auto unsynced = file->bytes.size() - file->synced;
    const auto kept = keep_unsynced ? std::size_t(chance.below(unsynced + 1)) : 0;
    file->bytes.resize(file->synced + kept);
    if (kept > 0 && chance.happens(0.5)) {
      const auto from = file->synced + std::size_t(chance.below(kept));
      std::fill(file->bytes.begin() + std::ptrdiff_t(from), file->bytes.end(),
                std::uint8_t(0));
    }
    file->synced = file->bytes.size();
  }
}

Result<void> SimDisk::check_writable(const Path& path, std::size_t more) const {
  if (!life_.alive) return fail(Errc::io, "{}: the machine has crashed", path.string());
  const auto parent = parent_of(path);
  if (!parent.empty() && parent != "/" && !platter_.folders_.contains(parent))
    return fail(Errc::not_found, "{}: there is no such folder", parent.string());
  if (platter_.bytes_used() + more > platter_.space_)
    return fail(Errc::full, "{}: cannot write: no space left on the device",
                path.string());
  return {};
}

Result<std::shared_ptr<SimPlatter::File>> SimDisk::find(const Path& path) const {
  if (!life_.alive) return fail(Errc::io, "{}: the machine has crashed", path.string());
  const auto found = platter_.files_.find(path.lexically_normal());
  if (found == platter_.files_.end())
    return fail(Errc::not_found, "{}: cannot open: no such file", path.string());
  return found->second;
}

Result<std::shared_ptr<SimPlatter::File>> SimDisk::open_or_make(const Path& path) {
  if (const auto ready = check_writable(path, 0); !ready)
    return std::unexpected(ready.error());
  auto& file = platter_.files_[path.lexically_normal()];
  if (!file) file = std::make_shared<SimPlatter::File>();
  return file;
}

Result<Bytes> SimDisk::read(const Path& path, std::size_t bytes_max) {
  const auto file = find(path);
  if (!file) return std::unexpected(file.error());
  if ((*file)->bytes.size() > bytes_max)
    return fail(Errc::too_large, "{}: more than {} bytes", path.string(), bytes_max);
  return (*file)->bytes;
}

Result<void> SimDisk::write_atomic(const Path& path, ByteView bytes, FileMode) {
  if (const auto ready = check_writable(path, bytes.size()); !ready) return ready;
  if (platter_.syncs_fail_)
    return fail(Errc::io, "{}: cannot sync: input/output error", path.string());
  auto file = std::make_shared<SimPlatter::File>();
  file->bytes.assign(bytes.begin(), bytes.end());
  file->synced = bytes.size();
  platter_.files_[path.lexically_normal()] = std::move(file);
  return {};
}

Result<std::unique_ptr<ReadFile>> SimDisk::open_read(const Path& path) {
  const auto file = find(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<SimReadFile>(
      std::shared_ptr<const Bytes>(*file, &(*file)->bytes));
}

Result<std::unique_ptr<AppendFile>> SimDisk::open_append(const Path& path, FileMode) {
  const auto file = open_or_make(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<SimAppendFile>(platter_, life_, *file, nullptr);
}

Result<void> SimDisk::make_folders(const Path& path, FileMode) {
  if (!life_.alive) return fail(Errc::io, "{}: the machine has crashed", path.string());
  Path made;
  for (const auto& part : path.lexically_normal()) {
    made /= part;
    if (platter_.files_.contains(made))
      return fail(Errc::io, "{}: cannot make the folder: a file is there", made.string());
    if (!part.empty()) platter_.folders_.insert(made);
  }
  return {};
}

Result<std::vector<std::string>> SimDisk::list(const Path& path) {
  const auto folder = path.lexically_normal();
  if (!life_.alive) return fail(Errc::io, "{}: the machine has crashed", path.string());
  if (!platter_.folders_.contains(folder))
    return fail(Errc::not_found, "{}: cannot list: no such folder", path.string());
  std::vector<std::string> out;
  for (const auto& [file, content] : platter_.files_)
    if (file.parent_path() == folder) out.push_back(file.filename().string());
  for (const auto& inner : platter_.folders_)
    if (inner.parent_path() == folder && inner != folder)
      out.push_back(inner.filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

Result<void> SimDisk::remove(const Path& path) {
  if (!life_.alive) return fail(Errc::io, "{}: the machine has crashed", path.string());
  const auto normal = path.lexically_normal();
  if (platter_.files_.erase(normal) > 0) return {};
  if (!platter_.folders_.contains(normal))
    return fail(Errc::not_found, "{}: cannot remove: no such file", path.string());
  if (!list(path)->empty())
    return fail(Errc::io, "{}: cannot remove: the folder is not empty", path.string());
  platter_.folders_.erase(normal);
  return {};
}

Result<void> SimDisk::replace(const Path& from, const Path& to) {
  const auto file = find(from);
  if (!file) return std::unexpected(file.error());
  if (const auto ready = check_writable(to, 0); !ready) return ready;
  platter_.files_[to.lexically_normal()] = *file;
  platter_.files_.erase(from.lexically_normal());
  return {};
}

bool SimDisk::exists(const Path& path) {
  const auto normal = path.lexically_normal();
  return platter_.files_.contains(normal) || platter_.folders_.contains(normal);
}

Result<std::uint64_t> SimDisk::size(const Path& path) {
  const auto file = find(path);
  if (!file) return std::unexpected(file.error());
  return std::uint64_t((*file)->bytes.size());
}

Result<std::uint64_t> SimDisk::free_space(const Path&) {
  const auto used = platter_.bytes_used();
  return platter_.space_ > used ? platter_.space_ - used : 0;
}

Result<std::unique_ptr<AppendFile>> SimDisk::lock(const Path& path) {
  const auto file = open_or_make(path);
  if (!file) return std::unexpected(file.error());
  auto& held = locks_[path.lexically_normal()];
  if (!held.expired())
    return fail(Errc::refused, "{}: another process holds this lock", path.string());
  auto lock = std::make_shared<int>(0);
  held = lock;
  return std::make_unique<SimAppendFile>(platter_, life_, *file, std::move(lock));
}

}  // namespace tocsin::mesh
