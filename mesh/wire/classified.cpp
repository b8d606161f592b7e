// What counts as a classified marking is written down in docs/wire-format.md, "Classified
// markings": a term without another meaning anywhere, a term of ordinary words only where it is
// written as a marking.
#include <algorithm>
#include <array>

#include "mesh/wire/marking.hpp"

namespace tocsin::mesh {
namespace {

// One word of the text, folded: lower case, no accents.
struct Word {
  std::string folded;
  bool capitals = false;    // all letters were capitals
  bool first_of_line = false, last_of_line = false;
  bool after_label = false; // stands right behind "classification:", "einstufung=" or the like
};

using Phrase = std::array<std::string_view, 5>;

// Terms that name a classification and nothing else.
constexpr auto plain_terms = std::to_array<Phrase>({
    {"vs", "nfd"}, {"vsnfd"}, {"vs", "nur", "fur", "den", "dienstgebrauch"},
    {"nur", "fur", "den", "dienstgebrauch"}, {"vs", "nur", "fuer", "den", "dienstgebrauch"},
    {"nur", "fuer", "den", "dienstgebrauch"}, {"diffusion", "restreinte"}, {"confidentiel", "defense"},
    {"secret", "defense"}, {"tres", "secret", "defense"},
    {"restreint", "ue"}, {"confidentiel", "ue"}, {"tres", "secret", "ue"},
    {"r", "ue", "eu", "r"}, {"c", "ue", "eu", "c"}, {"s", "ue", "eu", "s"},
    {"ts", "ue", "eu", "ts"}, {"cosmic", "top", "secret"}, {"otan", "secret"},
    {"otan", "diffusion", "restreinte"},
});

// Terms made of ordinary words: only in capitals (behind VS, that alone), alone on a line, or
// behind a label. "Offen vs. geheim" is none.
constexpr auto capital_terms = std::to_array<Phrase>({
    {"vs", "vertraulich"}, {"vs", "geheim"}, {"vs", "streng", "geheim"}, {"special", "france"},
    {"streng", "geheim"}, {"tres", "secret"}, {"top", "secret"}, {"secret", "ue"},
    {"eu", "restricted"}, {"eu", "confidential"}, {"eu", "secret"}, {"eu", "top", "secret"},
    {"nato", "restricted"}, {"nato", "confidential"}, {"nato", "secret"}, {"secret", "otan"},
});

// Single ordinary words: only alone on a line, or behind a label.
constexpr auto label_terms = std::to_array<Phrase>({{"geheim"}, {"secret"}, {"verschlusssache"}});

constexpr auto labels = std::to_array<std::string_view>(
    {"classification", "classifiees", "classifie", "einstufung", "marking", "markierung",
     "marquage", "mention", "schutzvermerk", "geheimhaltungsgrad", "verschlusssache", "tlp", "pap"});

// The folded form of the character at `text[at]` and how many bytes it takes; nothing for a
// separator. Only Latin letters of the markings' languages fold; other bytes stay as they are.
struct Folded { std::string_view letters; std::size_t bytes; bool capital; };

Folded fold_latin1(unsigned char second) {
  const bool capital = second < 0xa0;
  const auto c = (unsigned char)(capital ? second + 0x20 : second);  // U+00C0.. to U+00E0..
  if (c >= 0xa0 && c <= 0xa5) return {"a", 2, capital};
  if (c == 0xa7) return {"c", 2, capital};
  if (c >= 0xa8 && c <= 0xab) return {"e", 2, capital};
  if (c >= 0xac && c <= 0xaf) return {"i", 2, capital};
  if (c >= 0xb2 && c <= 0xb6) return {"o", 2, capital};
  if (c >= 0xb9 && c <= 0xbc) return {"u", 2, capital};
  return {"?", 2, false};
}

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";

Folded fold(std::string_view text, std::size_t at) {
  const auto c = (unsigned char)text[at];
  if (c >= 'a' && c <= 'z') return {alphabet.substr(c - 'a', 1), 1, false};
  if (c >= 'A' && c <= 'Z') return {alphabet.substr(c - 'A', 1), 1, true};
  if (c >= '0' && c <= '9') return {text.substr(at, 1), 1, true};
  if (c < 0x80) return {{}, 1, false};
  const auto second = at + 1 < text.size() ? (unsigned char)text[at + 1] : 0;
  if (c == 0xc3 && second == 0x9f) return {"ss", 2, true};              // sharp s
  if (c == 0xc3 && second >= 0x80) return fold_latin1(second);
  if ((c == 0xcc && second >= 0x80) || (c == 0xcd && second <= 0xaf && second >= 0x80))
    return {"", 2, true};                                               // combining accent
  if (c == 0xc2 && second >= 0x80) return {{}, 2, false};               // NBSP, quotes
  if (c == 0xe2 && second >= 0x80 && at + 2 < text.size()) return {{}, 3, false};  // dashes
  return {"?", 1, false};
}

bool is_label(std::string_view folded) {
  return std::find(labels.begin(), labels.end(), folded) != labels.end();
}

class Words {
 public:
  explicit Words(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto folded = fold(text, at);
      if (folded.letters.data() == nullptr) {
        end_word();
        separate(text[at]);
      } else {
        add(folded);
      }
      at += folded.bytes;
    }
    end_word();
    if (!words_.empty()) words_.back().last_of_line = true;
  }
  const std::vector<Word>& list() const { return words_; }

