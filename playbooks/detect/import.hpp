// Takes indicators from the documents that analysts have: STIX 2.1, MISP, CSV and plain lists.
#pragma once

#include <functional>
#include <optional>

#include "mesh/world/clock.hpp"
#include "mesh/world/disk.hpp"
#include "playbooks/detect/canonical.hpp"

namespace tocsin::playbooks {

enum class ImportFormat : std::uint8_t { auto_, stix, misp, csv, list };
/// `auto stix misp csv list`. Errors: usage.
Result<ImportFormat> import_format_from(std::string_view name);
std::string_view name_of(ImportFormat format);

/// Where something stands: a physical line from 1 (CSV, list) or an object's id or uuid.
struct ImportPlace {
  std::uint64_t line = 0;
  std::string object;
};

/// One indicator in canonical form. What the source leaves unsaid is empty.
struct ImportEntry {
  IndicatorType type{};
  std::string value;
  std::optional<mesh::Tlp> tlp;
  std::optional<mesh::Pap> pap;
  std::optional<std::uint8_t> confidence;
  std::optional<WallTime> expires;
  std::vector<std::string> labels;  ///< at most 16 of 64 bytes
  ImportPlace where;
};
struct ImportReject {
  ImportPlace where;
  std::string reason;
};

/// Receives the content of a document in its order. An entry is new or not: that is the
/// receiver's to tell.
struct ImportSink {
  /// An error stops the import and is passed on.
  std::function<Result<void>(ImportEntry)> entry;
  std::function<void(ImportReject)> reject;
  /// Bytes read so far and bytes in all; may be empty.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};

inline constexpr std::uint64_t import_json_bytes_max = 512ull << 20;
inline constexpr std::size_t import_line_bytes_max = 64 * 1024;
inline constexpr std::size_t import_depth_max = 64;
inline constexpr std::size_t import_labels_max = 16;
inline constexpr std::size_t import_label_bytes_max = 64;

/// Reads a file in one pass; CSV and lists of any length in constant memory. `auto_` looks at the
/// first bytes: JSON with `"type": "bundle"` or STIX objects is stix, other JSON misp, a header
/// line `type,value` csv, the rest list.
/// Errors: not_found, io, too_large, invalid (the document as a whole cannot be read), and what the sink
/// returned; each names the file.
Result<void> import_file(mesh::Disk& disk, const mesh::Path& path, ImportFormat format,
                         const ImportSink& sink);

/// The same for a document in memory. `auto_` is allowed.
Result<void> import_document(std::string_view document, ImportFormat format,
                             const ImportSink& sink);
ImportFormat detect_format(std::string_view beginning);

}  // namespace tocsin::playbooks
