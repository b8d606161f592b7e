#include "playbooks/detect/tokens.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using tocsin::playbooks::Tokens;

namespace {
std::vector<std::string> all(std::string_view text) {
  std::vector<std::string> out;
  Tokens tokens(text);
  for (Tokens::Token token; tokens.next(token);)
    out.push_back((token.url ? "url " : "") + std::string(token.text));
  return out;
}
using Words = std::vector<std::string>;
}  // namespace

TEST_CASE("words of a sentence come without its marks") {
  CHECK(all("Failed password for root from 203.0.113.7 port 22 ssh2") ==
        Words{"Failed", "password", "for", "root", "from", "203.0.113.7", "port", "ssh2"});
  CHECK(all("query: evil.example. (2001:db8::1), <m@evil.example>; src=203.0.113.8|x") ==
        Words{"query", "evil.example", "2001:db8::1", "m@evil.example", "src", "203.0.113.8"});
  CHECK(all("addr ::1 and 2001:db8:: end") == Words{"addr", "::1", "and", "2001:db8::", "end"});
}

TEST_CASE("a URL is one token with its query") {
  CHECK(all("GET http://evil.example/a?b=c;d&e=(f) done") ==
        Words{"GET", "url http://evil.example/a?b=c;d&e=(f)", "done"});
  CHECK(all("see (https://evil.example/a).") == Words{"see", "url https://evil.example/a"});
  CHECK(all("url=\"https://evil.example/a\",x:https://b.example") ==
        Words{"url", "url https://evil.example/a", "url https://b.example"});
  CHECK(all("://") == Words{});
}

TEST_CASE("any bytes end in no token or some, never in a loop") {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += char(i * 131 >> 2);
  CHECK_FALSE(all(bytes).empty());
  CHECK(all("").empty());
  CHECK(all(":::...---").empty());
}
