#include "tests/shim/rollback.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lost_writes {
namespace {

constexpr std::uint64_t whole_change = ~std::uint64_t(0);

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

bool is_name(Kind kind) {
  return kind == Kind::create || kind == Kind::rename || kind == Kind::remove ||
         kind == Kind::make_folder || kind == Kind::remove_folder;
}

/// The folder whose sync makes the change of a name durable.
std::string folder_of(const Change& change) {
  return fs::path(change.kind == Kind::rename ? change.to : change.path).parent_path();
}

/// A file by its journal's link, for writing.
class Held {
 public:
  Held(const Journal& journal, std::uint64_t file)
      : number_(::open(journal.held(file).c_str(), O_WRONLY | O_CLOEXEC)) {
    if (number_ < 0) die(journal.held(file).string() + " is gone");
  }
  Held(const Held&) = delete;
  ~Held() { ::close(number_); }

  std::uint64_t size() const {
    struct stat about {};
    ::fstat(number_, &about);
    return std::uint64_t(about.st_size);
  }
  void write(std::string_view bytes, std::uint64_t at) const {
    if (::pwrite(number_, bytes.data(), bytes.size(), off_t(at)) != ssize_t(bytes.size()))
      die("cannot put back what was overwritten");
  }
  void cut(std::uint64_t size) const {
    if (::ftruncate(number_, off_t(size)) != 0) die("cannot cut a file back");
  }

 private:
  int number_;
};

}  // namespace

void Rollback::run() {
  draw_names();
  for (auto number = changes_.size(); number-- > 0;) {
    const auto& change = changes_[number];
    if (change.kind == Kind::sync) {
      auto& upto = synced_upto_[change.file];
      upto = std::max(upto, change.upto);
    } else if (change.kind == Kind::sync_pages) {
      auto& pages = synced_pages_[change.file];
      const auto end = change.offset + change.length;
      for (auto at = change.offset / page_bytes; at * page_bytes < end; ++at) pages.insert(at);
      auto& least = size_min_[change.file];
      least = std::max(least, end);
    } else {
      take_back(change, number);
    }
  }
}

// Names of one folder reach the disk in their order: each folder loses some of its last ones.
void Rollback::draw_names() {
  std::map<std::string, std::uint64_t> synced;
  for (const auto& change : changes_)
    if (change.kind == Kind::sync_folder)
      synced[change.path] = std::max(synced[change.path], change.upto);
  std::map<std::string, std::vector<std::uint64_t>> open;
  for (std::uint64_t number = 0; number < changes_.size(); ++number) {
    const auto& change = changes_[number];
    if (!is_name(change.kind)) continue;
    const auto folder = folder_of(change);
    if (number >= synced[folder]) open[folder].push_back(number);
  }
  for (const auto& [folder, numbers] : open) {
    const auto kept = seed_ == 0 ? 0 : mix(seed_ ^ mix(numbers.front())) % (numbers.size() + 1);
    lost_names_.insert(numbers.begin() + std::ptrdiff_t(kept), numbers.end());
  }
}

bool Rollback::lost(std::uint64_t number, std::uint64_t part) const {
  return seed_ == 0 || (mix(seed_ ^ mix(number ^ mix(part))) & 1) != 0;
}

void Rollback::take_back(const Change& change, std::uint64_t number) {
  if (is_name(change.kind)) {
    if (lost_names_.contains(number)) take_back_name(change);
    return;
  }
  if (change.kind != Kind::write && change.kind != Kind::resize) return;
  const auto synced = synced_upto_.find(change.file);
  if (synced != synced_upto_.end() && number < synced->second) return;
  if (change.kind == Kind::write) take_back_write(change, number);
  if (change.kind == Kind::resize && lost(number, whole_change) && !change.old.empty())
    Held(journal_, change.file).write(change.old, change.offset);
  take_back_size(change, number);
}

void Rollback::take_back_write(const Change& change, std::uint64_t number) {
  const Held file(journal_, change.file);
  const auto& pages = synced_pages_[change.file];
  const auto end = std::min(change.offset + change.length, file.size());
  for (auto at = change.offset; at < end;) {
    const auto next = std::min(end, (at / sector_bytes + 1) * sector_bytes);
    if (!pages.contains(at / page_bytes) && lost(number, at / sector_bytes)) {
      // Past the old end lay nothing: a disk that kept the size only reads as zeros.
      std::string old(next - at, '\0');
      const auto from = at - change.offset;
      if (from < change.old.size())
        old.replace(0, std::min(old.size(), change.old.size() - from), change.old, from,
                    old.size());
      old.resize(next - at);
      file.write(old, at);
    }
    at = next;
  }
}

void Rollback::take_back_size(const Change& change, std::uint64_t number) {
  const Held file(journal_, change.file);
  if (file.size() > change.size && change.size >= size_min_[change.file] &&
      lost(number, whole_change))
    file.cut(change.size);
}

void Rollback::take_back_name(const Change& change) {
  std::error_code error;  // What had not begun yet is not there to be taken back.
  switch (change.kind) {
    case Kind::create: fs::remove(change.path, error); return;
    case Kind::make_folder: fs::remove_all(change.path, error); return;
    case Kind::remove_folder: fs::create_directory(change.path, error); return;
    case Kind::rename:
      if (fs::exists(change.path) || !fs::exists(change.to)) return;
      fs::rename(change.to, change.path, error);
      if (change.file != 0) fs::create_hard_link(journal_.held(change.file), change.to, error);
      return;
    case Kind::remove:
      if (!fs::exists(change.path))
        fs::create_hard_link(journal_.held(change.file), change.path, error);
      return;
    case Kind::write:
    case Kind::resize:
    case Kind::sync:
    case Kind::sync_pages:
    case Kind::sync_folder: return;
  }
}

void Journal::lose_unsynced(std::uint64_t seed) {
  const auto all = changes();
  Rollback(*this, all, seed).run();
  for (const auto& entry : fs::directory_iterator(at_))
    if (entry.path().filename() != "journal") fs::remove(entry.path());
  if (::ftruncate(log_, 0) != 0) die("cannot empty the journal");
  count_ = 0;
}

}  // namespace lost_writes
