#include "tests/shim/journal.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lost_writes {
namespace {

constexpr std::uint64_t log_bytes_max = std::uint64_t(1) << 30;

struct Head {
  std::uint64_t file, offset, length, size, upto;
  std::uint32_t path, to, old;
  Kind kind;
};

void write_log(int log, const std::string& bytes) {
  // Not write(): that is the shim's own.
  if (syscall(SYS_write, log, bytes.data(), bytes.size()) != long(bytes.size()))
    die("cannot write the journal");
}

}  // namespace

void die(const std::string& why) {
  const std::string text = "lost_writes: " + why + "\n";
  (void)!syscall(SYS_write, 2, text.data(), text.size());
  std::abort();
}

Journal::Journal(const fs::path& folder) : at_(folder.string() + ".lost") {
  fs::create_directories(at_);
  const auto path = at_ / "journal";
  log_ = int(syscall(SYS_openat, AT_FDCWD, path.c_str(),
                     O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log_ < 0 || flock(log_, LOCK_EX | LOCK_NB) != 0)
    die(path.string() + ": " + std::strerror(errno));
}

void Journal::append(const Change& change) {
  const Head head{change.file,
                  change.offset,
                  change.length,
                  change.size,
                  change.upto,
                  std::uint32_t(change.path.size()),
                  std::uint32_t(change.to.size()),
                  std::uint32_t(change.old.size()),
                  change.kind};
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  write_log(log_, bytes + change.path + change.to + change.old);
  ++count_;
  if (struct stat about {}; fstat(log_, &about) != 0 || about.st_size > off_t(log_bytes_max))
    die("the journal has outgrown its bound");
}

void Journal::hold(const fs::path& path, std::uint64_t file) const {
  if (linkat(AT_FDCWD, path.c_str(), AT_FDCWD, held(file).c_str(), 0) != 0 && errno != EEXIST)
    die(path.string() + ": cannot be held: " + std::strerror(errno));
}

std::vector<Change> Journal::changes() const {
  struct stat about {};
  fstat(log_, &about);
  std::string all(std::size_t(about.st_size), '\0');
  if (pread(log_, all.data(), all.size(), 0) != about.st_size) die("cannot read the journal");
  std::vector<Change> out;
  for (std::size_t at = 0; at + sizeof(Head) <= all.size();) {
    Head head;
    std::memcpy(&head, all.data() + at, sizeof head);
    at += sizeof head;
    // The kill came while this was noted: the change itself had not begun.
    if (at + head.path + head.to + head.old > all.size()) break;
    const auto take = [&](std::uint32_t bytes) {
      at += bytes;
      return all.substr(at - bytes, bytes);
    };
    Change change{head.kind, head.file, head.offset, head.length, head.size, head.upto};
    change.path = take(head.path);
    change.to = take(head.to);
    change.old = take(head.old);
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace lost_writes
