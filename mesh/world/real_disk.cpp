#include "mesh/world/real_disk.hpp"

#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace tocsin::mesh {

namespace {

std::string_view mending(int error) {
  if (error == ENOENT || error == ENOTDIR) return "check the path";
  if (error == EISDIR) return "this is a folder: name a file";
  if (error == EACCES || error == EPERM) return "check owner and mode, or run as another user";
  if (error == ENOSPC || error == EDQUOT) return "make room on that disk";
  if (error == EROFS) return "that medium is read-only: name a place that can be written";
  return {};
}

std::unexpected<Error> failed(const Path& path, std::string_view doing, int error) {
  Errc code = Errc::io;
  if (error == ENOENT || error == ENOTDIR) code = Errc::not_found;
  if (error == ENOSPC || error == EDQUOT) code = Errc::full;
  return std::unexpected(
      Error{code, fmt::format("{}: cannot {}: {}", path.string(), doing, std::strerror(error)),
            std::string(mending(error))});
}

std::unexpected<Error> too_large(const Path& path, std::string_view how) {
  return std::unexpected(Error{Errc::too_large, fmt::format("{}: {}", path.string(), how),
                               "is it the file that you meant?"});
}

/// An open file, closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

mode_t bits_of(FileMode mode) { return mode == FileMode::secret ? 0600 : 0644; }

Result<Descriptor> open_at(const Path& path, int flags, mode_t mode,
                           std::string_view doing) {
  int number;
  do number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  while (number < 0 && errno == EINTR);
  if (number < 0) return failed(path, doing, errno);
  return Descriptor(number);
}

// Without waiting for somebody to write into a pipe that nobody has open: that reads as empty. A
// pipe with a writer is read to its end; devices have none.
Result<Descriptor> open_for_reading(const Path& path) {
  auto file = open_at(path, O_RDONLY | O_NONBLOCK, 0, "open");
  if (!file) return file;
  struct stat about {};
  if (::fstat(file->number(), &about) != 0) return failed(path, "read", errno);
  if (S_ISDIR(about.st_mode)) return failed(path, "read", EISDIR);
  if (S_ISBLK(about.st_mode) || (S_ISCHR(about.st_mode) && ::isatty(file->number()) == 0))
    return std::unexpected(Error{Errc::io, path.string() + ": is a device, no file", "name a file"});
  const int flags = ::fcntl(file->number(), F_GETFL);
  if (flags < 0 || ::fcntl(file->number(), F_SETFL, flags & ~O_NONBLOCK) != 0)
    return failed(path, "read", errno);
  return file;
}

// A device or pipe that was renamed over would be gone for everybody.
Result<void> check_replaceable(const Path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || S_ISREG(about.st_mode)) return {};
  if (S_ISDIR(about.st_mode)) return failed(path, "write", EISDIR);
  return std::unexpected(
      Error{Errc::io, path.string() + ": is no file, and is not replaced by one", "name a file"});
}

Result<void> write_all(int number, const Path& path, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path, "write", errno);
    bytes = bytes.subspan(std::size_t(written));
  }
  return {};
}

Result<std::size_t> read_part(int number, const Path& path, MutableByteView out) {
  for (;;) {
    const auto got = ::read(number, out.data(), out.size());
    if (got >= 0) return std::size_t(got);
    if (errno != EINTR) return failed(path, "read", errno);
  }
}

Path folder_of(const Path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? Path(".") : parent;
}

Result<void> sync_folder(const Path& folder) {
  const auto opened = open_at(folder, O_RDONLY | O_DIRECTORY, 0, "open");
  if (!opened) return std::unexpected(opened.error());
  if (::fsync(opened->number()) != 0) return failed(folder, "sync", errno);
  return {};
}

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(Descriptor file, Path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  Result<void> append(ByteView bytes) override {
    return write_all(file_.number(), path_, bytes);
  }
  Result<void> sync() override {
    if (::fdatasync(file_.number()) != 0) return failed(path_, "sync", errno);
    return {};
  }

 private:
  Descriptor file_;
  Path path_;
};

