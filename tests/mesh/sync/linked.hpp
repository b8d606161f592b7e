// Both ends of an encrypted stream in memory, with the bytes between them in the test's hands.
#pragma once

#include "mesh/sync/secure_link.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::tests {

inline std::shared_ptr<Pipe> make_pipe(MemoryLoop& loop) {
  auto pipe = std::make_shared<Pipe>();
  pipe->changed = std::make_unique<mesh::Event>(loop);
  return pipe;
}

struct Linked {
  static crypto::Channel::Key key(std::uint8_t n) {
    crypto::Channel::Key out;
    out.fill(n);
    return out;
  }
  std::unique_ptr<mesh::SecureLink> link(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out,
                                         crypto::Channel channel) {
    auto stream = std::make_unique<MemoryStream>(memory.loop, std::move(in), std::move(out));
    auto reader = std::make_unique<mesh::StreamReader>(*stream);
    return std::make_unique<mesh::SecureLink>(std::move(stream), std::move(reader),
                                              std::move(channel));
  }
  /// Puts a frame with this plaintext on its way to `ours`, as a peer with the keys could.
  void put_frame(crypto::Channel& channel, ByteView plaintext) {
    const auto length = plaintext.size() + crypto::channel_overhead;
    to_us->bytes.push_back(std::uint8_t(length));
    to_us->bytes.push_back(std::uint8_t(length >> 8));
    channel.seal(plaintext, to_us->bytes);
    to_us->changed->set();
  }

  MemoryWorld memory;
  std::shared_ptr<Pipe> to_us = make_pipe(memory.loop), to_them = make_pipe(memory.loop);
  std::unique_ptr<mesh::SecureLink> ours =
      link(to_us, to_them, crypto::Channel(key(1), key(2), {}));
  std::unique_ptr<mesh::SecureLink> theirs =
      link(to_them, to_us, crypto::Channel(key(2), key(1), {}));
};

}  // namespace tocsin::tests
