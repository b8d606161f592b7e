#include "playbooks/detect/import.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/text.hpp"
#include "playbooks/detect/import_json.hpp"
#include "playbooks/detect/import_text.hpp"
#include "playbooks/detect/line_framing.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t look_bytes = 64 * 1024;

Result<void> import_json(std::string text, ImportFormat format, const ImportSink& sink) {
  const auto json = JsonText::make(std::move(text));
  if (!json) return std::unexpected(json.error());
  return format == ImportFormat::stix ? import_stix(*json, sink) : import_misp(*json, sink);
}

bool is_json(ImportFormat format) {
  return format == ImportFormat::stix || format == ImportFormat::misp;
}

// Where a document comes from, piece by piece.
struct Source {
  mesh::ReadFile& file;
  std::string first;  ///< read already, to see what it is
  std::uint64_t size = 0, done = 0;

  Result<std::size_t> read(MutableByteView out) {
    std::size_t got = std::min(first.size(), out.size());
    if (got > 0) {
      std::copy_n(first.begin(), got, out.begin());
      first.erase(0, got);
    } else {
      const auto more = file.read(out);
      if (!more) return more;
      got = *more;
    }
    done += got;
    return got;
  }
};

Result<void> import_lines(Source& source, ImportFormat format, const ImportSink& sink) {
  LineImport lines(format, sink);
  LineFraming framing(import_line_bytes_max);
  Line line;
  for (;;) {
    const auto got = source.read(framing.room());
    if (!got) return std::unexpected(got.error());
    if (*got == 0) break;
    framing.filled(*got);
    while (framing.next(line))
      if (const auto taken = lines.take(line.text, line.too_long); !taken) return taken;
    if (sink.progress) sink.progress(source.done, source.size);
  }
  return framing.rest(line) ? lines.take(line.text, line.too_long) : Result<void>();
}

Result<std::string> read_all(Source& source, const ImportSink& sink) {
  if (source.size > import_json_bytes_max)
    return fail(Errc::too_large, "{} bytes of JSON, limit {}", source.size,
                import_json_bytes_max);
  std::string out;
  out.reserve(source.size + JsonText::padding);
  std::vector<std::uint8_t> piece(LineFraming::chunk_bytes);
  for (;;) {
    const auto got = source.read(piece);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) return out;
    out.append(text_of(ByteView(piece).first(*got)));
    if (out.size() > import_json_bytes_max)
      return fail(Errc::too_large, "more than {} bytes of JSON", import_json_bytes_max);
    if (sink.progress) sink.progress(source.done, source.size);
  }
}

Result<void> import_source(Source& source, ImportFormat format, const ImportSink& sink) {
  std::vector<std::uint8_t> piece(look_bytes);
  while (source.first.size() < look_bytes) {
    const auto got = source.file.read(MutableByteView(piece).first(look_bytes - source.first.size()));
    if (!got) return std::unexpected(got.error());
    if (*got == 0) break;
    source.first.append(text_of(ByteView(piece).first(*got)));
  }
  if (source.first.empty())
    return std::unexpected(Error{Errc::invalid, "the file is empty", "fetch it again"});
  if (const auto content = foreign_content(source.first); !content.empty())
    return std::unexpected(Error{Errc::invalid, fmt::format("this is {}", content),
                                 std::string(foreign_remedy(content))});
  if (format == ImportFormat::auto_) format = detect_format(source.first);
  if (!is_json(format)) return import_lines(source, format, sink);
  auto text = read_all(source, sink);
  if (!text) return std::unexpected(text.error());
  return import_json(*std::move(text), format, sink);
}

}  // namespace

Result<ImportFormat> import_format_from(std::string_view name) {
  for (const auto format : {ImportFormat::auto_, ImportFormat::stix, ImportFormat::misp,
                            ImportFormat::csv, ImportFormat::list})
    if (name_of(format) == name) return format;
  return fail(Errc::usage, "`{}` is no format: auto, stix, misp, csv, list", shown(name));
}

std::string_view name_of(ImportFormat format) {
  switch (format) {
    case ImportFormat::auto_: return "auto";
    case ImportFormat::stix: return "stix";
    case ImportFormat::misp: return "misp";
    case ImportFormat::csv: return "csv";
    case ImportFormat::list: return "list";
  }
  return "";
}

ImportFormat detect_format(std::string_view beginning) {
  if (beginning.starts_with("\xef\xbb\xbf")) beginning.remove_prefix(3);
  const auto at = beginning.find_first_not_of(" \t\r\n");
  if (at == beginning.npos) return ImportFormat::list;
  const char first = beginning[at];
  // A list may hold a pattern, which begins with a bracket as JSON arrays do.
  const auto second = beginning.find_first_not_of(" \t\r\n", at + 1);
  const bool array = first == '[' && second != beginning.npos &&
                     (beginning[second] == '{' || beginning[second] == ']');
  if (first == '{' || array) {
    for (const auto* mark : {"\"bundle\"", "\"spec_version\"", "\"indicator--", "\"objects\""})
      if (beginning.find(mark) != beginning.npos) return ImportFormat::stix;
    return ImportFormat::misp;
  }
  // The first line that is no comment; `type,value` in any order and case makes it a header.
  while (!beginning.empty()) {
    const auto line = beginning.substr(0, beginning.find('\n'));
    beginning.remove_prefix(std::min(line.size() + 1, beginning.size()));
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == line.npos || line[begin] == '#') continue;
    const auto fields = split_csv(line.substr(begin));
    if (!fields) break;
    const auto has = [&](std::string_view name) {
      return std::ranges::any_of(*fields, [&](const std::string& field) {
        return std::ranges::equal(field, name, {}, [](char c) {
          return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
        });
      });
    };
    return has("type") && has("value") ? ImportFormat::csv : ImportFormat::list;
  }
  return ImportFormat::list;
}

Result<void> import_file(mesh::Disk& disk, const mesh::Path& path, ImportFormat format,
                         const ImportSink& sink) {
  const auto where = path.string();
  auto file = disk.open_read(path);
  if (!file) return within(where, file.error());
  Source source{**file, {}, disk.size(path).value_or(0)};
  const auto done = import_source(source, format, sink);
  if (!done) return within(where, done.error());
  return {};
}

Result<void> import_document(std::string_view document, ImportFormat format,
                             const ImportSink& sink) {
  if (format == ImportFormat::auto_) format = detect_format(document.substr(0, look_bytes));
  if (is_json(format)) return import_json(std::string(document), format, sink);
  LineImport lines(format, sink);
  while (!document.empty()) {
    const auto line = document.substr(0, document.find('\n'));
    document.remove_prefix(std::min(line.size() + 1, document.size()));
    const bool too_long = line.size() > import_line_bytes_max;
    if (const auto taken = lines.take(too_long ? "" : line, too_long); !taken) return taken;
  }
  return {};
}

}  // namespace tocsin::playbooks
