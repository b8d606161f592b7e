#include "mesh/sync/secure_link.hpp"

namespace tocsin::mesh {

SecureLink::SecureLink(std::unique_ptr<Stream> stream, std::unique_ptr<StreamReader> reader,
                       crypto::Channel channel)
    : stream_(std::move(stream)), reader_(std::move(reader)), channel_(std::move(channel)) {}

Task<Result<Bytes>> SecureLink::receive(std::size_t bytes_max, Duration silence_max) {
  Bytes message;
  for (bool more = true; more;) {
    const auto prefix = co_await reader_->read_exactly(2, silence_max);
    if (!prefix) co_return std::unexpected(prefix.error());
    const auto length = std::size_t((*prefix)[0] | (*prefix)[1] << 8);
    const auto frame = co_await reader_->read_exactly(length, silence_max);
    if (!frame) co_return std::unexpected(frame.error());
    if (const auto opened = channel_.open(*frame, piece_in_); !opened)
      co_return std::unexpected(opened.error());
    if (piece_in_.empty() || piece_in_[0] > 1)
      co_return fail(Errc::invalid, "frame: it does not say whether more follows");
    if (message.size() + piece_in_.size() - 1 > bytes_max)
      co_return fail(Errc::too_large, "message: over {} bytes", bytes_max);
    more = piece_in_[0] == 1;
    message.insert(message.end(), piece_in_.begin() + 1, piece_in_.end());
  }
  co_return message;
}

Task<Result<void>> SecureLink::send(ByteView message) {
  out_.clear();
  for (bool more = true; more;) {
    const auto piece = message.first(std::min(message.size(), piece_max));
    message = message.subspan(piece.size());
    more = !message.empty();
    piece_out_.assign(1, more ? 1 : 0);
    piece_out_.insert(piece_out_.end(), piece.begin(), piece.end());
    const auto length = piece_out_.size() + crypto::channel_overhead;
    out_.push_back(std::uint8_t(length));
    out_.push_back(std::uint8_t(length >> 8));
    channel_.seal(piece_out_, out_);
  }
  sent_ += out_.size();
  co_return co_await stream_->write(out_, write_max);
}

}  // namespace tocsin::mesh
