// Loaded before a program with LD_PRELOAD, it makes every end of the program a power cut for the
// files below LOST_WRITES_FOLDER: at the next start under it, what had not been synced is gone.
// Modelled is what the agent and LMDB write with; whoever takes to fopen or copy_file_range adds it.
// LOST_WRITES_SEED: 0 loses all of that, any other number a part of it. LOST_WRITES_DEAF=1: the
// disk says that it synced, and did not. LOST_WRITES_FAULT names a file; while it is there, the word
// in it says what goes wrong: "sync" (fails), "write" (fails), "full", or "short" (half is written).
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/shim/journal.hpp"

namespace lost_writes {
namespace {

/// Every call of the program that changes a file passes here, one at a time.
struct Watch {
  Watch(fs::path watched, std::uint64_t seed, bool is_deaf, const char* fault_file)
      : folder(std::move(watched)), journal(folder), deaf(is_deaf),
        fault(fault_file ? fault_file : "") {
    journal.lose_unsynced(seed);
  }

  /// What is wrong with the disk now; empty when nothing is.
  std::string ill() const {
    const int fd = fault.empty() ? -1
                                 : int(syscall(SYS_openat, AT_FDCWD, fault.c_str(),
                                               O_RDONLY | O_CLOEXEC));
    char word[8];
    const auto got = fd < 0 ? 0 : pread(fd, word, sizeof word, 0);
    if (fd >= 0) close(fd);
    return {word, std::size_t(std::max<ssize_t>(got, 0))};
  }

  bool below(const fs::path& path) const {
    const auto text = path.string();
    return text == folder.string() || text.starts_with(folder.string() + "/");
  }
  /// The inode, once the program has opened it for writing.
  std::optional<std::uint64_t> file(int fd, struct stat& about) const {
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || !files.contains(about.st_ino))
      return std::nullopt;
    return about.st_ino;
  }
  std::string bytes(std::uint64_t file, std::uint64_t at, std::uint64_t length) const {
    const int fd = int(syscall(SYS_openat, AT_FDCWD, journal.held(file).c_str(),
                               O_RDONLY | O_CLOEXEC));
    std::string out(length, '\0');
    const auto got = pread(fd, out.data(), length, off_t(at));
    close(fd);
    if (fd < 0 || got < 0) die("cannot read what is about to be overwritten");
    out.resize(std::size_t(got));
    return out;
  }
  void hold(const fs::path& path, std::uint64_t file) {
    journal.hold(path, file);
    files.insert(file);
  }

