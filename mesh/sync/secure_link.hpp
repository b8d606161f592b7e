// Messages over an encrypted stream: each in one or more frames of length[2] ‖ ciphertext, whose
// plaintext is more[1] ‖ piece.
#pragma once

#include "crypto/channel.hpp"
#include "mesh/world/stream_reader.hpp"

namespace tocsin::mesh {

class SecureLink {
 public:
  SecureLink(std::unique_ptr<Stream> stream, std::unique_ptr<StreamReader> reader,
             crypto::Channel channel);

  /// The next message, at most `bytes_max` long. Errors: unauthenticated, invalid (a frame
  /// without its first byte), too_large, closed, timeout (nothing for `silence_max`), io.
  Task<Result<Bytes>> receive(std::size_t bytes_max, Duration silence_max);
  /// One at a time. `message` must live until it completes. Errors: closed, timeout, io.
  Task<Result<void>> send(ByteView message);
  void close() { stream_->close(); }
  Address remote() const { return stream_->remote(); }
  std::uint64_t bytes_sent() const { return sent_; }

  static constexpr Duration write_max = std::chrono::seconds(10);
  static constexpr std::size_t piece_max =
      crypto::channel_message_max - crypto::channel_overhead - 1;

 private:
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<StreamReader> reader_;
  crypto::Channel channel_;
  Bytes out_, piece_out_, piece_in_;
  std::uint64_t sent_ = 0;
};

}  // namespace tocsin::mesh
