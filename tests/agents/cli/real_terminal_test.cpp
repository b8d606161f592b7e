#include "agents/cli/real_terminal.hpp"

#include <filesystem>

#include <unistd.h>

#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using agents::cli::RealTerminal;

namespace {

/// Puts a pipe in the place of one of this process's descriptors while it lives.
class Diverted {
 public:
  Diverted(int descriptor, bool written_by_process) : descriptor_(descriptor) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    kept_ = ::dup(descriptor);
    ::dup2(ends[written_by_process ? 1 : 0], descriptor);
    ::close(ends[written_by_process ? 1 : 0]);
    other_ = ends[written_by_process ? 0 : 1];
  }
  ~Diverted() { restore(), ::close(other_); }
  void restore() {
    if (kept_ < 0) return;
    ::dup2(kept_, descriptor_);
    ::close(std::exchange(kept_, -1));
  }
  void type(std::string_view text) {
    REQUIRE(::write(other_, text.data(), text.size()) == ::ssize_t(text.size()));
  }
  /// What was printed; the descriptor is put back first.
  std::string text() {
    restore();
    std::string out(4096, '\0');
    out.resize(std::size_t(std::max<::ssize_t>(::read(other_, out.data(), out.size()), 0)));
    return out;
  }
  /// No more will be typed.
  void end() { ::close(std::exchange(other_, ::dup(kept_))); }

 private:
  int descriptor_, kept_ = -1, other_ = -1;
};

}  // namespace

TEST_CASE("a moment is shown in its zone, and in UTC where the zone is unknown") {
  RealTerminal terminal;
  const WallTime t{1'795'399'920'000};  // 2026-11-23T02:12:00Z
  const auto berlin = terminal.local(t, "Europe/Berlin");
  CHECK(berlin.date == "2026-11-23");
  CHECK(berlin.time == "03:12");
  CHECK(berlin.zone == "CET");
  for (const auto* zone : {"", "UTC", "Nowhere/City", "../../etc/passwd", "CET-5", "/etc/passwd"}) {
    INFO(zone);
    const auto utc = terminal.local(t, zone);
    CHECK(utc.time == "02:12");
    CHECK(utc.zone == "UTC");
  }
  CHECK(terminal.local(WallTime{-1}, "UTC").date == "1969-12-31");
}

TEST_CASE("a path becomes absolute, the links of the part that exists resolved") {
  RealTerminal terminal;
  tests::ScratchFolder folder;
  const auto real = std::filesystem::canonical(folder.path());
  std::filesystem::create_directory(real / "there");
  std::filesystem::create_directory_symlink(real / "there", real / "link");
  CHECK(terminal.resolve(folder.path() / "link" / "new" / ".." / "file") == real / "there" / "file");
  CHECK(terminal.resolve("some-file").is_absolute());
}

TEST_CASE("what is printed is well-formed UTF-8, whatever was quoted") {
  Diverted out(STDOUT_FILENO, true);
  RealTerminal().out("bad \xff byte\n");
  const auto text = out.text();
  CHECK(text.starts_with("bad "));
  CHECK(text.find('\xff') == std::string::npos);
  CHECK(text.ends_with(" byte\n"));
}

TEST_CASE("an answer is one line; the end of input is none") {
  Diverted err(STDERR_FILENO, true);
  Diverted in(STDIN_FILENO, false);
  RealTerminal terminal;
  CHECK_FALSE(terminal.in_is_terminal());
  in.type("yes\nsecret word\nlast");
  in.end();
  CHECK(terminal.ask("sign this? ") == "yes");
  CHECK(terminal.ask_secret("passphrase: ") == "secret word");
  CHECK(terminal.ask("") == "last");
  CHECK(terminal.ask("") == std::nullopt);
  in.restore();
  CHECK(err.text() == "sign this? passphrase: \n");
}

TEST_CASE("a variable that is not set is empty") {
  CHECK(RealTerminal().environment("TOCSIN_NEVER_SET").empty());
  CHECK_FALSE(RealTerminal().environment("PATH").empty());
}
