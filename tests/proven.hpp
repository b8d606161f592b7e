// Certificate bodies that tests make by hand, with the word of their key's holder.
#pragma once

#include "crypto/identity.hpp"

namespace tocsin::tests {

inline crypto::CertificateBody proven(crypto::CertificateBody body,
                                      const crypto::SigningKey& own) {
  body.proof = crypto::prove_possession(body, own);
  return body;
}

}  // namespace tocsin::tests
