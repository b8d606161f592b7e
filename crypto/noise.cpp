#include "crypto/noise.hpp"

#include <sodium.h>

namespace tocsin::crypto::noise {

/// A pattern of §7.4 and §7.5, with the psk modifier of §9 applied.
struct Handshake::Pattern {
  std::string_view name;
  bool responder_known;  ///< pre-message `<- s`
  bool psk;
  std::vector<std::vector<Token>> messages;
};

const Handshake::Pattern* Handshake::pattern_named(std::string_view name) {
  using enum Token;
  static const std::array<Pattern, 6> all{{
      {"N", true, false, {{e, es}}},
      {"X", true, false, {{e, es, s, ss}}},
      {"IK", true, false, {{e, es, s, ss}, {e, ee, se}}},
      {"IKpsk2", true, true, {{e, es, s, ss}, {e, ee, se, psk}}},
      {"XX", false, false, {{e}, {e, ee, s, es}, {s, se}}},
      {"XXpsk3", false, true, {{e}, {e, ee, s, es}, {s, se, psk}}},
  }};
  for (const auto& pattern : all)
    if (pattern.name == name) return &pattern;
  return nullptr;
}

Result<Handshake> Handshake::make(const Options& options) {
  const auto* pattern = pattern_named(options.pattern);
  if (pattern == nullptr)
    return fail(Errc::unsupported, "Noise pattern `{}`", options.pattern.substr(0, 32));
  const bool needs_own = !options.initiator || pattern->name != "N";
  if (needs_own && options.own == nullptr)
    return fail(Errc::usage, "Noise {} needs an own static key", pattern->name);
  if (options.initiator && pattern->responder_known != options.remote.has_value())
    return fail(Errc::usage, "Noise {}: the responder's key is {}", pattern->name,
                pattern->responder_known ? "needed" : "not known beforehand");
  if (pattern->psk != options.psk.has_value())
    return fail(Errc::usage, "Noise {} {} a pre-shared key", pattern->name,
                pattern->psk ? "needs" : "takes no");
  return Handshake(*pattern, options);
}

Handshake::Handshake(const Pattern& pattern, const Options& options)
    : pattern_(&pattern),
      symmetric_(options.hash,
                 fmt::format("Noise_{}_25519_ChaChaPoly_{}", pattern.name,
                             options.hash == Hash::sha256 ? "SHA256" : "BLAKE2b")),
      initiator_(options.initiator),
      own_(options.own),
      psk_(options.psk) {
  symmetric_.mix_hash(options.prologue);
  if (!pattern.responder_known) return;
  if (initiator_) remote_ = options.remote;
  symmetric_.mix_hash(initiator_ ? remote_->view() : own_->public_key().view());
}

Handshake::Handshake(Handshake&&) noexcept = default;
Handshake& Handshake::operator=(Handshake&&) noexcept = default;
Handshake::~Handshake() {
  if (psk_) sodium_memzero(psk_->data(), psk_->size());
}

bool Handshake::finished() const { return next_ == pattern_->messages.size(); }

Result<void> Handshake::write(ByteView payload, Bytes& out, Entropy& entropy) {
  if (finished() || (next_ % 2 == 0) != initiator_)
    return fail(Errc::usage, "it is the other side's turn to write");
  for (const auto token : pattern_->messages[next_])
    if (const auto done = write_token(token, out, entropy); !done) return done;
  symmetric_.encrypt_and_hash(payload, out);
  ++next_;
  return {};
}

Result<Bytes> Handshake::read(ByteView message) {
  if (finished() || (next_ % 2 == 0) == initiator_)
    return fail(Errc::usage, "it is our turn to write");
  if (message.size() > message_max)
    return fail(Errc::invalid, "a handshake message of {} bytes", message.size());
  for (const auto token : pattern_->messages[next_])
    if (const auto done = read_token(token, message); !done)
      return std::unexpected(done.error());
  auto payload = symmetric_.decrypt_and_hash(message);
  if (payload) ++next_;
  return payload;
}

std::pair<Key, Key> Handshake::split() const {
  TOCSIN_ASSERT(finished());
  return symmetric_.split();
}

Result<void> Handshake::write_token(Token token, Bytes& out, Entropy& entropy) {
  switch (token) {
    case Token::e: {
      ephemeral_ = ExchangeKey::make(entropy);
      const auto& key = ephemeral_->public_key();
      out.insert(out.end(), key.data.begin(), key.data.end());
      mix_ephemeral(key);
      return {};
    }
    case Token::s:
      symmetric_.encrypt_and_hash(own_->public_key().view(), out);
      return {};
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
      return mix_shared(token);
    case Token::psk:
      symmetric_.mix_key_and_hash(*psk_);
      return {};
  }
  panic("unnamed Noise token", __FILE__, __LINE__);
}

Result<void> Handshake::read_token(Token token, ByteView& left) {
  const std::size_t wanted = token != Token::s      ? PublicKey::size
                             : symmetric_.has_key() ? PublicKey::size + tag_bytes
                                                    : PublicKey::size;
  const bool reads = token == Token::e || token == Token::s;
  if (reads && left.size() < wanted)
    return fail(Errc::invalid, "a handshake message ends inside a key");
  switch (token) {
    case Token::e:
      remote_ephemeral_ = PublicKey::from(left.first(wanted)).value();
      mix_ephemeral(*remote_ephemeral_);
      left = left.subspan(wanted);
      return {};
    case Token::s: {
      const auto key = symmetric_.decrypt_and_hash(left.first(wanted));
      if (!key) return std::unexpected(key.error());
      remote_ = PublicKey::from(*key).value();
      left = left.subspan(wanted);
      return {};
    }
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
      return mix_shared(token);
    case Token::psk:
      symmetric_.mix_key_and_hash(*psk_);
      return {};
  }
  panic("unnamed Noise token", __FILE__, __LINE__);
}

/// In a pattern with a psk, the ephemeral also goes into the key. Source: §9.2.
void Handshake::mix_ephemeral(const PublicKey& key) {
  symmetric_.mix_hash(key.view());
  if (pattern_->psk) symmetric_.mix_key(key.view());
}

/// The first letter of a token names the initiator's key, the second the responder's.
Result<void> Handshake::mix_shared(Token token) {
  const bool initiator_static = token == Token::se || token == Token::ss;
  const bool responder_static = token == Token::es || token == Token::ss;
  const bool own_static = initiator_ ? initiator_static : responder_static;
  const bool remote_static = initiator_ ? responder_static : initiator_static;
  const ExchangeKey& own = own_static ? *own_ : *ephemeral_;
  const PublicKey& remote = remote_static ? *remote_ : *remote_ephemeral_;
  auto shared = own.agree(remote);
  if (!shared) return std::unexpected(shared.error());
  symmetric_.mix_key(shared->view());
  sodium_memzero(shared->data.data(), shared->data.size());
  return {};
}

}  // namespace tocsin::crypto::noise
