// Reads the compact vectors under tests/vectors: `#` comments, then one case a line, its
// columns parted by spaces.
#pragma once

#include <sstream>
#include <vector>

#include "crypto/base_encoding.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

using VectorCase = std::vector<std::string>;

/// The cases of `file`; the test fails unless each has `columns` columns and there is one
/// at all.
inline std::vector<VectorCase> read_vectors(std::string_view file, std::size_t columns) {
  std::istringstream in(read_text(source_root() / "tests" / "vectors" / file));
  std::vector<VectorCase> out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    VectorCase one;
    for (std::string word; words >> word;) one.push_back(word);
    if (one.size() != columns)
      FAIL(file << ": a case without " << columns << " columns: " << line);
    out.push_back(std::move(one));
  }
  if (out.empty()) FAIL(file << " holds no case");
  return out;
}

/// The bytes of a column; `-` is none. The test fails unless it is hex.
inline Bytes column_bytes(std::string_view text) {
  if (text == "-") return {};
  const auto bytes = from_hex(text);
  if (!bytes) FAIL("not hex: " << text);
  return *bytes;
}

}  // namespace tocsin::tests
