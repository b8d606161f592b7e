#include "agents/home/person.hpp"

#include <fmt/format.h>

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

constexpr Duration person_certificate_life = std::chrono::hours(24 * 372);
constexpr Duration clock_slack = std::chrono::hours(1);

Path key_file(const Path& keys, std::string_view name) {
  return keys / (std::string(name) + ".key");
}
Path certificate_file(const Path& keys, std::string_view name) {
  return keys / (std::string(name) + ".cert");
}

Result<void> check_new(mesh::Disk& disk, const PublicHome& home, const NewPerson& wish) {
  if (!crypto::is_name(wish.name))
    return fail(Errc::usage, "{}: a name has 1 to 32 characters of a-z, 0-9, '-' and '.'",
                wish.name);
  if (wish.roles == 0) return fail(Errc::usage, "a person needs at least one --role");
  const bool known = disk.exists(home.at.analyst(wish.name));
  if (known || disk.exists(key_file(wish.keys, wish.name)))
    return std::unexpected(Error{Errc::duplicate,
                                 fmt::format("there is a person {} already", wish.name),
                                 known ? "choose another name"
                                       : "choose another name, or another key folder with "
                                         "TOCSIN_KEYS"});
  return {};
}

Result<crypto::CertificateBody> peek_file(mesh::Disk& disk, const Path& file) {
  const auto bytes = disk.read(file, crypto::certificate_bytes_max);
  if (!bytes) return within(file.string(), bytes.error());
  auto body = crypto::peek_certificate(*bytes);
  if (!body) return within(file.string(), body.error());
  return body;
}

Result<std::string> only_person(mesh::Disk& disk, const PublicHome& home, const Path& keys) {
  const auto names = persons_in(disk, home, keys);
  if (names.size() == 1) return names.front();
  if (names.empty())
    return std::unexpected(
        Error{Errc::not_found,
              fmt::format("{} holds no person of {}", keys.string(), home.org),
              "make one with `tocsin analyst new`, or name the key folder with TOCSIN_KEYS"});
  return std::unexpected(Error{Errc::usage, "several persons could sign this",
                               fmt::format("add --as with one of {}", fmt::join(names, ", "))});
}

Result<crypto::Certificate> read_analyst(mesh::Disk& disk, const PublicHome& home,
                                         const Path& file) {
  constexpr std::string_view remedy =
      "copy the person's .cert from their key folder, or remove the file";
  const auto bytes = disk.read(file, crypto::certificate_bytes_max);
  if (!bytes) return within(file.string(), hinted(bytes.error(), remedy));
  auto checked = crypto::read_member_certificate(*home.charter, *bytes);
  if (!checked) return within(file.string(), hinted(checked.error(), remedy));
  if (checked->body.org != home.org)
    return fail(Errc::refused, "{}: {} is a person of {}, this home is of {}", file.string(),
                checked->body.name, checked->body.org, home.org);
  return checked;
}

std::string reader_binding(std::string_view org, std::string_view name,
                           const FederationId& federation) {
  return fmt::format("tocsin sealed note {} {}/{}", to_base32(federation), org, name);
}

}  // namespace

Result<crypto::Certificate> make_person(mesh::Disk& disk, Entropy& entropy,
                                        const PublicHome& home, const NewPerson& wish,
                                        WallTime now) {
  const auto charter = home.agreed();
  if (!charter) return std::unexpected(charter.error());
  const auto checked = check_new(disk, home, wish);
  if (!checked) return std::unexpected(checked.error());
  const auto root = read_root(disk, wish.root_folder, wish.passphrase);
  if (!root) return std::unexpected(root.error());
  if (root->root.public_key() != home.card.root)
    return fail(Errc::refused, "{} holds the root of another organisation than {}",
                wish.root_folder.string(), home.org);

  const auto signing = crypto::SigningKey::make(entropy);
  const auto sealing = crypto::ExchangeKey::make(entropy);
  crypto::CertificateBody body{.kind = crypto::CertificateKind::analyst,
                               .org = home.org,
                               .name = wish.name,
                               .signing = signing.public_key(),
                               .channel = {},
                               .sealing = sealing.public_key(),
                               .roles = wish.roles,
                               .not_before = now - clock_slack,
                               .not_after = now + person_certificate_life};
  body.proof = crypto::prove_possession(body, signing);
  auto certificate = crypto::certify(body, root->root, (*charter)->federation);

  crypto::KeyRing ring;
  ring.put("signing", signing.seed());
  ring.put("sealing", sealing.secret());
  const auto locked = ring.lock(wish.passphrase, entropy);
  using mesh::FileMode;
  auto done = disk.make_folders(wish.keys, FileMode::secret);
  if (done) done = disk.make_folders(home.at.analysts(), FileMode::shared);
  if (done) done = disk.write_atomic(key_file(wish.keys, wish.name), locked, FileMode::secret);
  if (done)
    done = disk.write_atomic(certificate_file(wish.keys, wish.name), certificate.encoded,
                             FileMode::shared);
  if (done)
    done = disk.write_atomic(home.at.analyst(wish.name), certificate.encoded, FileMode::shared);
  if (!done) return std::unexpected(done.error());
  return certificate;
}

