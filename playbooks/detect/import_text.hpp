// Line by line import: CSV with its header, and plain lists.
#pragma once

#include "playbooks/detect/import.hpp"

namespace tocsin::playbooks {

/// Splits one CSV record. Errors: invalid (a quote that does not end, text behind a quote).
/// Source: RFC 4180; a quoted field does not span lines here.
Result<std::vector<std::string>> split_csv(std::string_view line);

/// Takes the lines of one document in their order. `csv` wants the header
/// `type,value[,tlp,pap,confidence,expires,label]` first, in any order of columns.
class LineImport {
 public:
  /// Lifetime: `sink` outlives it. `format` is csv or list.
  LineImport(ImportFormat format, const ImportSink& sink) : format_(format), sink_(sink) {}
  /// Errors: invalid (the header), and what the sink returned.
  Result<void> take(std::string_view line, bool too_long);

 private:
  enum class Column : std::uint8_t { type, value, tlp, pap, confidence, expires, label, other };
  Result<void> header(std::string_view line);
  Result<ImportEntry> csv_entry(std::string_view line) const;
  Result<ImportEntry> list_entry(std::string_view line) const;
  Result<void> column(Column column, std::string_view text, ImportEntry& entry) const;

  ImportFormat format_;
  const ImportSink& sink_;
  std::vector<Column> columns_;
  std::uint64_t line_ = 0;
};

/// Labels for an entry: trimmed, distinct, within the bounds; what is beyond is left out.
void add_label(std::vector<std::string>& labels, std::string_view label);
/// A type's name, also in the words of others (`domain-name`, `hostname`, `sha-256`, `auto`);
/// nothing for `auto`. Errors: invalid.
Result<std::optional<IndicatorType>> import_type_from(std::string_view name);
/// A point in time: RFC 3339, or a date, which means its end (UTC). Errors: invalid.
Result<WallTime> import_time_from(std::string_view text);

}  // namespace tocsin::playbooks
