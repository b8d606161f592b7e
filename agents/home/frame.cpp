#include "agents/home/frame.hpp"

#include <algorithm>
#include <array>

#include "crypto/text.hpp"

namespace tocsin::agents {
namespace {

constexpr std::size_t piece_bytes_max = 1024 * 1024;

std::unexpected<Error> too_large(std::size_t length) {
  return fail(Errc::too_large, "local frame: {} bytes, limit {}", length, local_frame_bytes_max);
}

}  // namespace

mesh::Task<Result<std::string>> read_frame(mesh::Stream& stream, Duration begin_max,
                                           Duration rest_max) {
  std::array<std::uint8_t, 4> head{};
  auto began_task = mesh::read_exactly(stream, head, begin_max);
  const auto began = co_await std::move(began_task);
  if (!began) co_return std::unexpected(began.error());

  const std::size_t length = ByteReader(head).u32();
  if (length > local_frame_bytes_max) co_return too_large(length);
  std::string text;
  while (text.size() < length) {
    const auto at = text.size();
    text.resize(at + std::min(length - at, piece_bytes_max));
    const MutableByteView piece(reinterpret_cast<std::uint8_t*>(text.data()) + at,
                                text.size() - at);
    auto read_task = mesh::read_exactly(stream, piece, rest_max);
    const auto read = co_await std::move(read_task);
    if (!read) co_return std::unexpected(read.error());
  }
  co_return text;
}

mesh::Task<Result<void>> write_frame(mesh::Stream& stream, std::string text,
                                     Duration timeout) {
  const auto body = well_formed(text);
  if (body.size() > local_frame_bytes_max) co_return too_large(body.size());
  ByteWriter out;
  out.blob32(bytes_of(body));
  const Bytes frame = std::move(out).take();
  auto written_task = stream.write(frame, timeout);
  const auto written = co_await std::move(written_task);
  co_return written;
}

}  // namespace tocsin::agents
