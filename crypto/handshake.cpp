#include "crypto/handshake.hpp"

#include <sodium.h>

#include "crypto/noise.hpp"

namespace tocsin::crypto {

namespace {

constexpr std::string_view pattern = "IKpsk2";
constexpr std::string_view protocol_label = "tocsin channel";
constexpr std::string_view mac_label = "tocsin message 1";
constexpr std::size_t mac_bytes = 32;
constexpr std::uint8_t purpose_max = 4;

/// What both must mean alike, or no tag fits: protocol, version, federation.
Bytes prologue_of(const FederationId& federation) {
  ByteWriter out;
  out.raw(bytes_of(protocol_label));
  out.u8(handshake_version);
  out.fixed(federation);
  return std::move(out).take();
}

/// The MAC of everything in message 1 before it, by whoever holds the pair's secret and
/// knows whom it dials.
Bytes mac_of(const SecretKey& psk, const PublicKey& responder, ByteView front) {
  static constexpr std::uint8_t first_block[] = {1};
  using noise::Hash;
  Bytes extracted = noise::hmac(Hash::sha256, responder.view(), {psk.view()});
  Bytes key = noise::hmac(Hash::sha256, extracted, {bytes_of(mac_label), first_block});
  auto mac = noise::hmac(Hash::sha256, key, {front});
  sodium_memzero(extracted.data(), extracted.size());
  sodium_memzero(key.data(), key.size());
  return mac;
}

bool mac_fits(const SecretKey& psk, const PublicKey& responder, ByteView front,
              ByteView mac) {
  const auto expected = mac_of(psk, responder, front);
  return sodium_memcmp(expected.data(), mac.data(), mac_bytes) == 0;
}

noise::Options noise_options(const OwnIdentity& own, bool initiator, const SecretKey& psk,
                             const Bytes& prologue) {
  noise::Options out;
  out.pattern = pattern;
  out.initiator = initiator;
  out.prologue = prologue;
  out.own = &own.channel;
  out.psk = psk.data;
  return out;
}

Channel channel_of(const noise::Handshake& handshake, bool initiator) {
  auto [from_initiator, from_responder] = handshake.split();
  const auto hash = Digest::from(handshake.hash()).value();
  Channel out = initiator ? Channel(from_initiator, from_responder, hash)
                          : Channel(from_responder, from_initiator, hash);
  sodium_memzero(from_initiator.data(), from_initiator.size());
  sodium_memzero(from_responder.data(), from_responder.size());
  return out;
}

void put_certificate(ByteWriter& out, const Certificate& certificate) {
  out.u16(std::uint16_t(certificate.encoded.size()));
  out.raw(certificate.encoded);
}

/// The certificate at the end of a payload, checked, and bound to the key that spoke.
Result<Certificate> take_certificate(ByteReader& in, const PublicKey& channel,
                                     const CheckCertificate& check) {
  const auto encoded = bytes_of(in.text16());
  if (!in.done() || encoded.size() > certificate_bytes_max)
    return fail(Errc::invalid, "handshake payload: a certificate belongs at its end");
  auto certificate = check(encoded);
  if (!certificate) return certificate;
  if (certificate->body.kind != CertificateKind::agent ||
      certificate->body.channel != channel)
    return fail(Errc::refused, "the certificate of {}/{} is not for the key that speaks",
                certificate->body.org, certificate->body.name);
  return certificate;
}

struct FoundSecret {
  const SecretKey* psk = nullptr;
  std::string_view org;
  bool next = false;
};

/// Which pair made the MAC. All are tried, so the time tells nothing of which fits.
FoundSecret find_secret(std::span<const PairSecrets> secrets, const PublicKey& own,
                        ByteView front, ByteView mac) {
  FoundSecret found;
  for (const auto& pair : secrets) {
    if (mac_fits(pair.current, own, front, mac)) found = {&pair.current, pair.peer_org};
    if (pair.next && mac_fits(*pair.next, own, front, mac))
      found = {&*pair.next, pair.peer_org, true};
  }
  return found;
}

}  // namespace

struct Initiator::State {
  PublicKey dialled;
  noise::Handshake handshake;
  Bytes message1;
  bool ended = false;
};

Initiator::Initiator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Initiator::Initiator(Initiator&&) noexcept = default;
Initiator& Initiator::operator=(Initiator&&) noexcept = default;
Initiator::~Initiator() = default;

const Bytes& Initiator::message1() const { return state_->message1; }

Result<Initiator> Initiator::make(Options options, Entropy& entropy) {
  const auto& own = options.own;
  if (own.certificate.body.channel != own.channel.public_key() ||
      own.certificate.encoded.size() > certificate_bytes_max)
    return fail(Errc::invalid, "our certificate does not fit our channel key");
  const auto prologue = prologue_of(own.federation);
  auto settings = noise_options(own, true, options.psk, prologue);
  settings.remote = options.responder_channel;
  auto handshake = noise::Handshake::make(settings);
  if (!handshake) return std::unexpected(handshake.error());

  ByteWriter payload;
  payload.u64(std::uint64_t(options.greeting.timestamp.ms));
  payload.u8(options.greeting.purpose);
  put_certificate(payload, own.certificate);

  Bytes message{handshake_version};
  const auto written = handshake->write(payload.bytes(), message, entropy);
  if (!written) return std::unexpected(written.error());
  const auto mac = mac_of(options.psk, options.responder_channel, message);
  message.insert(message.end(), mac.begin(), mac.end());
  TOCSIN_ASSERT(message.size() <= handshake_message_max);
  return Initiator(std::make_unique<State>(options.responder_channel,
                                           std::move(*handshake), std::move(message)));
}

Result<Initiator::Outcome> Initiator::finish(ByteView message2,
                                             const CheckCertificate& check) {
  if (state_->ended) return fail(Errc::usage, "this handshake has ended");
  state_->ended = true;
  if (message2.size() > handshake_message_max)
    return fail(Errc::invalid, "handshake message 2 of {} bytes", message2.size());
  const auto payload = state_->handshake.read(message2);
  if (!payload) return within("handshake message 2", payload.error());
  ByteReader in(*payload);
  auto peer = take_certificate(in, state_->dialled, check);
  if (!peer) return std::unexpected(peer.error());
  return Outcome{channel_of(state_->handshake, true), std::move(*peer)};
}

Result<Answer> respond(const OwnIdentity& own, std::span<const PairSecrets> secrets,
                       ByteView message1, const CheckCertificate& check,
                       Entropy& entropy) {
  if (message1.size() < handshake_message_min || message1.size() > handshake_message_max)
    return fail(Errc::invalid, "handshake message 1 of {} bytes", message1.size());
  const auto front = message1.first(message1.size() - mac_bytes);
  const auto found =
      find_secret(secrets, own.channel.public_key(), front, message1.last(mac_bytes));
  if (found.psk == nullptr)
    return fail(Errc::unauthenticated, "no pair secret made the MAC of this handshake");
  if (front[0] != handshake_version)
    return fail(Errc::unsupported, "handshake version {}", front[0]);

  const auto prologue = prologue_of(own.federation);
  auto handshake =
      noise::Handshake::make(noise_options(own, false, *found.psk, prologue));
  if (!handshake) return std::unexpected(handshake.error());
  const auto payload = handshake->read(front.subspan(1));
  if (!payload) return within("handshake message 1", payload.error());

  ByteReader in(*payload);
  const Greeting greeting{{std::int64_t(in.u64())}, in.u8()};
  if (greeting.purpose > purpose_max)
    return fail(Errc::invalid, "handshake purpose {} is unknown", greeting.purpose);
  auto peer = take_certificate(in, *handshake->remote(), check);
  if (!peer) return std::unexpected(peer.error());
  if (peer->body.org != found.org)
    return fail(Errc::refused, "{} spoke with the pair secret of {}", peer->body.org,
                found.org);

  ByteWriter reply;
  put_certificate(reply, own.certificate);
  Bytes message2;
  const auto written = handshake->write(reply.bytes(), message2, entropy);
  if (!written) return std::unexpected(written.error());
  return Answer{std::move(message2), channel_of(*handshake, false), std::move(*peer),
                greeting, found.next};
}

}  // namespace tocsin::crypto
