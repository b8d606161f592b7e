#include "crypto/keystore.hpp"

#include <new>

#include <sodium.h>

#include "crypto/digest.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::string_view magic = "TOCSINK1";
constexpr std::size_t name_max = 255;
constexpr std::size_t secret_max = 4096;
constexpr std::size_t entries_max = 64;
constexpr std::size_t key_file_max = 512 * 1024;
constexpr std::size_t stream_header = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t stream_overhead = crypto_secretstream_xchacha20poly1305_ABYTES;

/// What a file may ask of us at most, whoever wrote it.
constexpr std::uint32_t passes_max = 10;
constexpr std::uint32_t memory_kib_max = 1024 * 1024;
constexpr std::uint32_t memory_kib_min = 8;

enum class Protection : std::uint8_t { none = 0, argon2id = 1 };

/// Everything in front of the ciphertext; authenticated with it.
struct Header {
  Protection protection{};
  std::uint32_t passes = 0, memory_kib = 0;
  std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
};

Bytes header_bytes(const Header& header) {
  ByteWriter out;
  out.raw(bytes_of(magic));
  out.u8(std::uint8_t(header.protection));
  if (header.protection == Protection::none) return std::move(out).take();
  out.u32(header.passes);
  out.u32(header.memory_kib);
  out.raw(header.salt);
  return std::move(out).take();
}

Result<Header> read_header(ByteReader& in) {
  const auto found = text_of(in.raw(magic.size()));
  if (!in.ok() || found.substr(0, magic.size() - 1) != magic.substr(0, magic.size() - 1))
    return fail(Errc::invalid, "key file: this is none");
  if (found != magic)
    return fail(Errc::unsupported, "key file: version '{:.1}' is unknown",
                found.substr(7));
  Header header;
  header.protection = Protection(in.u8());
  switch (header.protection) {
    case Protection::none:
      break;
    case Protection::argon2id: {
      header.passes = in.u32();
      header.memory_kib = in.u32();
      const auto salt = in.raw(header.salt.size());
      std::copy(salt.begin(), salt.end(), header.salt.begin());
      break;
    }
    default:
      return fail(Errc::unsupported, "key file: its protection is unknown");
  }
  if (!in.ok()) return fail(Errc::invalid, "key file: cut short");
  return header;
}

/// Bytes that are wiped when they go.
struct Wiped {
  Bytes bytes;
  Wiped() = default;
  explicit Wiped(std::size_t size) : bytes(size) {}
  Wiped(const Wiped&) = delete;
  ~Wiped() { sodium_memzero(bytes.data(), bytes.size()); }
};

struct StreamKey {
  std::array<std::uint8_t, crypto_secretstream_xchacha20poly1305_KEYBYTES> bytes{};
  crypto_secretstream_xchacha20poly1305_state state{};
  ~StreamKey() {
    sodium_memzero(bytes.data(), bytes.size());
    sodium_memzero(&state, sizeof state);
  }
};

/// False when there is not memory enough.
bool stretch(const Header& header, std::string_view passphrase, StreamKey& out) {
  return crypto_pwhash(out.bytes.data(), out.bytes.size(), passphrase.data(),
                       passphrase.size(), header.salt.data(), header.passes,
                       std::size_t{header.memory_kib} * 1024,
                       crypto_pwhash_ALG_ARGON2ID13) == 0;
}

