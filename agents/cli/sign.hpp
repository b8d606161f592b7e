// A person's signed body as the arguments of the local interface.
#pragma once

#include "agents/cli/call.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents::cli {

/// `order`, `signature` and `analyst`. Signed under `label` and the home's federation.
json::object signed_arguments(const Person& person, const PublicHome& home, crypto::Label label,
                              ByteView body);

/// An identifier of N bytes in base32. Errors: invalid, naming `what`.
template <typename Fixed>
Result<Fixed> id_from(std::string_view what, std::string_view base32) {
  const auto bytes = from_base32(base32);
  if (!bytes) return within(what, bytes.error());
  auto id = Fixed::from(*bytes);
  if (!id) return within(what, id.error());
  return id;
}

/// Home and person of a command that a person signs.
struct Signer {
  PublicHome home;
  Person person;
};
/// Errors: as Call::home and Call::person.
Result<Signer> signer_of(Call& call);

}  // namespace tocsin::agents::cli
