#include "mesh/world/stream_reader.hpp"

#include <deque>

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

/// Gives out the pieces that it was made with, one per read.
class Pieces final : public Stream {
 public:
  explicit Pieces(std::deque<std::string> pieces) : pieces_(std::move(pieces)) {}
  Task<Result<std::size_t>> read_some(MutableByteView out, Duration) override {
    if (pieces_.empty()) co_return fail(Errc::closed, "read: the connection is closed");
    auto& piece = pieces_.front();
    const auto count = std::min(out.size(), piece.size());
    std::copy_n(piece.begin(), count, out.begin());
    piece.erase(0, count);
    if (piece.empty()) pieces_.pop_front();
    co_return count;
  }
  Task<Result<void>> write(ByteView, Duration) override { co_return Result<void>{}; }
  void close() override { pieces_.clear(); }
  Address remote() const override { return {"pieces"}; }
  Result<PeerCredentials> credentials() const override {
    return fail(Errc::unsupported, "no");
  }

 private:
  std::deque<std::string> pieces_;
};

std::string shown(const Result<ByteView>& got) {
  return got ? std::string(text_of(*got)) : std::string(name_of(got.error().code));
}

Task<std::vector<std::string>> lines(Stream& stream, std::size_t max) {
  StreamReader reader(stream);
  std::vector<std::string> out;
  for (;;) {
    const auto line = co_await reader.read_until('\n', max, 1s);
    out.push_back(shown(line));
    if (!line) break;
  }
  out.emplace_back(text_of(reader.buffered()));
  co_return out;
}

Task<std::vector<std::string>> mixed(Stream& stream) {
  StreamReader reader(stream);
  std::vector<std::string> out;
  const auto head = co_await reader.read_until(' ', 10, 1s);
  out.push_back(shown(head));
  const auto body = co_await reader.read_exactly(50'000, 1s);
  out.push_back(std::to_string(body ? body->size() : 0));
  const auto rest = co_await reader.read_some(100, 1s);
  out.push_back(shown(rest));
  const auto end = co_await reader.read_exactly(1, 1s);
  out.push_back(shown(end));
  co_return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines come out whole however they come in") {
  RealWorld real;
  Pieces pieces({"a", "b\nc", "d\n\ne\nf", "\nhalf"});
  CHECK(real.complete(lines(pieces, 100)) ==
        Texts{"ab\n", "cd\n", "\n", "e\n", "f\n", "closed", "half"});
}

TEST_CASE("a line over the limit is refused, one of exactly the limit is not") {
  RealWorld real;
  Pieces fits({"1234\n"}), exceeds({"12345\n"});
  CHECK(real.complete(lines(fits, 5)) == Texts{"1234\n", "closed", ""});
  CHECK(real.complete(lines(exceeds, 5)) == Texts{"too_large", "12345\n"});
}

TEST_CASE("lengths larger than the buffer and mixed with delimiters are read") {
  RealWorld real;
  Pieces pieces({"head " + std::string(20'000, 'x'), std::string(30'000, 'x') + "rest"});
  CHECK(real.complete(mixed(pieces)) == Texts{"head ", "50000", "rest", "closed"});
}
