#include "agents/cli/sign.hpp"

namespace tocsin::agents::cli {

json::object signed_arguments(const Person& person, const PublicHome& home, crypto::Label label,
                              ByteView body) {
  TOCSIN_ASSERT(home.charter);
  const auto signature = person.signing.sign(label, home.charter->federation, body);
  return {{"order", to_base64(body)},
          {"signature", to_base64(signature.view())},
          {"analyst", person.name()}};
}

Result<Signer> signer_of(Call& call) {
  auto home = call.home();
  if (!home) return std::unexpected(home.error());
  auto person = call.person(*home);
  if (!person) return std::unexpected(person.error());
  return Signer{std::move(*home), std::move(*person)};
}

}  // namespace tocsin::agents::cli
