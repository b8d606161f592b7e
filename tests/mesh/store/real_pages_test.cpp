#include "mesh/store/real_pages.hpp"

#include <cstdio>

#include <sys/mman.h>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("pages of a file that were given back read the same again") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const Bytes content(300'000, 0x5a);
  REQUIRE(std::fwrite(content.data(), 1, content.size(), file) == content.size());
  std::fflush(file);
  void* at = ::mmap(nullptr, content.size(), PROT_READ, MAP_SHARED, ::fileno(file), 0);
  REQUIRE(at != MAP_FAILED);
  const ByteView mapped(static_cast<const std::uint8_t*>(at), content.size());
  MappedPages pages;
  pages.add(mapped.subspan(10, 5000));
  pages.add(mapped.subspan(100'001, 150'000));
  pages.add({});
  pages.release();
  pages.release();
  CHECK(std::ranges::equal(mapped, content));
  ::munmap(at, content.size());
  std::fclose(file);
}