 private:
  void add(const Folded& folded) {
    if (!open_) {
      words_.push_back({{}, true, line_start_, label_pending_});
      words_.back().after_label = label_pending_;
      open_ = true;
      line_start_ = label_pending_ = false;
    }
    words_.back().folded += folded.letters;
    words_.back().capitals = words_.back().capitals && folded.capital;
  }
  void end_word() { open_ = false; }
  void separate(char c) {
    if (c == '\n' || c == '\r') {
      if (!words_.empty()) words_.back().last_of_line = true;
      line_start_ = true;
      label_pending_ = false;
    } else if ((c == ':' || c == '=') && !words_.empty() && is_label(words_.back().folded)) {
      label_pending_ = true;
    }
  }

  std::vector<Word> words_;
  bool open_ = false, line_start_ = true, label_pending_ = false;
};

// How many words of `phrase` stand at `at`; 0 when they do not.
std::size_t match(const std::vector<Word>& words, std::size_t at, const Phrase& phrase) {
  std::size_t n = 0;
  for (; n < phrase.size() && !phrase[n].empty(); ++n)
    if (at + n >= words.size() || words[at + n].folded != phrase[n]) return 0;
  return n;
}

bool is_line_or_labelled(const std::vector<Word>& words, std::size_t at, std::size_t n) {
  if (words[at].after_label) return true;
  return words[at].first_of_line && words[at + n - 1].last_of_line;
}

bool is_capital(const std::vector<Word>& words, std::size_t at, std::size_t n) {
  if (words[at].folded == "vs") return words[at].capitals;
  return std::all_of(words.begin() + std::ptrdiff_t(at), words.begin() + std::ptrdiff_t(at + n),
                     [](const Word& word) { return word.capitals; });
}

bool names_classified(const std::vector<Word>& words, std::size_t at) {
  for (const auto& term : plain_terms)
    if (match(words, at, term) > 0) return true;
  for (const auto& term : capital_terms)
    if (const auto n = match(words, at, term);
        n > 0 && (is_capital(words, at, n) || is_line_or_labelled(words, at, n)))
      return true;
  for (const auto& term : label_terms)
    if (const auto n = match(words, at, term); n > 0 && is_line_or_labelled(words, at, n))
      return true;
  return false;
}

}  // namespace

Result<void> refuse_classified(std::string_view text) {
  const Words words(text);
  for (std::size_t at = 0; at < words.list().size(); ++at)
    if (names_classified(words.list(), at))
      return std::unexpected(
          Error{Errc::marking, fmt::format("'{:.60}' carries a classified marking", text),
                "Tocsin is not approved for classified data; remove it from this system"});
  return {};
}

}  // namespace tocsin::mesh
