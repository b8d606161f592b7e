// Finds what looks like an address, a name, a URL, a hash or an e-mail address in free text.
#pragma once

#include <string_view>

namespace tocsin::playbooks {

/// Gives one whole token after the other; a part of a token never counts. Nothing is refanged: a
/// log shows what happened, and nothing connects to a defanged name.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) {}

  struct Token {
    std::string_view text;
    bool url = false;  ///< holds `scheme://`
  };
  /// False at the end. Lifetime: that of the text.
  bool next(Token& token);

 private:
  std::string_view url_from(std::size_t begin, std::size_t scheme_end);
  std::string_view rest_;
};

}  // namespace tocsin::playbooks
