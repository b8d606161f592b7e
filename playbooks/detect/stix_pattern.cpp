#include "playbooks/detect/stix_pattern.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

constexpr std::size_t alternatives_max = 1024;

// Words, quoted strings and marks of a pattern, one after the other.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) { next(); }

  enum class Kind { word, string, mark, end, bad };
  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  bool is(std::string_view word) const {
    return (kind_ == Kind::word || kind_ == Kind::mark) && text_ == word;
  }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    next();
    return true;
  }
  void next();

 private:
  void quoted();
  std::string_view rest_;
  Kind kind_ = Kind::end;
  std::string text_;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':' || c == '*';
}

void Lexer::quoted() {
  std::size_t at = 1;
  for (; at < rest_.size() && rest_[at] != '\''; ++at) {
    if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
    text_ += rest_[at];
  }
  kind_ = at < rest_.size() ? Kind::string : Kind::bad;
  rest_.remove_prefix(std::min(at + 1, rest_.size()));
}

void Lexer::next() {
  while (!rest_.empty() && std::uint8_t(rest_[0]) <= 0x20) rest_.remove_prefix(1);
  text_.clear();
  if (rest_.empty()) {
    kind_ = Kind::end;
    return;
  }
  if (rest_[0] == '\'') return quoted();
  if (!is_word(rest_[0])) {
    kind_ = Kind::mark;
    text_ = rest_.substr(0, rest_.starts_with("==") ? 2 : 1);
    rest_.remove_prefix(text_.size());
    return;
  }
  kind_ = Kind::word;
  while (!rest_.empty() && is_word(rest_[0])) {
    text_ += rest_[0];
    rest_.remove_prefix(1);
    // `hashes.'SHA-256'`: a quoted key belongs to its path.
    if (text_.back() == '.' && rest_.starts_with('\'')) {
      const auto close = rest_.find('\'', 1);
      if (close == rest_.npos) return;
      text_ += rest_.substr(1, close - 1);
      rest_.remove_prefix(close + 1);
    }
  }
}

using Equalities = std::vector<StixEquality>;

// `path = 'value'`, `path IN ('a', 'b')`, `path ISSUBSET 'network'`.
std::optional<Equalities> comparison(Lexer& lexer) {
  if (lexer.kind() != Lexer::Kind::word) return {};
  const std::string path = lexer.text();
  lexer.next();
  Equalities out;
  const bool in_list = lexer.is("IN");
  if (!in_list && !lexer.is("=") && !lexer.is("==") && !lexer.is("ISSUBSET")) return {};
  lexer.next();
  if (in_list && !lexer.take("(")) return {};
  do {
    if (lexer.kind() != Lexer::Kind::string) return {};
    out.push_back({path, lexer.text()});
    lexer.next();
  } while (in_list && lexer.take(",") && out.size() < alternatives_max);
  if (in_list && !lexer.take(")")) return {};
  return out;
}

// Comparisons joined by AND. Only one of them may say something; the type of a reference beside
// its value says nothing.
std::optional<Equalities> conjunction(Lexer& lexer) {
  Equalities out;
  do {
    auto one = comparison(lexer);
    if (!one) return {};
    if (one->front().path.ends_with("_ref.type")) continue;
    if (!out.empty()) return {};
    out = *std::move(one);
  } while (lexer.take("AND"));
  if (out.empty()) return {};
  return out;
}

}  // namespace

std::optional<std::vector<StixEquality>> stix_equalities(std::string_view pattern) {
  Lexer lexer(pattern);
  Equalities out;
  do {
    if (!lexer.take("[")) return {};
    do {
      auto some = conjunction(lexer);
      if (!some || out.size() + some->size() > alternatives_max) return {};
      std::ranges::move(*some, std::back_inserter(out));
    } while (lexer.take("OR"));
    if (!lexer.take("]")) return {};
  } while (lexer.take("OR"));
  if (lexer.kind() != Lexer::Kind::end) return {};
  return out;
}

std::optional<Result<TypedValue>> value_of(const StixEquality& equality) {
  std::string path = equality.path;
  for (char& c : path)
    if (c >= 'A' && c <= 'Z') c = char(c + 32);
  const auto as = [&](IndicatorType type) -> Result<TypedValue> {
    auto value = canonical(type, equality.value);
    if (!value) return std::unexpected(value.error());
    return TypedValue{type, *std::move(value)};
  };
  const auto any_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, path) != names.end();
  };
  if (any_of({"domain-name:value", "hostname:value"})) return as(IndicatorType::domain);
  if (path == "url:value") return as(IndicatorType::url);
  if (any_of({"email-addr:value", "email-message:from_ref.value",
              "email-message:sender_ref.value"}))
    return as(IndicatorType::email);
  if (any_of({"ipv4-addr:value", "ipv6-addr:value", "network-traffic:dst_ref.value",
              "network-traffic:src_ref.value"})) {
    if (const auto network = parse_network(equality.value);
        network && network->prefix == (network->address.v6 ? 128 : 32))
      return guess_type(to_text(network->address));
    auto typed = guess_type(equality.value);
    const bool reference = path.starts_with("network-traffic");
    if (typed && typed->type == IndicatorType::domain && !reference)
      return fail(Errc::invalid, "`{}` is no address", shown(equality.value));
    return typed;
  }
  const auto dot = path.rfind('.');
  if (dot == path.npos || !path.substr(0, dot).ends_with(":hashes")) return {};
  const auto algorithm = std::string_view(path).substr(dot + 1);
  if (algorithm == "md5") return as(IndicatorType::md5);
  if (algorithm == "sha-1" || algorithm == "sha1") return as(IndicatorType::sha1);
  if (algorithm == "sha-256" || algorithm == "sha256") return as(IndicatorType::sha256);
  return {};
}

}  // namespace tocsin::playbooks
