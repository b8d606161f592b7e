#include "playbooks/detect/names.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("a host name is lowered, in ASCII and without its trailing dot") {
  CHECK(*canonical_host_name("EVIL.Example.") == "evil.example");
  CHECK(*canonical_host_name("bücher.example") == "xn--bcher-kva.example");
  CHECK(*canonical_host_name("evil\xe3\x80\x82" "example") == "evil.example");
  CHECK(*canonical_host_name("_dmarc.evil.example") == "_dmarc.evil.example");
  CHECK(*canonical_host_name("localhost") == "localhost");
  CHECK_FALSE(canonical_host_name("evil..example"));
  CHECK_FALSE(canonical_host_name("evil.example.."));
  CHECK_FALSE(canonical_host_name("."));
  CHECK_FALSE(canonical_host_name("1.2.3.4"));
  CHECK_FALSE(canonical_host_name("evil.example/x"));
  CHECK_FALSE(canonical_domain("localhost"));
  std::string longest;
  for (int i = 0; i < 4; ++i) longest += std::string(61, 'a') + ".";
  CHECK(canonical_host_name(longest + "abcd"));
  CHECK_FALSE(canonical_host_name(longest + "abcdef"));
}

TEST_CASE("a URL keeps its path and loses what does not matter") {
  CHECK(*canonical_url("HTTP://Evil.Example:80/A/b?C=d#E") == "http://evil.example/A/b?C=d#E");
  CHECK(*canonical_url("https://evil.example:443") == "https://evil.example/");
  CHECK(*canonical_url("https://evil.example:8443?q") == "https://evil.example:8443/?q");
  CHECK(*canonical_url("http://[2001:DB8::1]:80/") == "http://[2001:db8::1]/");
  CHECK(*canonical_url("http://[::ffff:203.0.113.7]/") == "http://203.0.113.7/");
  CHECK(*canonical_url("http://User:Pw@evil.example./x") == "http://User:Pw@evil.example/x");
  CHECK(*canonical_url("http://203.0.113.7/x") == "http://203.0.113.7/x");
  for (const auto* bad : {"evil.example/x", "://x", "http://", "http://a b/", "http:///x",
                          "http://evil.example:99999/", "http://evil.example:8o/", "1http://a.b/",
                          "http://[::1/", "http://[evil.example]/", "http://evil..example/"})
    CHECK_FALSE(canonical_url(bad));
}

TEST_CASE("an e-mail address is lowered on both sides") {
  CHECK(*canonical_email("Mallory@Evil.Example") == "mallory@evil.example");
  CHECK(*canonical_email("<m+x@evil.example>") == "m+x@evil.example");
  CHECK(*canonical_email("m@bücher.example") == "m@xn--bcher-kva.example");
  for (const auto* bad : {"evil.example", "@evil.example", "m@", "m m@evil.example", "m@localhost",
                          "a@b@evil.example"})
    CHECK_FALSE(canonical_email(bad));
}

TEST_CASE("what is shown in a message has no control characters and an end") {
  CHECK(shown("a\x1b[2Jb") == "a?[2Jb");
  CHECK(shown(std::string(200, 'x')).size() == 83);
}
