#include "agents/home/order.hpp"

#include <chrono>

namespace tocsin::agents {
namespace {

constexpr std::uint8_t order_form = 0x41;  // Not the first byte of any other signed order.
constexpr std::int64_t issued_ms_max = 253'402'300'799'999;  // The end of the year 9999.

bool fits(const Order& order) {
  if (order.arguments.size() > Order::arguments_max) return false;
  if (order.verb.size() > 255 || order.org.size() > 255 || order.analyst.size() > 255)
    return false;
  std::size_t total = 0;
  for (const auto& [name, value] : order.arguments) {
    if (name.size() > 255 || value.size() > 65535) return false;
    total += name.size() + value.size() + 3;
  }
  return total + 1024 <= Order::bytes_max;
}

}  // namespace

Result<Bytes> encode_order(const Order& order) {
  if (!fits(order))
    return fail(Errc::too_large, "order: a text or the number of arguments is over its limit");
  ByteWriter out;
  out.u8(order_form);
  out.text8(order.verb);
  out.text8(order.org);
  out.text8(order.analyst);
  out.u64(std::uint64_t(order.issued.ms));
  out.fixed(order.nonce);
  out.u8(std::uint8_t(order.arguments.size()));
  for (const auto& [name, value] : order.arguments) {
    out.text8(name);
    out.text16(value);
  }
  return std::move(out).take();
}

Result<Order> decode_order(ByteView bytes) {
  if (bytes.size() > Order::bytes_max)
    return fail(Errc::too_large, "order: {} bytes, limit {}", bytes.size(), Order::bytes_max);
  ByteReader in(bytes);
  if (in.u8() != order_form) return fail(Errc::invalid, "order: of another form");

  Order order;
  order.verb = in.text8();
  order.org = in.text8();
  order.analyst = in.text8();
  order.issued.ms = std::int64_t(in.u64());
  if (order.issued.ms < 0 || order.issued.ms > issued_ms_max)
    return fail(Errc::invalid, "order: issued outside the calendar");
  order.nonce = in.fixed<Order::Nonce>();
  const std::size_t count = in.u8();
  std::string last;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string name(in.text8());
    if (i > 0 && name <= last) return fail(Errc::invalid, "order: arguments out of order");
    order.arguments[name] = in.text16();
    last = name;
  }
  if (!in.done() || count > Order::arguments_max)
    return fail(Errc::invalid, "order: the bytes do not end where it ends");
  return order;
}

Result<Order> check_order(ByteView body, const SignatureBytes& signature,
                          const OrderCheck& against) {
  auto order = decode_order(body);
  if (!order) return order;
  const auto& person = against.certificate.body;
  if (order->org != person.org || order->analyst != person.name)
    return fail(Errc::refused, "the order is in the name of {}/{}, not of {}/{}", order->org,
                order->analyst, person.org, person.name);
  if (!crypto::verify(crypto::Label::order, against.federation, body, person.signing, signature))
    return fail(Errc::unauthenticated, "the order's signature is not that of {}/{}", person.org,
                person.name);
  if (!against.certificate.valid_at(against.now))
    return fail(Errc::expired, "the certificate of {}/{} is not valid now", person.org,
                person.name);
  if (order->verb != against.verb)
    return fail(Errc::refused, "the order is for {}, not for {}", order->verb, against.verb);
  if (order->arguments != against.arguments)
    return fail(Errc::refused, "what was signed is not what is asked for");
  if (order->issued + Order::life < against.now || against.now + Order::life < order->issued)
    return fail(Errc::expired, "the order was issued more than {} minutes from now",
                std::chrono::duration_cast<std::chrono::minutes>(Order::life).count());
  return order;
}

}  // namespace tocsin::agents