Result<void> open_stream(const Header& header, ByteReader& in,
                         std::string_view passphrase, Wiped& out) {
  if (header.passes == 0 || header.passes > passes_max ||
      header.memory_kib < memory_kib_min || header.memory_kib > memory_kib_max)
    return fail(Errc::too_large,
                "key file: asks for {} passes over {} KiB, limits {} and {}",
                header.passes, header.memory_kib, passes_max, memory_kib_max);
  const auto start = in.raw(stream_header);
  const auto ciphertext = in.raw(in.left());
  if (!in.ok() || ciphertext.size() < stream_overhead)
    return fail(Errc::invalid, "key file: cut short");
  StreamKey key;
  if (!stretch(header, passphrase, key))
    return fail(Errc::io, "key file: no memory for Argon2id ({} KiB)", header.memory_kib);
  const auto ad = header_bytes(header);
  out.bytes.resize(ciphertext.size() - stream_overhead);
  std::uint8_t tag = 0;
  if (crypto_secretstream_xchacha20poly1305_init_pull(&key.state, start.data(),
                                                      key.bytes.data()) != 0 ||
      crypto_secretstream_xchacha20poly1305_pull(
          &key.state, out.bytes.data(), nullptr, &tag, ciphertext.data(),
          ciphertext.size(), ad.data(), ad.size()) != 0 ||
      tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
    return fail(Errc::unauthenticated,
                "key file: wrong passphrase, or the file is damaged");
  return {};
}

Bytes close_stream(const Header& header, ByteView content, std::string_view passphrase,
                   Entropy& entropy) {
  StreamKey key;
  if (!stretch(header, passphrase, key)) throw std::bad_alloc();
  const auto ad = header_bytes(header);
  Bytes out = ad;
  const auto start = out.size();
  out.resize(start + stream_header + content.size() + stream_overhead);
  const auto begin = MutableByteView(out).subspan(start, stream_header);
  entropy.fill(begin);
  // init_pull takes the header that we drew; init_push would draw one past our Entropy.
  // The state that both make is the same.
  TOCSIN_ASSERT(crypto_secretstream_xchacha20poly1305_init_pull(&key.state, begin.data(),
                                                                key.bytes.data()) == 0);
  crypto_secretstream_xchacha20poly1305_push(
      &key.state, begin.data() + stream_header, nullptr, content.data(), content.size(),
      ad.data(), ad.size(), crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  return out;
}

Bytes close_plain(const Header& header, ByteView content) {
  auto out = header_bytes(header);
  const auto digest = blake2b(content);
  out.insert(out.end(), content.begin(), content.end());
  out.insert(out.end(), digest.data.begin(), digest.data.end());
  return out;
}

Header make_header(KeyRing::Cost cost, Entropy& entropy) {
  const bool moderate = cost == KeyRing::Cost::moderate;
  Header header;
  header.protection = Protection::argon2id;
  header.passes =
      moderate ? crypto_pwhash_OPSLIMIT_MODERATE : crypto_pwhash_OPSLIMIT_INTERACTIVE;
  header.memory_kib =
      (moderate ? crypto_pwhash_MEMLIMIT_MODERATE : crypto_pwhash_MEMLIMIT_INTERACTIVE) /
      1024;
  entropy.fill(header.salt);
  return header;
}

Result<void> open_plain(ByteReader& in, Wiped& out) {
  if (in.left() < Digest::size) return fail(Errc::invalid, "key file: cut short");
  const auto content = in.raw(in.left() - Digest::size);
  if (in.fixed<Digest>() != blake2b(content))
    return fail(Errc::invalid, "key file: damaged (its digest does not fit)");
  out.bytes.assign(content.begin(), content.end());
  return {};
}

std::optional<std::string_view> without_empty(
    std::optional<std::string_view> passphrase) {
  if (passphrase && passphrase->empty()) return std::nullopt;
  return passphrase;
}

}  // namespace

/// Guarded and, where the system permits, locked memory.
struct KeyRing::Entry {
  Entry(std::string_view name_, ByteView secret) : name(name_), size(secret.size()) {
    bytes = static_cast<std::uint8_t*>(sodium_malloc(std::max<std::size_t>(size, 1)));
    if (!bytes) throw std::bad_alloc();
    std::copy(secret.begin(), secret.end(), bytes);
  }
  Entry(Entry&& other) noexcept
      : name(std::move(other.name)),
        bytes(std::exchange(other.bytes, nullptr)),
        size(other.size) {}
  Entry& operator=(Entry&& other) noexcept {
    std::swap(name, other.name);
    std::swap(bytes, other.bytes);
    std::swap(size, other.size);
    return *this;
  }
  ~Entry() { sodium_free(bytes); }
  ByteView view() const { return {bytes, size}; }

  std::string name;
  std::uint8_t* bytes = nullptr;
  std::size_t size;
};

KeyRing::KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;
KeyRing::~KeyRing() = default;

void KeyRing::put(std::string_view name, ByteView secret) {
  TOCSIN_ASSERT(name.size() <= name_max && secret.size() <= secret_max);
  Entry entry(name, secret);
  for (auto& held : entries_)
    if (held.name == name) {
      held = std::move(entry);
      return;
    }
  TOCSIN_ASSERT(entries_.size() < entries_max);
  entries_.push_back(std::move(entry));
}

Result<ByteView> KeyRing::get(std::string_view name) const {
  for (const auto& entry : entries_)
    if (entry.name == name) return entry.view();
  return fail(Errc::not_found, "the key file holds no '{}'", name);
}

Bytes KeyRing::lock(std::optional<std::string_view> passphrase, Entropy& entropy,
                    Cost cost) const {
  std::size_t size = 1;
  for (const auto& entry : entries_) size += 1 + entry.name.size() + 2 + entry.size;
  Wiped content;
  content.bytes.reserve(size);  // No growth, so no copies of secrets left behind.
  const auto add = [&](ByteView more) {
    content.bytes.insert(content.bytes.end(), more.begin(), more.end());
  };
  content.bytes.push_back(std::uint8_t(entries_.size()));
  for (const auto& entry : entries_) {
    content.bytes.push_back(std::uint8_t(entry.name.size()));
    add(bytes_of(entry.name));
    content.bytes.push_back(std::uint8_t(entry.size & 0xff));
    content.bytes.push_back(std::uint8_t(entry.size >> 8));
    add(entry.view());
  }
  passphrase = without_empty(passphrase);
  if (!passphrase) return close_plain(Header{}, content.bytes);
  return close_stream(make_header(cost, entropy), content.bytes, *passphrase, entropy);
}

Result<KeyRing> KeyRing::unlock(ByteView file,
                                std::optional<std::string_view> passphrase) {
  if (file.size() > key_file_max)
    return fail(Errc::too_large, "key file: {} bytes, limit {}", file.size(),
                key_file_max);
  ByteReader in(file);
  const auto header = read_header(in);
  if (!header) return std::unexpected(header.error());
  passphrase = without_empty(passphrase);
  Wiped content;
  const bool plain = header->protection == Protection::none;
  if (!plain && !passphrase)
    return std::unexpected(Error{Errc::unauthenticated, "key file: needs its passphrase",
                                 "name the file that holds it"});
  const auto opened =
      plain ? open_plain(in, content) : open_stream(*header, in, *passphrase, content);
  if (!opened) return std::unexpected(opened.error());
  return read_entries(content.bytes);
}

Result<KeyRing> KeyRing::read_entries(ByteView content) {
  ByteReader in(content);
  KeyRing ring;
  const std::size_t count = in.u8();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const auto name = in.text8();
    const auto secret = in.raw(in.u16());
    if (!in.ok() || secret.size() > secret_max || i >= entries_max || ring.get(name))
      return fail(Errc::invalid, "key file: entry {} is malformed", i);
    ring.put(name, secret);
  }
  if (!in.done()) return fail(Errc::invalid, "key file: its content is malformed");
  return ring;
}

Result<bool> is_unprotected(ByteView key_file) {
  ByteReader in(key_file);
  const auto header = read_header(in);
  if (!header) return std::unexpected(header.error());
  return header->protection == Protection::none;
}

}  // namespace tocsin::crypto
