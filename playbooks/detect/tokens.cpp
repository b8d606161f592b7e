#include "playbooks/detect/tokens.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tocsin::playbooks {
namespace {

constexpr std::array<bool, 256> word_bytes = [] {
  std::array<bool, 256> out{};
  for (int c = '0'; c <= '9'; ++c) out[std::size_t(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) out[std::size_t(c)] = out[std::size_t(c - 32)] = true;
  for (const char c : {'.', ':', '@', '-', '_', '+'}) out[std::size_t(c)] = true;
  for (int c = 0x80; c <= 0xff; ++c) out[std::size_t(c)] = true;
  return out;
}();

bool ends_url(char c) {
  return std::uint8_t(c) <= 0x20 || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' ||
         c == '|' || c == '\\' || c == '{' || c == '}' || c == '^' || c == 0x7f;
}

// Marks of the sentence around a token are not part of it.
std::string_view trimmed(std::string_view text, std::string_view marks) {
  while (!text.empty() && marks.find(text.back()) != marks.npos) text.remove_suffix(1);
  return text;
}

std::string_view bare(std::string_view text) {
  // A leading `::` is an IPv6 address, anything else in front is a mark.
  while (!text.empty() && (text[0] == '.' || text[0] == '-' || text[0] == '+' ||
                           (text[0] == ':' && !text.starts_with("::"))))
    text.remove_prefix(1);
  const bool open_end = text.ends_with("::");
  return trimmed(text, open_end ? ".-+" : ".:-+");
}

}  // namespace

std::string_view Tokens::url_from(std::size_t begin, std::size_t scheme_end) {
  std::size_t end = scheme_end + 3;
  while (end < rest_.size() && !ends_url(rest_[end])) ++end;
  auto out = trimmed(rest_.substr(begin, end - begin), ".,;:!?");
  // A closing bracket belongs to the URL only with its opening one.
  while (out.ends_with(')') && out.find('(') == out.npos) out = trimmed(out.substr(0, out.size() - 1), ".,;:!?");
  rest_.remove_prefix(end);
  return out;
}

bool Tokens::next(Token& token) {
  for (;;) {
    std::size_t begin = 0;
    while (begin < rest_.size() && !word_bytes[std::uint8_t(rest_[begin])]) ++begin;
    if (begin == rest_.size()) return false;
    std::size_t end = begin;
    while (end < rest_.size() && word_bytes[std::uint8_t(rest_[end])]) ++end;
    if (rest_[end - 1] == ':' && rest_.substr(end, 2) == "//" && end - begin >= 2) {
      std::size_t scheme = end - 1;  // Only letters right before `://` are the scheme.
      while (scheme > begin && rest_[scheme - 1] != ':' && rest_[scheme - 1] != '@') --scheme;
      token = {url_from(scheme, end - 1), true};
      return true;
    }
    token = {bare(rest_.substr(begin, end - begin)), false};
    rest_.remove_prefix(end);
    if (token.text.size() >= 3) return true;
  }
}

}  // namespace tocsin::playbooks
