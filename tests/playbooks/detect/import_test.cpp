#include "playbooks/detect/import.hpp"

#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/playbooks/detect/imported.hpp"
#include "tests/shared_data.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using tests::import_text;

namespace {
std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
}  // namespace

TEST_CASE("the format of a document is seen from its beginning") {
  CHECK(detect_format("{\"type\": \"bundle\"") == ImportFormat::stix);
  CHECK(detect_format(" [ {\"type\":\"indicator\",\"spec_version\":\"2.1\"") == ImportFormat::stix);
  CHECK(detect_format("{\"Event\":") == ImportFormat::misp);
  CHECK(detect_format("\xef\xbb\xbf[{\"Event\":") == ImportFormat::misp);
  CHECK(detect_format("# x\n\ntype,value\n") == ImportFormat::csv);
  CHECK(detect_format("Value,Type,x\r\n") == ImportFormat::csv);
  CHECK(detect_format("evil.example\n") == ImportFormat::list);
  CHECK(detect_format("[domain-name:value = 'x.example']\n") == ImportFormat::list);
  CHECK(detect_format("") == ImportFormat::list);
}

TEST_CASE("formats of documents have names") {
  for (const auto* name : {"auto", "stix", "misp", "csv", "list"})
    CHECK(name_of(*import_format_from(name)) == name);
  CHECK(import_format_from("xml").error().code == Errc::usage);
}

TEST_CASE("an error of the receiver ends an import") {
  ImportSink sink;
  sink.entry = [](ImportEntry) -> Result<void> { return fail(Errc::full, "enough"); };
  CHECK(import_document("a.example\nb.example\n", ImportFormat::list, sink).error().code ==
        Errc::full);
}

TEST_CASE("garbage of any kind is an error or a reject, never a crash") {
  std::string bytes;
  std::uint32_t random = 1;
  for (int i = 0; i < 20000; ++i) bytes += char((random = random * 1664525 + 1013904223) >> 24);
  for (const auto format : {ImportFormat::auto_, ImportFormat::stix, ImportFormat::misp,
                            ImportFormat::csv, ImportFormat::list}) {
    CHECK_FALSE(import_text(bytes, format).rejects.empty());
    import_text("", format);
    import_text(std::string_view("\0\0\0", 3), format);
  }
}

TEST_CASE("published threat reports are read") {
  TOCSIN_NEEDS_DATA("stix/examples");
  const auto folder = tests::shared_data() / "stix" / "examples";
  const auto apt1 = import_text(read(folder / "threat-reports" / "apt1.json"));
  CHECK(apt1.entries.size() == 12);
  CHECK(apt1.why().find("all:") == std::string::npos);
  const auto c2 = import_text(read(folder / "indicator-for-c2-ip-address.json"));
  CHECK(c2.values() == tests::Values{"ipv4 10.0.0.0"});
  const auto ivy = import_text(read(folder / "threat-reports" / "poisonivy.json"));
  CHECK(ivy.entries.size() > 50);
}

TEST_CASE("published MISP events are read") {
  TOCSIN_NEEDS_DATA("misp/events");
  const auto folder = tests::shared_data() / "misp" / "events";
  std::size_t entries = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto out = import_text(read(file.path()));
    INFO(file.path());
    CHECK(out.why().find("all:") == std::string::npos);
    entries += out.entries.size();
  }
  CHECK(entries > 50);
}