  std::mutex mutex;
  fs::path folder;
  Journal journal;
  bool deaf;
  std::string fault;
  std::set<std::uint64_t> files;
};

Watch* watch = nullptr;  // Never deleted: threads may write until the very end.

[[gnu::constructor]] void begin() {
  const char* folder = std::getenv("LOST_WRITES_FOLDER");
  if (!folder || *folder != '/') die("LOST_WRITES_FOLDER must name a folder by its full path");
  const char* seed = std::getenv("LOST_WRITES_SEED");
  const char* deaf = std::getenv("LOST_WRITES_DEAF");
  watch = new Watch(fs::path(folder).lexically_normal(),
                    seed ? std::strtoull(seed, nullptr, 10) : 0, deaf && *deaf == '1',
                    std::getenv("LOST_WRITES_FAULT"));
}

fs::path full(const char* path) {
  return (*path == '/' ? fs::path(path) : fs::current_path() / path).lexically_normal();
}

std::optional<struct stat> look(const fs::path& path) {
  struct stat about {};
  if (lstat(path.c_str(), &about) != 0) return std::nullopt;
  return about;
}

int open_file(const char* name, int flags, mode_t mode) {
  const auto real = [&] { return int(syscall(SYS_openat, AT_FDCWD, name, flags, mode)); };
  const bool reads = (flags & O_ACCMODE) == O_RDONLY && (flags & (O_CREAT | O_TRUNC)) == 0;
  if (!watch || reads) return real();
  const auto path = full(name);
  if (!watch->below(path)) return real();
  if ((flags & O_TMPFILE) == O_TMPFILE) die("O_TMPFILE is not modelled");
  const std::lock_guard lock(watch->mutex);
  const auto before = look(path);
  if (before && !S_ISREG(before->st_mode)) return real();
  if (before) {
    watch->hold(path, before->st_ino);
    const auto size = std::uint64_t(before->st_size);
    if ((flags & O_TRUNC) != 0 && size > 0) {
      Change change{.kind = Kind::resize, .file = before->st_ino, .size = size};
      change.old = watch->bytes(before->st_ino, 0, size);
      watch->journal.append(change);
    }
  } else if ((flags & O_CREAT) != 0) {
    watch->journal.append({.kind = Kind::create, .path = path});
  }
  const int fd = real();
  if (struct stat about {}; fd >= 0 && !before && fstat(fd, &about) == 0)
    watch->hold(path, about.st_ino);
  return fd;
}

// `real` writes so many bytes.
template <typename Real>
ssize_t write_file(int fd, std::optional<off_t> at, std::size_t length, Real real) {
  struct stat about {};
  if (!watch) return real(length);
  std::unique_lock lock(watch->mutex);
  const auto file = watch->file(fd, about);
  if (!file) {
    lock.unlock();  // A socket may block.
    return real(length);
  }
  const int flags = fcntl(fd, F_GETFL);
  const auto ill = watch->ill();
  if (ill == "write" || ill == "full" || (ill == "sync" && (flags & O_DSYNC) != 0)) {
    errno = ill == "full" ? ENOSPC : EIO;
    return -1;
  }
  if (ill == "short" && length > 1) length /= 2;
  const auto size = std::uint64_t(about.st_size);
  const auto offset = (flags & O_APPEND) != 0 ? size
                      : at                    ? std::uint64_t(*at)
                                              : std::uint64_t(lseek(fd, 0, SEEK_CUR));
  Change change{
      .kind = Kind::write, .file = *file, .offset = offset, .length = length, .size = size};
  change.old = watch->bytes(*file, offset, length);
  watch->journal.append(change);
  const auto written = real(length);
  if ((flags & O_DSYNC) != 0 && written > 0 && !watch->deaf)
    watch->journal.append({.kind = Kind::sync_pages,
                           .file = *file,
                           .offset = offset,
                           .length = std::uint64_t(written)});
  return written;
}

std::size_t sum(const iovec* parts, int count) {
  std::size_t out = 0;
  for (int i = 0; i < count; ++i) out += parts[i].iov_len;
  return out;
}

// The first `length` bytes of all the parts.
ssize_t write_parts(int fd, const iovec* parts, int count, std::size_t length) {
  std::vector<iovec> first;
  for (int i = 0; i < count && length > 0; ++i) {
    first.push_back({parts[i].iov_base, std::min(parts[i].iov_len, length)});
    length -= first.back().iov_len;
  }
  return ssize_t(syscall(SYS_writev, fd, first.data(), int(first.size())));
}

fs::path path_of(int fd) {
  std::error_code error;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
}

int resize_file(int fd, off_t to) {
  const auto real = [&] { return int(syscall(SYS_ftruncate, fd, to)); };
  struct stat about {};
  if (!watch) return real();
  const std::lock_guard lock(watch->mutex);
  const auto file = watch->file(fd, about);
  if (!file) return real();
  Change change{.kind = Kind::resize,
                .file = *file,
                .offset = std::uint64_t(to),
                .size = std::uint64_t(about.st_size)};
  if (to < about.st_size)
    change.old = watch->bytes(*file, std::uint64_t(to), std::uint64_t(about.st_size - to));
  watch->journal.append(change);
  return real();
}

int sync_file(int fd, long number) {
  const auto real = [&] { return int(syscall(number, fd)); };
  struct stat about {};
  if (!watch || fstat(fd, &about) != 0) return real();
  std::unique_lock lock(watch->mutex);
  const bool folder = S_ISDIR(about.st_mode);
  const auto path = folder ? path_of(fd) : fs::path();
  const auto file = watch->file(fd, about);
  if ((folder ? watch->below(path) : file.has_value()) && watch->ill() == "sync") {
    errno = EIO;
    return -1;
  }
  const auto upto = watch->journal.count();  // What others write meanwhile is not covered.
  lock.unlock();
  const int done = real();
  if (done != 0 || watch->deaf || (folder ? !watch->below(path) : !file)) return done;
  lock.lock();
  if (folder)
    watch->journal.append({.kind = Kind::sync_folder, .upto = upto, .path = path});
  else
    watch->journal.append({.kind = Kind::sync, .file = *file, .upto = upto});
  return done;
}

int rename_file(const char* from, const char* to) {
  const auto real = [&] { return int(syscall(SYS_rename, from, to)); };
  if (!watch) return real();
  const auto source = full(from), target = full(to);
  if (!watch->below(source) && !watch->below(target)) return real();
  const std::lock_guard lock(watch->mutex);
  const auto moved = look(source), replaced = look(target);
  if (!moved) return real();
  if (!S_ISREG(moved->st_mode) || !watch->below(source) || !watch->below(target))
    die("renaming " + source.string() + " is not modelled");
  if (replaced) watch->hold(target, replaced->st_ino);
  watch->journal.append({.kind = Kind::rename,
                         .file = replaced ? replaced->st_ino : 0,
                         .path = source,
                         .to = target});
  return real();
}

int remove_file(const char* name) {
  const auto path = full(name);
  const auto about = look(path);
  const bool folder = about && S_ISDIR(about->st_mode);
  const auto real = [&] { return int(syscall(folder ? SYS_rmdir : SYS_unlink, name)); };
  if (!watch || !about || !watch->below(path)) return real();
  if (!folder && !S_ISREG(about->st_mode)) return real();
  const std::lock_guard lock(watch->mutex);
  if (folder) {
    const int done = real();
    if (done == 0) watch->journal.append({.kind = Kind::remove_folder, .path = path});
    return done;
  }
  watch->hold(path, about->st_ino);
  watch->journal.append({.kind = Kind::remove, .file = about->st_ino, .path = path});
  return real();
}

int make_folder(const char* name, mode_t mode) {
  const auto real = [&] { return int(syscall(SYS_mkdir, name, mode)); };
  if (!watch) return real();
  const auto path = full(name);
  if (!watch->below(path) || look(path)) return real();
  const std::lock_guard lock(watch->mutex);
  watch->journal.append({.kind = Kind::make_folder, .path = path});
  return real();
}

void* map_file(void* at, std::size_t length, int rights, int flags, int fd, off_t offset) {
  if (watch && fd >= 0 && (flags & MAP_SHARED) != 0 && (rights & PROT_WRITE) != 0) {
    const auto path = path_of(fd);
    // LMDB's table of readers means nothing once its processes are gone.
    if (watch->below(path) && path.filename() != "lock.mdb")
      die("writing to " + path.string() + " through memory is not modelled");
  }
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, length, rights, flags, fd, offset));
}

}  // namespace