class RealReadFile final : public ReadFile {
 public:
  RealReadFile(Descriptor file, Path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  Result<std::size_t> read(MutableByteView out) override {
    return read_part(file_.number(), path_, out);
  }

 private:
  Descriptor file_;
  Path path_;
};

constexpr std::string_view random_part = ".XXXXXX", temporary_end = ".tocsin-new";
constexpr time_t abandoned_after_s = 600;

Result<void> fill(int number, const Path& path, ByteView bytes, FileMode mode) {
  if (::fchmod(number, bits_of(mode)) != 0) return failed(path, "chmod", errno);
  if (const auto done = write_all(number, path, bytes); !done) return done;
  if (::fsync(number) != 0) return failed(path, "sync", errno);
  return {};
}

// Beside `path`, under a name that no other writer has. Errors of creation name `path`, which
// somebody asked for, and not the temporary file.
Result<Path> write_temporary(const Path& path, ByteView bytes, FileMode mode) {
  auto name = fmt::format("{}{}{}", path.string(), random_part, temporary_end);
  const Descriptor file(::mkostemps(name.data(), int(temporary_end.size()), O_CLOEXEC));
  if (file.number() < 0) return failed(path, "create", errno);
  if (const auto filled = fill(file.number(), name, bytes, mode); !filled) {
    ::unlink(name.c_str());
    return std::unexpected(filled.error());
  }
  return Path(name);
}

bool is_temporary_of(std::string_view file, std::string_view name) {
  return file.size() == name.size() + random_part.size() + temporary_end.size() &&
         file.starts_with(name) && file[name.size()] == '.' && file.ends_with(temporary_end);
}

// Removes what writers of `path` that died left beside it.
void sweep(const Path& path) {
  const auto name = path.filename().string();
  std::error_code error;
  std::filesystem::directory_iterator at(folder_of(path), error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (!is_temporary_of(at->path().filename().string(), name)) continue;
    struct stat about {};
    if (::lstat(at->path().c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
        about.st_mtime + abandoned_after_s < ::time(nullptr))
      ::unlink(at->path().c_str());
  }
}

}  // namespace

Result<Bytes> RealDisk::read(const Path& path, std::size_t bytes_max) {
  const auto file = open_for_reading(path);
  if (!file) return std::unexpected(file.error());
  struct stat about {};
  if (::fstat(file->number(), &about) != 0) return failed(path, "read", errno);
  if (S_ISREG(about.st_mode) && std::uint64_t(about.st_size) > bytes_max)
    return too_large(path, fmt::format("{} bytes, limit {}", about.st_size, bytes_max));
  Bytes out;
  std::size_t held = 0;
  // One byte of room past the size finds the end without a second growth.
  out.resize(std::min(bytes_max, std::size_t(about.st_size)) + 1);
  for (;;) {
    const auto got = read_part(file->number(), path, MutableByteView(out).subspan(held));
    if (!got) return std::unexpected(got.error());
    if (*got == 0) break;
    held += *got;
    if (held > bytes_max)
      return too_large(path, fmt::format("more than {} bytes", bytes_max));
    if (held == out.size()) out.resize(std::min(2 * held, bytes_max) + 1);
  }
  out.resize(held);
  return out;
}

Result<void> RealDisk::write_atomic(const Path& path, ByteView bytes, FileMode mode) {
  if (const auto replaceable = check_replaceable(path); !replaceable) return replaceable;
  const auto temporary = write_temporary(path, bytes, mode);
  if (!temporary) return std::unexpected(temporary.error());
  if (::rename(temporary->c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary->c_str());
    return failed(path, "replace", error);
  }
  sweep(path);
  return sync_folder(folder_of(path));
}

Result<std::unique_ptr<ReadFile>> RealDisk::open_read(const Path& path) {
  auto file = open_for_reading(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<RealReadFile>(std::move(*file), path);
}

Result<std::unique_ptr<AppendFile>> RealDisk::open_append(const Path& path,
                                                          FileMode mode) {
  const bool fresh = !exists(path);
  auto file = open_at(path, O_WRONLY | O_CREAT | O_APPEND, bits_of(mode), "open");
  if (!file) return std::unexpected(file.error());
  // Without this the bytes of a new file could be durable, but not its name.
  if (fresh)
    if (const auto synced = sync_folder(folder_of(path)); !synced)
      return std::unexpected(synced.error());
  return std::make_unique<RealAppendFile>(std::move(*file), path);
}

Result<void> RealDisk::make_folders(const Path& path, FileMode mode) {
  Path made;
  for (const auto& part : path) {
    made /= part;
    if (made.empty() || exists(made)) continue;
    const mode_t bits = mode == FileMode::secret ? 0700 : 0755;
    if (::mkdir(made.c_str(), bits) != 0 && errno != EEXIST)
      return failed(made, "make the folder", errno);
    if (const auto synced = sync_folder(folder_of(made)); !synced) return synced;
  }
  std::error_code error;
  if (!std::filesystem::is_directory(path, error))
    return failed(path, "make the folder", EEXIST);
  return {};
}

Result<std::vector<std::string>> RealDisk::list(const Path& path) {
  std::error_code error;
  std::vector<std::string> out;
  std::filesystem::directory_iterator at(path, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error))
    out.push_back(at->path().filename().string());
  if (error) return failed(path, "list", error.value());
  std::sort(out.begin(), out.end());
  return out;
}

Result<void> RealDisk::remove(const Path& path) {
  if (::remove(path.c_str()) != 0) return failed(path, "remove", errno);
  return sync_folder(folder_of(path));
}

Result<void> RealDisk::replace(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed(to, "replace", errno);
  return sync_folder(folder_of(to));
}

bool RealDisk::exists(const Path& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0;
}

Result<std::uint64_t> RealDisk::size(const Path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return failed(path, "read the size", errno);
  return std::uint64_t(about.st_size);
}

Result<std::uint64_t> RealDisk::free_space(const Path& path) {
  struct statvfs about {};
  if (::statvfs(path.c_str(), &about) != 0)
    return failed(path, "ask for free space", errno);
  return std::uint64_t(about.f_bavail) * about.f_frsize;
}

Result<std::unique_ptr<AppendFile>> RealDisk::lock(const Path& path) {
  auto file = open_at(path, O_WRONLY | O_CREAT | O_APPEND, 0600, "open");
  if (!file) return std::unexpected(file.error());
  if (::flock(file->number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(Errc::refused, "{}: another process holds this lock", path.string());
    return failed(path, "lock", errno);
  }
  return std::make_unique<RealAppendFile>(std::move(*file), path);
}

}  // namespace tocsin::mesh
