// Rows of a CSV document with the lines that they stand on.
#pragma once

#include <string>
#include <vector>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

struct CsvRow {
  std::size_t line = 0;  ///< physical line of its first character, from 1
  std::vector<std::string> cells;
  std::string fault;     ///< why the row cannot be read; empty: it can
};

/// Comma-separated, quotes doubled inside quotes, LF or CRLF; blank lines are left out. Source:
/// RFC 4180. Errors: invalid, for a quote that is never closed (with its line).
Result<std::vector<CsvRow>> read_csv(std::string_view text);

}  // namespace tocsin::playbooks
