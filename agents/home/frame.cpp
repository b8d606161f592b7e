#include "agents/home/frame.hpp"

namespace tocsin::agents {

mesh::Task<Result<std::string>> read_frame(mesh::Stream& stream, Duration timeout) {
  std::array<std::uint8_t, 4> head{};
  auto began_task = mesh::read_exactly(stream, head, timeout);
  const auto began = co_await began_task;
  if (!began) co_return std::unexpected(began.error());

  const std::size_t length = ByteReader(head).u32();
  if (length > local_frame_bytes_max)
    co_return fail(Errc::too_large, "local frame: {} bytes, limit {}", length,
                   local_frame_bytes_max);
  std::string text(length, '\0');
  const MutableByteView body(reinterpret_cast<std::uint8_t*>(text.data()), length);
  if (length == 0) co_return text;
  auto read_task = mesh::read_exactly(stream, body, timeout);
  const auto read = co_await read_task;
  if (!read) co_return std::unexpected(read.error());
  co_return text;
}

mesh::Task<Result<void>> write_frame(mesh::Stream& stream, std::string text,
                                     Duration timeout) {
  if (text.size() > local_frame_bytes_max)
    co_return fail(Errc::too_large, "local frame: {} bytes, limit {}", text.size(),
                   local_frame_bytes_max);
  ByteWriter out;
  out.blob32(bytes_of(text));
  const Bytes frame = std::move(out).take();
  auto written_task = stream.write(frame, timeout);
  const auto written = co_await written_task;
  co_return written;
}

}  // namespace tocsin::agents
