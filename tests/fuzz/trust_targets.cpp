// What is read before anybody is trusted: cards, charters, handshakes.
#include "crypto/charter.hpp"
#include "crypto/charter_body.hpp"
#include "crypto/noise.hpp"
#include "tests/crypto/handshake_sample.hpp"
#include "tests/fuzz/targets.hpp"

namespace tocsin::fuzz {
namespace {

using namespace crypto;

// Message 1 around a payload of the fuzzer's, with everything else as a member makes it.
Bytes message_with(tests::HandshakeSample& sample, ByteView payload) {
  ByteWriter prologue;
  prologue.raw(bytes_of("tocsin channel"));
  prologue.u8(handshake_version);
  prologue.fixed(sample.federation);
  noise::Options options;
  options.pattern = "IKpsk2";
  options.initiator = true;
  options.prologue = prologue.bytes();
  options.own = &sample.members.delos.channel;
  options.remote = sample.members.bleu.channel.public_key();
  options.psk = sample.psk.data;
  auto handshake = noise::Handshake::make(options);
  TOCSIN_ASSERT(handshake.has_value());
  Bytes out{handshake_version};
  TOCSIN_ASSERT(handshake->write(payload, out, sample.entropy).has_value());

  static constexpr std::uint8_t first_block[] = {1};
  const auto extracted =
      noise::hmac(noise::Hash::sha256, options.remote->view(), {sample.psk.view()});
  const auto key = noise::hmac(noise::Hash::sha256, extracted,
                               {bytes_of("tocsin message 1"), first_block});
  const auto mac = noise::hmac(noise::Hash::sha256, key, {out});
  out.insert(out.end(), mac.begin(), mac.end());
  return out;
}

}  // namespace

bool card(ByteView input) {
  const auto read = read_card(text_of(input));
  if (read) TOCSIN_ASSERT(check_card(*read).has_value());
  return read.has_value();
}

bool charter(ByteView input) {
  if (input.empty()) return false;
  const auto text = text_of(input.subspan(1));
  if (input[0] != 0) {
    const auto body = read_charter_body(text);
    // One text per body: what is signed can be written in one way only.
    if (body) TOCSIN_ASSERT(write_charter_body(*body) == text);
    return body.has_value();
  }
  const auto read = read_charter(text);
  if (!read) return false;
  const auto again = read_charter(write_charter(*read));
  TOCSIN_ASSERT(again.has_value());
  TOCSIN_ASSERT(again->body_text == read->body_text && again->federation == read->federation);
  return true;
}

bool handshake(ByteView input) {
  if (input.empty()) return false;
  // From the same seed each time, so that a message 2 may fit.
  tests::HandshakeSample sample;
  const auto rest = input.subspan(1);
  if (input[0] == 0) return sample.answer(rest).has_value();
  if (input[0] == 1) {
    auto initiator = Initiator::make(sample.options(), sample.entropy);
    TOCSIN_ASSERT(initiator.has_value());
    return initiator->finish(rest, sample.check()).has_value();
  }
  if (rest.size() > handshake_message_max) return false;
  return sample.answer(message_with(sample, rest)).has_value();
}

}  // namespace tocsin::fuzz
