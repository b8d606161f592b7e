// What can be blocked: one plain value in one canonical form, whatever a document or person wrote.
#pragma once

#include <string>

#include "mesh/wire/record.hpp"

namespace tocsin::playbooks {

/// What can be blocked, in canonical form.
struct BlockTarget {
  mesh::IndicatorType type{};  ///< ipv4, ipv6, cidr, domain or url
  std::string value;
  bool operator==(const BlockTarget&) const = default;
};

/// Recognises a target and makes it canonical (lower case, shortest IPv6, masked CIDR). Errors:
/// refused, for anything else, so also for text with blanks, quotes, shell or option characters.
Result<BlockTarget> block_target(std::string_view text);

/// The host of a URL without user, port and brackets; other text as it is. Lifetime: of `url`.
std::string_view url_host(std::string_view url);
/// ASCII letters in lower case.
std::string lower_case(std::string_view text);

}  // namespace tocsin::playbooks
