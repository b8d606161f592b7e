// Canonical forms of what events hold, at the speed of events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::playbooks {

/// What events hold is seldom in need of change, so these give a view of `text` itself where it
/// is canonical already and write to `scratch` otherwise; nothing when it is no such value.
/// Never refang. Lifetime of the view: that of `text` and until `scratch` is used again.
std::optional<std::string_view> observed_domain(std::string_view text, std::string& scratch);
std::optional<std::string_view> observed_url(std::string_view text, std::string& scratch);
std::optional<std::string_view> observed_email(std::string_view text, std::string& scratch);
/// Lower-case digits of exactly 32, 40 or 64; the length tells the type.
std::optional<std::string_view> observed_hash(std::string_view text, std::string& scratch);
/// The host of a canonical URL, without user, port and brackets. Lifetime: that of `url`.
std::string_view host_of(std::string_view url);

}  // namespace tocsin::playbooks
