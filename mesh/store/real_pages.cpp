#include "mesh/store/real_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace tocsin::mesh {

void MappedPages::add(ByteView read) {
  if (!read.empty()) read_.push_back(read);
}

void MappedPages::release() {
  static const auto page = std::uintptr_t(sysconf(_SC_PAGESIZE));
  for (const auto& read : read_) {
    const auto first = reinterpret_cast<std::uintptr_t>(read.data()) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(read.data() + read.size());
    ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
  }
  read_.clear();
}

}  // namespace tocsin::mesh
