// International host names in the one form that DNS, indicators and events share: lower-case
// A-labels.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

/// The A-label (`xn--...`) of one label in UTF-8. Letters of Latin, Greek, Cyrillic, Armenian and
/// Georgian script and full-width forms are lowered; `label` comes composed (NFC), as keyboards
/// give it. Plain ASCII is lowered only.
/// Errors: invalid (no UTF-8, a character that host names cannot hold or that this cannot map,
/// longer than 63 bytes).
/// Source: RFC 3492, RFC 5891.
Result<std::string> to_a_label(std::string_view label);

}  // namespace tocsin::playbooks
