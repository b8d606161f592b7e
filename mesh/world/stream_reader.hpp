// Reads lines and exact lengths from a stream with few system calls, because what comes
// in one read seldom ends where a message does.
#pragma once

#include "mesh/world/network.hpp"

namespace tocsin::mesh {

/// A buffer in front of one Stream. Lifetime: `stream` outlives the reader; views that it
/// returns live until the next call. After an error the reader is of no further use, save
/// `timeout`.
class StreamReader {
 public:
  explicit StreamReader(Stream& stream) : stream_(stream) {}

  /// Everything up to and with `delimiter`. Errors: too_large (none among `max` bytes),
  /// as Stream::read_some; `closed` also with part of a line read (see buffered()).
  Task<Result<ByteView>> read_until(char delimiter, std::size_t max, Duration timeout);
  /// Exactly `count` bytes. Errors: as Stream::read_some.
  Task<Result<ByteView>> read_exactly(std::size_t count, Duration timeout);
  /// At least one byte, all that is at hand up to `max`. Errors: as Stream::read_some.
  Task<Result<ByteView>> read_some(std::size_t max, Duration timeout);
  /// What was received but not yet given out.
  ByteView buffered() const { return ByteView(buffer_).subspan(begin_, end_ - begin_); }

 private:
  Task<Result<void>> fill(std::size_t wanted, Duration timeout);
  ByteView take(std::size_t count);

  Stream& stream_;
  Bytes buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace tocsin::mesh
