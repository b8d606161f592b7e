// Reads the worked examples out of the documents, so that a test checks what they say.
//
// An example is a fenced block whose info string is `vector name=NAME`. As bytes it is
// hex with free spacing, where `#` begins a comment that runs to the end of the line; as
// text it is what stands between the fences, without the last line break.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "crypto/base_encoding.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

/// The text of example `name` of `docs/DOCUMENT`; the test fails unless there is exactly
/// one.
inline std::string document_text(std::string_view document, std::string_view name) {
  const auto text = read_text(source_root() / "docs" / document);
  const auto fence = "\n```vector name=" + std::string(name) + "\n";
  const auto start = text.find(fence);
  if (start == std::string::npos) FAIL(document << " has no example " << name);
  if (text.find(fence, start + 1) != std::string::npos)
    FAIL(document << " has two examples " << name);
  const auto from = start + fence.size();
  const auto end = text.find("\n```", from - 1);
  if (end == std::string::npos) FAIL(document << ": example " << name << " does not end");
  return text.substr(from, std::max(end, from) - from);
}

/// The bytes of example `name`; the test fails unless it is hex.
inline Bytes document_bytes(std::string_view document, std::string_view name) {
  std::string digits;
  bool comment = false;
  for (const char c : document_text(document, name)) {
    if (c == '#' || c == '\n') comment = c == '#';
    if (!comment && c != ' ' && c != '\n') digits.push_back(c);
  }
  const auto bytes = from_hex(digits);
  if (!bytes) FAIL(document << ": example " << name << " is not hex");
  return *bytes;
}

/// The same as one fixed-size value.
template <typename Fixed>
Fixed document_fixed(std::string_view document, std::string_view name) {
  const auto fixed = Fixed::from(document_bytes(document, name));
  if (!fixed) FAIL(document << ": example " << name << ": " << fixed.error().message);
  return *fixed;
}

}  // namespace tocsin::tests
