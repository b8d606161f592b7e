#include "mesh/world/stream_reader.hpp"

namespace tocsin::mesh {

namespace {
constexpr std::size_t read_bytes = 16 * 1024;
}

Task<Result<ByteView>> StreamReader::read_until(char delimiter, std::size_t max,
                                                Duration timeout) {
  for (std::size_t searched = 0;;) {
    const auto held = text_of(buffered());
    const auto found = held.find(delimiter, searched);
    if (found < max && found != held.npos) co_return take(found + 1);
    if (held.size() >= max)
      co_return fail(Errc::too_large, "no end within {} bytes", max);
    searched = held.size();
    const auto filled = co_await fill(1, timeout);
    if (!filled) co_return std::unexpected(filled.error());
  }
}

Task<Result<ByteView>> StreamReader::read_exactly(std::size_t count, Duration timeout) {
  while (buffered().size() < count) {
    const auto filled = co_await fill(count - buffered().size(), timeout);
    if (!filled) co_return std::unexpected(filled.error());
  }
  co_return take(count);
}

Task<Result<ByteView>> StreamReader::read_some(std::size_t max, Duration timeout) {
  if (buffered().empty()) {
    const auto filled = co_await fill(1, timeout);
    if (!filled) co_return std::unexpected(filled.error());
  }
  co_return take(std::min(max, buffered().size()));
}

Task<Result<void>> StreamReader::fill(std::size_t wanted, Duration timeout) {
  // Grows with what has come, so that a peer that announces much but sends little costs
  // little.
  const std::size_t room = std::max(read_bytes, std::min(wanted, 2 * (end_ - begin_)));
  if (begin_ > 0 && buffer_.size() - end_ < room) {
    std::copy(buffer_.begin() + std::ptrdiff_t(begin_),
              buffer_.begin() + std::ptrdiff_t(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < room) buffer_.resize(end_ + room);
  const MutableByteView space = MutableByteView(buffer_).subspan(end_);
  const auto got = co_await stream_.read_some(space, timeout);
  if (!got) co_return std::unexpected(got.error());
  end_ += *got;
  co_return Result<void>{};
}

ByteView StreamReader::take(std::size_t count) {
  const auto out = ByteView(buffer_).subspan(begin_, count);
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
  return out;
}

}  // namespace tocsin::mesh
