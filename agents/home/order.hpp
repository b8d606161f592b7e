// A person's order (release, abort, done, freeze, retract, ...) as the bytes that the person's
// own key signs, so that an agent can check it but cannot make it.
#pragma once

#include <map>
#include <string>

#include "crypto/identity.hpp"

namespace tocsin::agents {

/// form[1]=0x41 ‖ verb (text8) ‖ organisation (text8) ‖ analyst (text8) ‖ issued ms[8] ‖
/// nonce[16] ‖ argument count[1] ‖ arguments: name (text8) ‖ value (text16), names ascending and
/// distinct. Signed under Label::order and the federation id.
struct Order {
  using Nonce = FixedBytes<16, struct OrderNonceTag>;

  std::string verb;          ///< as on the local interface: `incident.release`
  std::string org, analyst;  ///< who orders
  WallTime issued;
  Nonce nonce;               ///< an order counts once
  std::map<std::string, std::string> arguments;  ///< at most arguments_max
  bool operator==(const Order&) const = default;

  static constexpr std::size_t arguments_max = 16;
  static constexpr std::size_t bytes_max = 64 * 1024;
  /// An agent takes an order this long after it was issued, and this long before (clocks differ).
  static constexpr Duration life = std::chrono::minutes(5);
};

/// Errors: too_large (a text over its field, too many arguments).
Result<Bytes> encode_order(const Order& order);
/// Takes exactly what encode_order writes. Errors: invalid, too_large.
Result<Order> decode_order(ByteView bytes);

/// Checks that `signature` over `body` is by the person of `certificate`, that the order is
/// theirs, is for `verb`, says what `arguments` say, and is fresh at `now`. The caller keeps the
/// nonces of the last Order::life × 2 and refuses one that it has seen. Errors: invalid,
/// unauthenticated, refused, expired.
struct OrderCheck {
  const crypto::Certificate& certificate;
  const FederationId& federation;
  std::string_view verb;
  const std::map<std::string, std::string>& arguments;
  WallTime now;
};
Result<Order> check_order(ByteView body, const SignatureBytes& signature,
                          const OrderCheck& against);

}  // namespace tocsin::agents
