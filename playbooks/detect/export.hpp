// Writes indicators in the formats that other tools take.
#pragma once

#include "mesh/wire/record.hpp"
#include "playbooks/detect/import.hpp"

namespace tocsin::playbooks {

/// One indicator that the caller has cleared for leaving (mesh::check_exit).
struct ExportEntry {
  Digest id;                 ///< of its record; ids of the document derive from it
  IndicatorType type{};
  std::string value;
  mesh::Marking marking;
  std::uint8_t confidence = 50;
  WallTime created, expires;
  std::string org;
  std::vector<std::string> labels;
};

/// The whole document. STIX 2.1 with TLP 2.0 marking definitions; MISP core format with tags;
/// CSV as `import` takes it; one value a line. Equal entries give equal bytes. `format` is not
/// `auto_`. Errors: usage.
Result<std::string> export_indicators(const std::vector<ExportEntry>& entries,
                                      ImportFormat format);
/// The STIX pattern of a value, such as `[domain-name:value = 'evil.example']`.
std::string stix_pattern(IndicatorType type, std::string_view value);

}  // namespace tocsin::playbooks
