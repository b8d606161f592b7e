#include "playbooks/detect/file_match.hpp"

#include <fmt/format.h>

#include "crypto/text.hpp"
#include "playbooks/detect/import.hpp"
#include "playbooks/detect/line_framing.hpp"

namespace tocsin::playbooks {

Result<bool> IndicatorList::add(IndicatorType type, std::string_view canonical_value) {
  if (!index_.find(type, canonical_value, confirm()).empty()) return false;
  const auto ordinal = std::uint32_t(types_.size());
  const auto inserted = index_.insert(ordinal, type, canonical_value);
  if (!inserted) return std::unexpected(inserted.error());
  types_.push_back(std::uint8_t(type));
  values_ += canonical_value;
  ends_.push_back(values_.size());
  return true;
}

std::string_view IndicatorList::value(std::uint32_t ordinal) const {
  const std::size_t begin = ordinal == 0 ? 0 : ends_[ordinal - 1];
  return std::string_view(values_).substr(begin, ends_[ordinal] - begin);
}

Confirm IndicatorList::confirm() const {
  return [this](std::uint32_t ordinal, IndicatorType type, std::string_view text) {
    return IndicatorType(types_[ordinal]) == type && value(ordinal) == text;
  };
}

Result<LoadedList> load_list(mesh::Disk& disk, const mesh::Path& path, IndicatorList& list) {
  LoadedList out;
  const auto refuse = [&](std::string reason) {
    if (out.rejected++ == 0) out.first_reason = std::move(reason);
  };
  ImportSink sink;
  sink.entry = [&](ImportEntry entry) -> Result<void> {
    const auto added = list.add(entry.type, entry.value);
    if (!added)
      refuse(added.error().message);
    else
      ++(*added ? out.added : out.duplicates);
    return {};
  };
  sink.reject = [&](ImportReject one) { refuse(std::move(one.reason)); };
  const auto done = import_file(disk, path, ImportFormat::auto_, sink);
  if (!done) return std::unexpected(done.error());
  return out;
}

FileMatcher::FileMatcher(const IndicatorIndex& index, Confirm confirm)
    : lanes_{Lane(index), Lane(index)}, confirm_(std::move(confirm)) {}

void FileMatcher::take(std::string_view line, std::size_t readable_after, EventFormat format,
                       const EachHit& each) {
  ++line_;
  if (line.find_first_not_of(" \t\r") == line.npos) return;  // Blank lines are no events.
  Lane& lane = lanes_[turn_];
  const auto fields = parser_.parse(line, format, readable_after);
  if (!fields) {
    finish_all(each);  // The next line would overwrite the fields that it waits with.
    return refuse(fields.error().message);
  }
  ++totals_.events;
  lane.fields = *fields;
  lane.line = line_;
  lane.matcher.begin(*fields);
  turn_ = 1 - turn_;
  finish(lanes_[turn_], each);
}

void FileMatcher::finish(Lane& lane, const EachHit& each) {
  if (lane.line == 0) return;
  for (const Hit& hit : lane.matcher.finish(confirm_)) {
    ++totals_.hits;
    each({lane.line, lane.fields[hit.field].name, hit.observed, hit.ordinal, hit.type});
  }
  lane.line = 0;
}

void FileMatcher::finish_all(const EachHit& each) {
  finish(lanes_[turn_], each);
  finish(lanes_[1 - turn_], each);
}

void FileMatcher::refuse(std::string reason) {
  if (totals_.rejected++ > 0) return;
  totals_.first_rejected = line_;
  totals_.first_reason = std::move(reason);
}

Result<FileTotals> FileMatcher::run(mesh::Disk& disk, const mesh::Path& path,
                                    EventFormat format, const EachHit& each) {
  totals_ = {};
  line_ = 0;
  auto file = disk.open_read(path);
  if (!file) return within(path.string(), file.error());
  LineFraming framing(event_bytes_max);
  const auto take_line = [&](const Line& line) {
    if (!line.too_long) return take(line.text, line.readable_after, format, each);
    ++line_;
    refuse(fmt::format("event: longer than {} bytes", event_bytes_max));
  };
  Line line;
  for (;;) {
    finish_all(each);  // Their lines are about to be moved.
    const auto room = framing.room();
    const auto got = (*file)->read(room);
    if (!got) return within(path.string(), got.error());
    if (*got == 0) break;
    if (totals_.bytes == 0) {
      const auto content = foreign_content(text_of(ByteView(room).first(*got)));
      if (!content.empty())
        return std::unexpected(Error{Errc::invalid, fmt::format("{}: is {}", path.string(), content),
                                     std::string(foreign_remedy(content))});
    }
    totals_.bytes += *got;
    framing.filled(*got);
    while (framing.next(line)) take_line(line);
  }
  if (framing.rest(line)) take_line(line);
  finish_all(each);
  return totals_;
}

FileTotals FileMatcher::run(std::string_view lines, EventFormat format, const EachHit& each) {
  totals_ = {};
  line_ = 0;
  totals_.bytes = lines.size();
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const std::size_t after = lines.size() - end;
    auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    take(line, after, format, each);
  }
  finish_all(each);
  return totals_;
}

}  // namespace tocsin::playbooks