std::vector<std::string> persons_in(mesh::Disk& disk, const PublicHome& home, const Path& keys) {
  std::vector<std::string> out;
  const auto names = disk.list(keys);
  if (!names) return out;
  for (const auto& file : *names) {
    if (!file.ends_with(".cert")) continue;
    const auto body = peek_file(disk, keys / file);
    if (body && body->org == home.org && body->name + ".cert" == file) out.push_back(body->name);
  }
  return out;
}

Result<Person> open_person(mesh::Disk& disk, const PublicHome& home, const Path& keys,
                           std::string_view wanted, const Passphrase& passphrase) {
  const auto charter = home.agreed();
  if (!charter) return std::unexpected(charter.error());
  std::string name(wanted);
  if (name.empty()) {
    auto only = only_person(disk, home, keys);
    if (!only) return std::unexpected(only.error());
    name = std::move(*only);
  }
  if (!crypto::is_name(name)) return fail(Errc::usage, "{}: no person's name", name);
  if (!disk.exists(key_file(keys, name)))
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("{} holds no keys of {}", keys.string(), name),
                                 "the person's own key folder is named by TOCSIN_KEYS"});

  const auto encoded = disk.read(certificate_file(keys, name), crypto::certificate_bytes_max);
  if (!encoded) return within(certificate_file(keys, name).string(), encoded.error());
  auto certificate =
      crypto::read_member_certificate(**charter, *encoded);
  // By a root that was replaced: the new one has certified the person anew, in HOME.
  if (certificate &&
      !crypto::read_certificate(*encoded, home.card.root, (*charter)->federation))
    if (auto newer = read_analyst(disk, home, home.at.analyst(name)))
      certificate = std::move(*newer);
  if (!certificate || certificate->body.org != home.org)
    return fail(Errc::refused, "{} is not certified by the root of {} for this federation", name,
                home.org);
  if (certificate->body.name != name)
    return fail(Errc::refused, "the certificate of {} names {}", name, certificate->body.name);

  const auto file = disk.read(key_file(keys, name), key_file_bytes_max);
  if (!file) return within(key_file(keys, name).string(), file.error());
  const auto unprotected = crypto::is_unprotected(*file);
  if (!unprotected) return within(key_file(keys, name).string(), unprotected.error());
  const auto ring =
      crypto::KeyRing::unlock(*file, *unprotected ? Passphrase() : passphrase);
  if (!ring) return within(key_file(keys, name).string(), ring.error());
  const auto seed = ring->get("signing");
  const auto secret = ring->get("sealing");
  if (!seed || !secret)
    return fail(Errc::invalid, "{}: holds no signing and sealing key", key_file(keys, name).string());
  auto signing = crypto::SigningKey::from_seed(*seed);
  auto sealing = crypto::ExchangeKey::from_secret(*secret);
  if (!signing || !sealing || signing->public_key() != certificate->body.signing ||
      sealing->public_key() != certificate->body.sealing)
    return fail(Errc::refused, "these keys are not those that the root certified for {}", name);
  return Person{std::move(*certificate), std::move(*signing), std::move(*sealing)};
}

Result<std::vector<crypto::Certificate>> read_analysts(mesh::Disk& disk, const PublicHome& home,
                                                       std::vector<Error>* bad) {
  std::vector<crypto::Certificate> out;
  if (!home.charter || !disk.exists(home.at.analysts())) return out;
  const auto names = disk.list(home.at.analysts());
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!name.ends_with(".cert")) continue;
    auto checked = read_analyst(disk, home, home.at.analysts() / name);
    if (checked) out.push_back(std::move(*checked));
    else if (bad) bad->push_back(checked.error());
    else return std::unexpected(checked.error());
  }
  return out;
}

Result<SignedOrder> sign_order(const Person& person, const FederationId& federation,
                               std::string_view verb,
                               std::map<std::string, std::string> arguments, WallTime now,
                               Entropy& entropy) {
  const Order order{.verb = std::string(verb),
                    .org = person.certificate.body.org,
                    .analyst = person.name(),
                    .issued = now,
                    .nonce = entropy.make<Order::Nonce>(),
                    .arguments = std::move(arguments)};
  auto body = encode_order(order);
  if (!body) return std::unexpected(body.error());
  const auto signature = person.signing.sign(crypto::Label::order, federation, *body);
  return SignedOrder{std::move(*body), signature};
}

Bytes seal_for_person(const crypto::CertificateBody& reader, const FederationId& federation,
                      std::string_view plain, Entropy& entropy) {
  const auto binding = reader_binding(reader.org, reader.name, federation);
  return crypto::wrap(reader.sealing, bytes_of(binding), bytes_of(plain), entropy);
}

Result<std::string> open_for_person(const Person& reader, const FederationId& federation,
                                    ByteView box) {
  const auto binding =
      reader_binding(reader.certificate.body.org, reader.name(), federation);
  const auto plain = crypto::unwrap(reader.sealing, bytes_of(binding), box);
  if (!plain) return std::unexpected(plain.error());
  return std::string(text_of(*plain));
}

}  // namespace tocsin::agents
