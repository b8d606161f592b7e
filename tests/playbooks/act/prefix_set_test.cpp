#include "playbooks/act/prefix_set.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("addresses and prefixes are read in every form and written in one") {
  const auto text = [](std::string_view in) {
    const auto prefix = parse_prefix(in);
    return prefix ? to_text(*prefix) : std::string("-");
  };
  CHECK(text("192.0.2.7") == "192.0.2.7");
  CHECK(text("192.0.2.7/24") == "192.0.2.0/24");
  CHECK(text("0.0.0.0/0") == "0.0.0.0/0");
  CHECK(text("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(text("::1") == "::1");
  CHECK(text("::") == "::");
  CHECK(text("2001:db8::/32") == "2001:db8::/32");
  CHECK(text("1:0:0:2:0:0:0:3") == "1:0:0:2::3");
  CHECK(text("::ffff:192.0.2.1") == "192.0.2.1");
  for (const auto* bad : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4/33",
                          "1.2.3.4/", "1.2.3.4/-1", ":::", "1::2::3", "12345::", "::/129",
                          "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "1.2.3.4 "})
    CHECK(text(bad) == "-");
}

TEST_CASE("a prefix set finds overlap in both directions and nothing beside it") {
  PrefixSet set;
  for (const auto* entry : {"10.0.0.0/8", "10.1.0.0/16", "192.0.2.128/25", "2001:db8::/32"})
    set.add(*parse_prefix(entry));
  set.seal();
  const auto hit = [&](std::string_view in) {
    const auto* found = set.overlap(*parse_prefix(in));
    return found ? to_text(*found) : std::string("-");
  };
  CHECK(hit("10.200.0.1") == "10.0.0.0/8");
  CHECK(hit("192.0.2.127") == "-");
  CHECK(hit("192.0.2.128") == "192.0.2.128/25");
  CHECK(hit("192.0.0.0/16") == "192.0.2.128/25");
  CHECK(hit("192.0.3.0/24") == "-");
  CHECK(hit("2001:db8:1::5") == "2001:db8::/32");
  CHECK(hit("::/0") != "-");
  CHECK(hit("11.0.0.0") == "-");
}

}  // namespace tocsin::playbooks
