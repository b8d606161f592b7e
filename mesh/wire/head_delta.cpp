#include "mesh/wire/head_delta.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

constexpr std::uint64_t has_ranges = 1, has_base = 2, is_gone = 4;
constexpr int flag_bits = 3;

void write_number(ByteWriter& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.u8(std::uint8_t(value | 0x80));
  out.u8(std::uint8_t(value));
}

// Nine groups hold every number that is sent; a tenth is refused.
std::optional<std::uint64_t> read_number(ByteReader& in) {
  std::uint64_t out = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    const auto byte = in.u8();
    out |= std::uint64_t(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return in.ok() ? std::optional(out) : std::nullopt;
  }
  return std::nullopt;
}

void write_ranges(ByteWriter& out, const LogHead& head) {
  write_number(out, head.ranges.size());
  auto above = head.contiguous;
  for (const auto& range : head.ranges) {
    write_number(out, range.first - above - 1);
    write_number(out, range.last - range.first);
    above = range.last;
  }
}

Result<void> read_ranges(ByteReader& in, LogHead& head) {
  const auto count = read_number(in);
  if (!count || *count > head_ranges_max)
    return fail(Errc::too_large, "heads: a head with more than {} ranges", head_ranges_max);
  head.ranges.clear();
  auto above = head.contiguous;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto gap = read_number(in), more = read_number(in);
    // Without a gap it would be part of what is below it.
    if (!gap || !more || *gap == 0 || *gap > batch_sequence_max || *more > batch_sequence_max)
      return fail(Errc::invalid, "heads: ranges of a head out of order");
    const auto first = above + *gap + 1;
    head.ranges.push_back({first, first + *more});
    above = first + *more;
    if (above > batch_sequence_max)
      return fail(Errc::invalid, "heads: a sequence beyond {}", batch_sequence_max);
  }
  return {};
}

void write_id(ByteWriter& out, const Digest& id) { out.raw(id.view().first(head_id_bytes)); }

Digest read_id(ByteReader& in) {
  Digest out;
  const auto bytes = in.raw(head_id_bytes);
  std::copy(bytes.begin(), bytes.end(), out.data.begin());
  return out;
}

// True where `to` can be told as a change of `from`.
bool continues(const LogHead& from, const LogHead& to) {
  return to.contiguous > from.contiguous ||
         (to.contiguous == from.contiguous && same_head_id(from.last, to.last));
}

bool same(const LogHead& a, const LogHead& b) {
  return a.contiguous == b.contiguous && a.base == b.base && a.ranges == b.ranges &&
         same_head_id(a.last, b.last);
}

void write_change(ByteWriter& out, const LogHead& from, const LogHead& to) {
  const auto more = to.contiguous - from.contiguous;
  // Ranges are relative to `contiguous`: they are told anew when that moved.
  const bool ranges = !to.ranges.empty() || !from.ranges.empty();
  write_number(out, more << flag_bits | (ranges ? has_ranges : 0) |
                        (to.base != from.base ? has_base : 0));
  if (more > 0) write_id(out, to.last);
  if (to.base != from.base) write_number(out, to.base);
  if (ranges) write_ranges(out, to);
}

Result<void> read_change(ByteReader& in, std::uint64_t word, LogHead& head) {
  const auto more = word >> flag_bits;
  if (more > batch_sequence_max || head.contiguous + more > batch_sequence_max)
    return fail(Errc::invalid, "heads: a sequence beyond {}", batch_sequence_max);
  head.contiguous += more;
  if (more > 0) head.last = read_id(in);
  if (word & has_base) {
    const auto base = read_number(in);
    if (!base) return fail(Errc::invalid, "heads: cut short");
    head.base = *base;
  }
  if (head.base > head.contiguous) return fail(Errc::invalid, "heads: a head below its base");
  if (word & has_ranges) return read_ranges(in, head);
  if (!head.ranges.empty() && more > 0)
    return fail(Errc::invalid, "heads: the ranges of a head that moved are missing");
  return {};
}

void write_new(ByteWriter& out, const LogHead& head) {
  out.raw(encode_log_key(head.key));
  write_number(out, head.contiguous);
  write_number(out, head.base);
  if (head.contiguous > 0) write_id(out, head.last);
  write_ranges(out, head);
}

