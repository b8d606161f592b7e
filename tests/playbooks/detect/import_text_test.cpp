#include "playbooks/detect/import_text.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/detect/imported.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using tests::import_text;
using tests::Values;

TEST_CASE("CSV fields are split with their quotes") {
  CHECK(*split_csv("a,b,,c") == std::vector<std::string>{"a", "b", "", "c"});
  CHECK(*split_csv(" a , \tb ") == std::vector<std::string>{"a", "b"});
  CHECK(*split_csv("\"a,\"\"b\"\"\",c") == std::vector<std::string>{"a,\"b\"", "c"});
  CHECK(*split_csv("") == std::vector<std::string>{""});
  CHECK(*split_csv("a,") == std::vector<std::string>{"a", ""});
  CHECK_FALSE(split_csv("\"a"));
  CHECK_FALSE(split_csv("\"a\"b,c"));
  CHECK_FALSE(split_csv("a\"b"));
}

TEST_CASE("a CSV file gives its good rows and names its bad ones by their line") {
  const auto out = import_text(
      "\xef\xbb\xbfType,Value,TLP,pap,confidence,expires,label\r\n"
      "domain,EVIL.example,green,amber,80,2027-01-02T03:04:05Z,c2;T1071.001\r\n"
      "\r\n"
      "auto,203[.]0.113.7,,,,,\r\n"
      "domain,not a domain,green,,,,\r\n"
      "url,\"http://evil.example/a,b\",TLP:AMBER+STRICT,,,2027-01-02,\r\n"
      "ipv4,203.0.113.8,purple,,,,\r\n"
      "ipv4,203.0.113.8,green,,200,,\r\n"
      "nonsense,203.0.113.8,,,,,\r\n"
      "ipv4,203.0.113.8,,,,soon,\r\n"
      "ipv4,\"203.0.113.8,,,,,\r\n"
      "ipv4,203.0.113.8,,,,,,,,\r\n");
  CHECK(out.values() == Values{"domain evil.example", "ipv4 203.0.113.7",
                               "url http://evil.example/a,b"});
  REQUIRE(out.entries.size() == 3);
  CHECK(out.entries[0].tlp == mesh::Tlp::green);
  CHECK(out.entries[0].pap == mesh::Pap::amber);
  CHECK(out.entries[0].confidence == 80);
  CHECK(mesh::to_rfc3339(*out.entries[0].expires) == "2027-01-02T03:04:05.000Z");
  CHECK(out.entries[0].labels == Values{"c2", "T1071.001"});
  CHECK(out.entries[0].where.line == 2);
  CHECK_FALSE(out.entries[1].tlp);
  CHECK_FALSE(out.entries[1].expires);
  CHECK(out.entries[2].tlp == mesh::Tlp::amber_strict);
  CHECK(mesh::to_rfc3339(*out.entries[2].expires) == "2027-01-02T23:59:59.000Z");
  std::vector<std::uint64_t> lines;
  for (const auto& reject : out.rejects) lines.push_back(reject.where.line);
  INFO(out.why());
  CHECK(lines == std::vector<std::uint64_t>{5, 7, 8, 9, 10, 11, 12});
}

TEST_CASE("a CSV file without its header is refused as a whole") {
  const auto out = import_text("evil.example,x\n", ImportFormat::csv);
  CHECK(out.why().find("no CSV header") != std::string::npos);
  CHECK(out.entries.empty());
}

TEST_CASE("a plain list tells types by themselves") {
  const auto out = import_text(
      "# feed\nevil.example\n  203.0.113.7  # why\nhttp://evil.example/#frag\n\nnot one\n"
      "203.0.113.0/24\n");
  CHECK(out.values() == Values{"domain evil.example", "ipv4 203.0.113.7",
                               "url http://evil.example/#frag", "cidr 203.0.113.0/24"});
  REQUIRE(out.rejects.size() == 1);
  CHECK(out.rejects[0].where.line == 6);
}

TEST_CASE("a classified marking anywhere in a row refuses the row") {
  const auto out = import_text("type,value,label\ndomain,evil.example,VS-NfD\n"
                               "domain,good.example,x\n");
  CHECK(out.values() == Values{"domain good.example"});
  CHECK(out.rejects.size() == 1);
}

TEST_CASE("a line beyond its bound costs that line") {
  const auto out = import_text("evil.example\n" + std::string(100000, 'a') + "\nb.example\n",
                               ImportFormat::list);
  CHECK(out.entries.size() == 2);
  REQUIRE(out.rejects.size() == 1);
  CHECK(out.rejects[0].where.line == 2);
}

TEST_CASE("labels are distinct and bounded") {
  std::vector<std::string> labels;
  add_label(labels, " a ");
  add_label(labels, "a");
  add_label(labels, "");
  add_label(labels, std::string(65, 'x'));
  CHECK(labels == Values{"a"});
  for (int i = 0; i < 40; ++i) add_label(labels, std::to_string(i));
  CHECK(labels.size() == import_labels_max);
}

TEST_CASE("types have the names of others too") {
  CHECK(**import_type_from("hostname") == IndicatorType::domain);
  CHECK(**import_type_from("SHA-256") == IndicatorType::sha256);
  CHECK_FALSE(import_type_from("auto")->has_value());
  CHECK_FALSE(import_type_from("ip")->has_value());
  CHECK_FALSE(import_type_from("banana"));
}
