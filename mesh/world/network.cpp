#include "mesh/world/network.hpp"

#include <charconv>

namespace tocsin::mesh {

namespace {

constexpr std::size_t host_chars_max = 255;
constexpr std::size_t unix_path_max = 107;  // sun_path of Linux without its final zero

Result<std::uint16_t> port_from(std::string_view whole, std::string_view port) {
  unsigned number = 0;
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || error != std::errc() || end != port.data() + port.size() ||
      number > 65535)
    return fail(Errc::invalid, "address `{}`: `{}` is no port from 0 to 65535", whole,
                port);
  return std::uint16_t(number);
}

bool is_host(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '-' || c == '_';
  };
  return !host.empty() && host.size() <= host_chars_max &&
         std::all_of(host.begin(), host.end(), fits);
}

bool is_v6(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') ||
           c == ':' || c == '.';
  };
  return host.size() >= 2 && host.size() <= 45 &&
         std::all_of(host.begin(), host.end(), fits) && host.find(':') != host.npos;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    const auto path = text.substr(5);
    if (path.empty()) return fail(Errc::invalid, "address `unix:` names no path");
    if (path.size() > unix_path_max || path.find('\0') != path.npos)
      return fail(Errc::invalid, "address `{}`: a socket's path has at most {} bytes",
                  text, unix_path_max);
    return Address{std::string(text)};
  }
  const auto parts = host_and_port({std::string(text)});
  if (!parts) return std::unexpected(parts.error());
  return Address{std::string(text)};
}

Result<HostPort> host_and_port(const Address& address) {
  const std::string_view text = address.text;
  const auto colon = text.rfind(':');
  if (text.size() > host_chars_max + 8 || colon == text.npos)
    return fail(Errc::invalid, "address `{}` is not host:port, [v6]:port or unix:PATH",
                text.substr(0, 64));
  const auto host = text.substr(0, colon);
  const auto port = port_from(text, text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const auto bare = bracketed ? host.substr(1, host.size() - 2) : host;
  if (bracketed ? !is_v6(bare) : !is_host(bare))
    return fail(Errc::invalid,
                "address `{}`: `{}` is no host name, IPv4 or [IPv6] address", text, host);
  return HostPort{std::string(bare), *port};
}

Task<Result<void>> read_exactly(Stream& stream, MutableByteView out, Duration timeout) {
  while (!out.empty()) {
    const auto got = co_await stream.read_some(out, timeout);
    if (!got) co_return std::unexpected(got.error());
    out = out.subspan(*got);
  }
  co_return Result<void>{};
}

}  // namespace tocsin::mesh
