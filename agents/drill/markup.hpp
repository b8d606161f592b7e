// Text that cannot break out of a page, whatever an indicator or a scenario holds.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::agents::drill {

/// For element content and attributes in double quotes. Control characters become blanks.
std::string escape(std::string_view text);
/// `3.02`, always with a point.
std::string decimal(double value, int digits = 2);

}  // namespace tocsin::agents::drill
