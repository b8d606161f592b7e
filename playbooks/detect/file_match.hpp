// Matches the events of a file offline: what `tocsin match` does.
#pragma once

#include "mesh/world/disk.hpp"
#include "playbooks/detect/matcher.hpp"

namespace tocsin::playbooks {

/// One hit of one event. Lifetime: during the call only.
struct FileHit {
  std::uint64_t line = 0;  ///< from 1
  std::string_view field, value;  ///< `value` as it stood there
  std::uint32_t ordinal = 0;
  IndicatorType type{};
};

struct FileTotals {
  std::uint64_t events = 0, hits = 0;
  std::uint64_t rejected = 0;        ///< lines that are no events
  std::uint64_t first_rejected = 0;  ///< its line
  std::string first_reason;
  std::uint64_t bytes = 0;
};

/// A list of indicators held for matching: canonical values and their index.
class IndicatorList {
 public:
  explicit IndicatorList(Entropy& entropy) : index_(entropy) {}
  /// False when it is there already. Errors: those of IndicatorIndex::insert.
  Result<bool> add(IndicatorType type, std::string_view canonical_value);
  std::string_view value(std::uint32_t ordinal) const;
  IndicatorType type(std::uint32_t ordinal) const { return IndicatorType(types_[ordinal]); }
  std::size_t size() const { return types_.size(); }
  const IndicatorIndex& index() const { return index_; }
  Confirm confirm() const;  ///< Lifetime: that of this list, which must stay where it is

 private:
  IndicatorIndex index_;
  std::vector<std::uint8_t> types_;
  std::vector<std::uint64_t> ends_;
  std::string values_;
};

struct LoadedList {
  std::uint64_t added = 0, duplicates = 0, rejected = 0;
  std::string first_reason;
};
/// Loads any format that import_file takes. Errors: those of import_file.
Result<LoadedList> load_list(mesh::Disk& disk, const mesh::Path& path, IndicatorList& list);

class FileMatcher {
 public:
  using EachHit = std::function<void(const FileHit&)>;
  /// Lifetime: `index` outlives it.
  FileMatcher(const IndicatorIndex& index, Confirm confirm);

  /// Reads the file in pieces of 1 MiB; a bad line costs that line. Errors: not_found, io,
  /// invalid (UTF-16, an archive and the like).
  Result<FileTotals> run(mesh::Disk& disk, const mesh::Path& path, EventFormat format,
                         const EachHit& each);
  /// The same for lines in memory; the last one may lack its line end.
  FileTotals run(std::string_view lines, EventFormat format, const EachHit& each);

 private:
  // Two events are on their way at a time: while one is parsed, memory answers for the other.
  struct Lane {
    explicit Lane(const IndicatorIndex& index) : matcher(index) {}
    Matcher matcher;
    std::span<const EventField> fields;
    std::uint64_t line = 0;  ///< 0: idle
  };
  void take(std::string_view line, std::size_t readable_after, EventFormat format,
            const EachHit& each);
  void finish(Lane& lane, const EachHit& each);
  void finish_all(const EachHit& each);
  void refuse(std::string reason);

  EventParser parser_;
  std::array<Lane, 2> lanes_;
  std::size_t turn_ = 0;
  Confirm confirm_;
  FileTotals totals_;
  std::uint64_t line_ = 0;
};

}  // namespace tocsin::playbooks
