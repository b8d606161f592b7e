#include "agents/bench/real_machine.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace tocsin::agents::bench {

namespace {

/// The numbers that `file` names, one per line, by the pattern of each line.
Result<std::vector<std::uint64_t>> numbers_in(const char* file,
                                              std::initializer_list<const char*> patterns) {
  std::FILE* in = std::fopen(file, "re");
  if (in == nullptr) return fail(Errc::io, "{}: {}", file, std::strerror(errno));
  std::vector<std::optional<std::uint64_t>> found(patterns.size());
  char line[256];
  while (std::fgets(line, sizeof line, in) != nullptr) {
    auto each = found.begin();
    for (const auto* pattern : patterns) {
      const std::size_t name = std::strlen(pattern);
      if (std::strncmp(line, pattern, name) == 0) *each = std::strtoull(line + name, nullptr, 10);
      ++each;
    }
  }
  std::fclose(in);
  std::vector<std::uint64_t> out;
  for (const auto& each : found) {
    if (!each) return fail(Errc::io, "{} lacks a line that is looked for", file);
    out.push_back(*each);
  }
  return out;
}

}  // namespace

Result<MemoryUse> memory_use() {
  const auto found = numbers_in("/proc/self/status", {"RssAnon:", "RssFile:"});
  if (!found) return std::unexpected(found.error());
  return MemoryUse{found->at(0) * 1024, found->at(1) * 1024};
}

Result<std::uint64_t> disk_reads() {
  const auto found = numbers_in("/proc/self/io", {"read_bytes:"});
  if (!found) return std::unexpected(found.error());
  return found->front();
}

Result<void> drop_cached(const mesh::Path& file) {
  const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0)
    return fail(errno == ENOENT ? Errc::not_found : Errc::io, "{}: {}", file.string(),
                std::strerror(errno));
  const int synced = ::fsync(number);
  const int dropped = ::posix_fadvise(number, 0, 0, POSIX_FADV_DONTNEED);
  ::close(number);
  if (synced != 0 || dropped != 0)
    return fail(Errc::io, "{}: its pages could not be dropped", file.string());
  return {};
}

}  // namespace tocsin::agents::bench
