#include "playbooks/detect/observed.hpp"

#include "playbooks/detect/canonical.hpp"
#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("a value that is canonical already is not copied") {
  std::string scratch;
  const std::string domain = "www.evil.example", url = "https://evil.example/a?b#c",
                    email = "m.x@evil.example", hash(64, 'a');
  CHECK(observed_domain(domain, scratch)->data() == domain.data());
  CHECK(observed_url(url, scratch)->data() == url.data());
  CHECK(observed_email(email, scratch)->data() == email.data());
  CHECK(observed_hash(hash, scratch)->data() == hash.data());
  CHECK(scratch.empty());
}

TEST_CASE("the quick look and the thorough one agree") {
  std::string scratch;
  for (const auto* text :
       {"Evil.Example", "evil.example.", "bücher.example", "a-b_c.example", "1.2.3.4", "x.123",
        "a..b", ".a.b", "evil.example..", "localhost", "evil.example:80", "", "a.b", "1.example"}) {
    const auto quick = observed_domain(text, scratch);
    const auto thorough = canonical_domain(text);
    INFO(text);
    REQUIRE(quick.has_value() == thorough.has_value());
    if (quick) CHECK(*quick == *thorough);
  }
  for (const auto* text :
       {"http://evil.example", "http://Evil.example/x", "http://evil.example:80/", "http://1.2.3.4/",
        "http://u@evil.example/", "http://[::1]/x", "http://localhost/", "http:///x", "x",
        "https://evil.example/?q=a b", "HTTPS://a.example/", "http://evil.example?x"}) {
    const auto quick = observed_url(text, scratch);
    const auto thorough = canonical_url(text);
    INFO(text);
    REQUIRE(quick.has_value() == thorough.has_value());
    if (quick) CHECK(*quick == *thorough);
  }
}

TEST_CASE("events are never refanged") {
  std::string scratch;
  CHECK_FALSE(observed_domain("evil[.]example", scratch));
  CHECK_FALSE(observed_url("hxxp://evil[.]example/", scratch));
  CHECK_FALSE(observed_email("m[@]evil.example", scratch));
}

TEST_CASE("an e-mail address may come with a name") {
  std::string scratch;
  CHECK(*observed_email("Mallory <M@Evil.Example>", scratch) == "m@evil.example");
  CHECK_FALSE(observed_email("Mallory", scratch));
  CHECK_FALSE(observed_email("@evil.example", scratch));
  CHECK_FALSE(observed_email("m@localhost", scratch));
}

TEST_CASE("the host of a URL is found without user, port and brackets") {
  CHECK(host_of("https://u:p@evil.example:8443/a@b") == "evil.example");
  CHECK(host_of("http://[2001:db8::1]:8080/") == "2001:db8::1");
  CHECK(host_of("http://203.0.113.7?x") == "203.0.113.7");
  CHECK(host_of("no url").empty());
}
