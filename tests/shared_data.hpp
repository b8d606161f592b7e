// Finds the shared test material, which stays outside the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/catch.hpp"

namespace tocsin::tests {

/// The folder of shared data, or an empty path where it is absent.
inline std::filesystem::path shared_data() {
  if (const char* named = std::getenv("TOCSIN_SHARED_DATA")) return named;
  for (auto at = std::filesystem::current_path();; at = at.parent_path()) {
    const auto beside = at / "shared" / "data";
    if (std::filesystem::exists(beside / "README.md")) return beside;
    if (at == at.parent_path()) return {};
  }
}

}  // namespace tocsin::tests

/// Leaves the test case, with a message, where `folder` of the shared data is absent.
#define TOCSIN_NEEDS_DATA(folder)                                             \
  if (!std::filesystem::exists(tocsin::tests::shared_data() / (folder))) {    \
    WARN("skipped: the shared data folder " << (folder) << " is not here");   \
    return;                                                                   \
  }
