#include "playbooks/runs/condition.hpp"

#include <charconv>
#include <optional>

#include "playbooks/runs/variables.hpp"

namespace tocsin::playbooks {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<Operand> operand() {
    skip_blanks();
    if (take("'")) return quoted();
    const auto begin = at_;
    while (at_ < text_.size() && text_.substr(at_).find_first_of(" \t=!<>'()") != 0) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    const auto names = references_in(word);
    if (names.size() == 1 && word == names[0] + ":value") return Operand{true, names[0]};
    if (word == "true" || word == "false" || as_integer(word))
      return Operand{false, std::string(word)};
    at_ = begin;
    return wrong("a variable (__name__:value), 'text', integer, true or false");
  }

  Result<Comparison> comparison() {
    skip_blanks();
    if (take("!=")) return Comparison::not_equal;
    if (take("<=")) return Comparison::less_or_equal;
    if (take(">=")) return Comparison::greater_or_equal;
    if (take("=")) return Comparison::equal;
    if (take("<")) return Comparison::less;
    if (take(">")) return Comparison::greater;
    return wrong("= != < <= > or >=");
  }

  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(word) || rest.size() == word.size() || rest[word.size()] != ' ')
      return false;
    at_ += word.size();
    return true;
  }
  std::unexpected<Error> wrong(std::string_view expected) const {
    return fail(Errc::invalid, "condition: at character {} expected {}", at_ + 1, expected);
  }

  static std::optional<std::int64_t> as_integer(std::string_view text) {
    std::int64_t out = 0;
    const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc{} || last != text.data() + text.size())
      return std::nullopt;
    return out;
  }

 private:
  Result<Operand> quoted() {
    const auto end = text_.find('\'', at_);
    if (end == text_.npos) return wrong("the closing '");
    Operand out{false, std::string(text_.substr(at_, end - at_))};
    at_ = end + 1;
    return out;
  }
  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<std::string> value_of(const Operand& operand,
                             const std::map<std::string, std::string>& values) {
  if (!operand.variable) return operand.text;
  const auto found = values.find(operand.text);
  if (found == values.end())
    return fail(Errc::invalid, "condition: variable {} has no value", operand.text);
  return found->second;
}

Result<bool> holds(const Condition::Term& term,
                   const std::map<std::string, std::string>& values) {
  const auto left = value_of(term.left, values), right = value_of(term.right, values);
  if (!left || !right) return std::unexpected(left ? right.error() : left.error());
  const auto a = Scanner::as_integer(*left), b = Scanner::as_integer(*right);
  const auto order = a && b ? *a <=> *b : *left <=> *right;
  switch (term.comparison) {
    case Comparison::equal: return order == 0;
    case Comparison::not_equal: return order != 0;
    case Comparison::less: return order < 0;
    case Comparison::less_or_equal: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::greater_or_equal: return order >= 0;
  }
  TOCSIN_ASSERT(false);
  return false;
}

}  // namespace

Result<Condition> parse_condition(std::string_view text) {
  if (text.size() > condition_bytes_max)
    return fail(Errc::too_large, "condition: {} bytes, limit {}", text.size(),
                condition_bytes_max);
  Scanner scanner(text);
  Condition out;
  out.any_of.emplace_back();
  for (std::size_t count = 0; count < condition_comparisons_max; ++count) {
    auto left = scanner.operand();
    if (!left) return std::unexpected(left.error());
    const auto comparison = scanner.comparison();
    if (!comparison) return std::unexpected(comparison.error());
    auto right = scanner.operand();
    if (!right) return std::unexpected(right.error());
    out.any_of.back().push_back({std::move(*left), std::move(*right), *comparison});
    if (scanner.at_end()) return out;
    if (scanner.take_word("AND")) continue;
    if (!scanner.take_word("OR")) return scanner.wrong("AND, OR or the end");
    out.any_of.emplace_back();
  }
  return fail(Errc::too_large, "condition: more than {} comparisons", condition_comparisons_max);
}

Result<bool> evaluate(const Condition& condition,
                      const std::map<std::string, std::string>& values) {
  bool any = false;
  for (const auto& group : condition.any_of) {
    bool all = true;
    for (const auto& term : group) {
      const auto one = holds(term, values);
      if (!one) return one;
      all = all && *one;
    }
    any = any || all;
  }
  return any;
}

}  // namespace tocsin::playbooks
