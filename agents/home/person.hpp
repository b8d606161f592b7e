// A person's keys in the person's own folder, and what the person signs with them.
#pragma once

#include "agents/home/founding.hpp"
#include "agents/home/order.hpp"

namespace tocsin::agents {

/// A person with unlocked keys. Files in the key folder: NAME.key and NAME.cert.
struct Person {
  crypto::Certificate certificate;
  crypto::SigningKey signing;
  crypto::ExchangeKey sealing;
  const std::string& name() const { return certificate.body.name; }
};

struct NewPerson {
  std::string name;
  std::uint8_t roles = 0;  ///< crypto::AnalystRole bits
  Path keys;               ///< the person's key folder
  Path root_folder;
  Passphrase passphrase;
};
/// Makes keys, has the root certify them for the home's federation, and puts the certificate
/// into the person's folder and HOME/analysts. Errors: usage (name), not_found (no charter, no
/// root), refused (another organisation's root), duplicate (a person of this name), io.
Result<crypto::Certificate> make_person(mesh::Disk& disk, Entropy& entropy,
                                        const PublicHome& home, const NewPerson& wish,
                                        WallTime now);

/// The person `name`, or, when empty, the only one of this home's organisation in `keys`.
/// Errors: usage (several persons: says who), not_found, refused (not of this organisation or
/// federation, or the keys are not those of the certificate), unauthenticated (passphrase).
Result<Person> open_person(mesh::Disk& disk, const PublicHome& home, const Path& keys,
                           std::string_view name, const Passphrase& passphrase);
/// Names of the persons of this home's organisation in `keys`, sorted.
std::vector<std::string> persons_in(mesh::Disk& disk, const PublicHome& home, const Path& keys);

/// HOME/analysts, each checked against the root. With `bad`, a file that cannot be taken costs that
/// file and its error is put there. Errors: io, unauthenticated (naming the file).
Result<std::vector<crypto::Certificate>> read_analysts(mesh::Disk& disk, const PublicHome& home,
                                                       std::vector<Error>* bad = nullptr);

struct SignedOrder {
  Bytes body;
  SignatureBytes signature;
};
/// An order with a fresh nonce. Errors: as encode_order.
Result<SignedOrder> sign_order(const Person& person, const FederationId& federation,
                               std::string_view verb,
                               std::map<std::string, std::string> arguments, WallTime now,
                               Entropy& entropy);

/// A value for one person's eyes: `plain` wrapped for `sealing`, bound to federation and reader.
Bytes seal_for_person(const crypto::CertificateBody& reader, const FederationId& federation,
                      std::string_view plain, Entropy& entropy);
/// Errors: unauthenticated (for somebody else).
Result<std::string> open_for_person(const Person& reader, const FederationId& federation,
                                    ByteView box);

}  // namespace tocsin::agents