// What takes the place of the C library's functions. The names of the headers are not used: they
// may be macros, or aliases of one another.
extern "C" {
[[gnu::visibility("default")]] int shim_open(const char*, int, ...) asm("open");
[[gnu::visibility("default")]] int shim_open64(const char*, int, ...) asm("open64");
[[gnu::visibility("default")]] ssize_t shim_write(int, const void*, std::size_t) asm("write");
[[gnu::visibility("default")]] ssize_t shim_pwrite(int, const void*, std::size_t,
                                                   off_t) asm("pwrite");
[[gnu::visibility("default")]] ssize_t shim_pwrite64(int, const void*, std::size_t,
                                                     off_t) asm("pwrite64");
[[gnu::visibility("default")]] ssize_t shim_writev(int, const iovec*, int) asm("writev");
[[gnu::visibility("default")]] int shim_ftruncate(int, off_t) asm("ftruncate");
[[gnu::visibility("default")]] int shim_ftruncate64(int, off_t) asm("ftruncate64");
[[gnu::visibility("default")]] int shim_fsync(int) asm("fsync");
[[gnu::visibility("default")]] int shim_fdatasync(int) asm("fdatasync");
[[gnu::visibility("default")]] int shim_rename(const char*, const char*) asm("rename");
[[gnu::visibility("default")]] int shim_remove(const char*) asm("remove");
[[gnu::visibility("default")]] int shim_unlink(const char*) asm("unlink");
[[gnu::visibility("default")]] int shim_rmdir(const char*) asm("rmdir");
[[gnu::visibility("default")]] int shim_mkdir(const char*, mode_t) asm("mkdir");
[[gnu::visibility("default")]] void* shim_mmap(void*, std::size_t, int, int, int,
                                               off_t) asm("mmap");
[[gnu::visibility("default")]] void* shim_mmap64(void*, std::size_t, int, int, int,
                                                 off_t) asm("mmap64");

int shim_open(const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : mode_t(0);
  va_end(rest);
  return open_file(name, flags, mode);
}
int shim_open64(const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : mode_t(0);
  va_end(rest);
  return open_file(name, flags, mode);
}
ssize_t shim_write(int fd, const void* data, std::size_t length) {
  return write_file(fd, std::nullopt, length,
                    [&](std::size_t bytes) { return ssize_t(syscall(SYS_write, fd, data, bytes)); });
}
ssize_t shim_pwrite(int fd, const void* data, std::size_t length, off_t at) {
  return write_file(fd, at, length, [&](std::size_t bytes) {
    return ssize_t(syscall(SYS_pwrite64, fd, data, bytes, at));
  });
}
ssize_t shim_pwrite64(int fd, const void* data, std::size_t length, off_t at) {
  return shim_pwrite(fd, data, length, at);
}
ssize_t shim_writev(int fd, const iovec* parts, int count) {
  return write_file(fd, std::nullopt, sum(parts, count),
                    [&](std::size_t bytes) { return write_parts(fd, parts, count, bytes); });
}
int shim_ftruncate(int fd, off_t to) { return resize_file(fd, to); }
int shim_ftruncate64(int fd, off_t to) { return resize_file(fd, to); }
int shim_fsync(int fd) { return sync_file(fd, SYS_fsync); }
int shim_fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }
int shim_rename(const char* from, const char* to) { return rename_file(from, to); }
int shim_remove(const char* name) { return remove_file(name); }
int shim_unlink(const char* name) { return remove_file(name); }
int shim_rmdir(const char* name) { return remove_file(name); }
int shim_mkdir(const char* name, mode_t mode) { return make_folder(name, mode); }
void* shim_mmap(void* at, std::size_t length, int rights, int flags, int fd, off_t offset) {
  return map_file(at, length, rights, flags, fd, offset);
}
void* shim_mmap64(void* at, std::size_t length, int rights, int flags, int fd, off_t offset) {
  return map_file(at, length, rights, flags, fd, offset);
}
}

}  // namespace lost_writes
