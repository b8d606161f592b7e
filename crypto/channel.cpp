#include "crypto/channel.hpp"

#include <sodium.h>

#include "crypto/noise_symmetric.hpp"

namespace tocsin::crypto {

static_assert(channel_overhead == noise::tag_bytes);
static_assert(channel_message_max == noise::message_max);

Channel::Channel(const Key& send, const Key& receive, const Digest& handshake_hash)
    : send_{send}, receive_{receive}, hash_(handshake_hash) {}

Channel::Channel(Channel&& other) noexcept { *this = std::move(other); }

Channel& Channel::operator=(Channel&& other) noexcept {
  if (this == &other) return *this;
  send_ = other.send_;
  receive_ = other.receive_;
  hash_ = other.hash_;
  broken_ = other.broken_;
  other.end();
  return *this;
}

Channel::~Channel() { end(); }

void Channel::end() {
  sodium_memzero(send_.key.data(), send_.key.size());
  sodium_memzero(receive_.key.data(), receive_.key.size());
  broken_ = true;
}

void Channel::seal(ByteView plaintext, Bytes& out) {
  TOCSIN_ASSERT(plaintext.size() <= channel_message_max - channel_overhead);
  if (broken_) return;
  noise::encrypt(send_.key, send_.counter, {}, plaintext, out);
  step(send_);
}

Result<void> Channel::open(ByteView ciphertext, Bytes& out) {
  if (broken_) return fail(Errc::unauthenticated, "the channel is broken");
  if (ciphertext.size() > channel_message_max) {
    end();
    return fail(Errc::unauthenticated, "a channel message of {} bytes",
                ciphertext.size());
  }
  const auto opened = noise::decrypt(receive_.key, receive_.counter, {}, ciphertext, out);
  if (opened)
    step(receive_);
  else
    end();
  return opened;
}

void Channel::step(Direction& direction) {
  ++direction.counter;
  if (direction.counter % rekey_every == 0) direction.key = noise::rekey(direction.key);
}

}  // namespace tocsin::crypto
