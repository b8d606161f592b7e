#include "playbooks/detect/punycode.hpp"

#include "tests/catch.hpp"

using tocsin::playbooks::to_a_label;

TEST_CASE("labels of several scripts become the A-labels that DNS knows") {
  CHECK(*to_a_label("bücher") == "xn--bcher-kva");
  CHECK(*to_a_label("BÜCHER") == "xn--bcher-kva");
  CHECK(*to_a_label("München") == "xn--mnchen-3ya");
  CHECK(*to_a_label("ПРИМЕР") == "xn--e1afmkfd");
  CHECK(*to_a_label("παράδειγμα") == "xn--hxajbheg2az3al");
  CHECK(*to_a_label("例え") == "xn--r8jz45g");
  CHECK(*to_a_label("δοκιμή") == "xn--jxalpdlp");
  CHECK(*to_a_label("테스트") == "xn--9t4b11yi5a");
  CHECK(*to_a_label("ｅｖｉｌ") == "evil");
  CHECK(*to_a_label("straße") == "xn--strae-oqa");
}

// Source: RFC 3492, section 7.1, samples (B), (I) and (L) in lower case.
TEST_CASE("the samples of the punycode specification come out") {
  CHECK(*to_a_label("他们为什么不说中文") == "xn--ihqwcrb4cv8a8dqg056pqjye");
  CHECK(*to_a_label("почемужеонинеговорятпорусски") ==
        "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l");
  CHECK(*to_a_label("3年b組金八先生") == "xn--3b-ww4c5e180e575a65lsy2b");
}

TEST_CASE("what no host name can hold is refused and named") {
  CHECK(to_a_label("").error().message.find("empty") != std::string::npos);
  CHECK(to_a_label("a b").error().message.find("U+0020") != std::string::npos);
  CHECK(to_a_label("evil\xe2\x80\x8d").error().message.find("U+200D") != std::string::npos);
  CHECK_FALSE(to_a_label("\xff\xfe"));
  CHECK_FALSE(to_a_label("\xc0\xaf"));
  CHECK_FALSE(to_a_label("e\xcc\x81"));  // A letter and its accent apart: not composed.
  CHECK_FALSE(to_a_label(std::string(64, 'a')));
  CHECK(to_a_label(std::string(63, 'a')));
}
