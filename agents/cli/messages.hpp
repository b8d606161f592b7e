// The words that people read, in English, German and French. JSON never passes through here.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::agents::cli {

/// The text for `key` in `lang`, in English where that language has none, else `key` itself.
std::string_view message(std::string_view lang, std::string_view key);
/// True for a language that --lang takes.
bool is_language(std::string_view lang);

}  // namespace tocsin::agents::cli