Result<LogHead> read_new(ByteReader& in) {
  const auto key = decode_log_key(in.raw(log_key_bytes));
  if (!key) return std::unexpected(key.error());
  LogHead head{*key, 0, 0, {}, {}};
  const auto contiguous = read_number(in), base = read_number(in);
  if (!contiguous || !base || *contiguous > batch_sequence_max || *base > *contiguous)
    return fail(Errc::invalid, "heads: a head below its base, or beyond {}", batch_sequence_max);
  head.contiguous = *contiguous;
  head.base = *base;
  if (*contiguous > 0) head.last = read_id(in);
  if (const auto ranges = read_ranges(in, head); !ranges) return std::unexpected(ranges.error());
  return head;
}

Result<void> read_moved(ByteReader& in, std::size_t heads,
                        const std::function<const LogHead&(std::size_t)>& head_at,
                        std::vector<HeadChanges::Moved>& out) {
  const auto count = read_number(in);
  if (!count || *count > heads) return fail(Errc::invalid, "heads: more changes than heads");
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto passed = read_number(in), word = read_number(in);
    if (!passed || !word || *passed >= heads - at)
      return fail(Errc::invalid, "heads: a change of a head that is not there");
    at += *passed;
    if (*word == is_gone) {
      out.push_back({at++, std::nullopt});
      continue;
    }
    if (*word & is_gone) return fail(Errc::invalid, "heads: a head that is gone and moved");
    auto head = head_at(at);
    if (const auto read = read_change(in, *word, head); !read) return read;
    out.push_back({at++, std::move(head)});
  }
  return {};
}

}  // namespace

bool same_head_id(const Digest& a, const Digest& b) {
  return std::equal(a.data.begin(), a.data.begin() + head_id_bytes, b.data.begin());
}

void HeadDeltaWriter::add_new(const LogHead& head) {
  ++news_;
  write_new(fresh_, head);
}

void HeadDeltaWriter::compare(std::span<const LogHead> from, std::span<const LogHead> to) {
  auto now = to.begin();
  for (const auto& old : from) {
    for (; now != to.end() && now->key < old.key; ++now) add_new(*now);
    const bool there = now != to.end() && now->key == old.key;
    if (there && same(old, *now)) {
      ++now;
      ++passed_;
      continue;
    }
    ++changes_;
    write_number(changed_, std::exchange(passed_, 0));
    if (there && continues(old, *now)) {
      write_change(changed_, old, *now++);
    } else {
      write_number(changed_, is_gone);
      if (there) add_new(*now++);
    }
  }
  for (; now != to.end(); ++now) add_new(*now);
}

Bytes HeadDeltaWriter::take() && {
  ByteWriter out;
  write_number(out, changes_);
  out.raw(changed_.bytes());
  write_number(out, news_);
  out.raw(fresh_.bytes());
  return std::move(out).take();
}

Result<HeadChanges> read_head_delta(ByteView delta, std::size_t heads,
                                    const std::function<const LogHead&(std::size_t)>& head_at,
                                    std::size_t logs_max) {
  ByteReader in(delta);
  HeadChanges out;
  if (const auto read = read_moved(in, heads, head_at, out.moved); !read)
    return std::unexpected(read.error());
  const auto gone = std::count_if(out.moved.begin(), out.moved.end(),
                                  [](const auto& moved) { return !moved.head; });
  const auto news = read_number(in);
  if (!news || *news > logs_max || heads - std::size_t(gone) + *news > logs_max)
    return fail(Errc::too_large, "heads: more than {} logs", logs_max);
  for (std::uint64_t i = 0; i < *news; ++i) {
    auto head = read_new(in);
    if (!head) return std::unexpected(head.error());
    if (i > 0 && !(out.fresh.back().key < head->key))
      return fail(Errc::invalid, "heads: new heads out of order");
    out.fresh.push_back(std::move(*head));
  }
  if (!in.done()) return fail(Errc::invalid, "heads: {} bytes too many, or cut short", in.left());
  return out;
}

}  // namespace tocsin::mesh
