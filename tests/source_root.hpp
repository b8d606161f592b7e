// Finds the checkout that a test was built from, wherever in it the test is started.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"

namespace tocsin::tests {

/// The folder named by TOCSIN_SOURCE_ROOT, else the nearest one above that is a checkout.
/// The test fails where there is none.
inline std::filesystem::path source_root() {
  if (const char* named = std::getenv("TOCSIN_SOURCE_ROOT")) return named;
  for (auto at = std::filesystem::current_path();; at = at.parent_path()) {
    if (std::filesystem::exists(at / "meson_options.txt") &&
        std::filesystem::exists(at / "tests" / "catch.hpp"))
      return at;
    if (at == at.parent_path()) break;
  }
  FAIL("no checkout above the working folder: set TOCSIN_SOURCE_ROOT");
  return {};
}

/// The whole of a file; the test fails where it cannot be read.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) FAIL("cannot read " << path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tocsin::tests
