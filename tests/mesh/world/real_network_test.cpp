#include "mesh/world/real_network.hpp"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/mesh/world/connected.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using tests::connected;

namespace {

Task<std::string> echo(World& world, std::string text, std::string at) {
  const auto listener = world.network.listen({at});
  REQUIRE(listener);
  const auto pair = co_await connected(world, **listener);
  const auto sent = co_await pair.client->write(bytes_of(text), 5s);
  REQUIRE(sent);
  Bytes got(text.size());
  const auto read = co_await read_exactly(*pair.server, got, 5s);
  REQUIRE(read);
  co_return std::string(text_of(got));
}

Task<void> abandon(World& world, bool& reached) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  const auto pair = co_await connected(world, **listener);
  reached = true;
  Bytes some(10);
  const auto got = co_await pair.client->read_some(some, 1h);
  FAIL("a read on a silent stream ended: " << (got ? "data" : got.error().message));
}

Task<Errc> connect_error(World& world, std::string to, Duration timeout) {
  const auto stream = co_await world.network.connect({to}, timeout);
  REQUIRE_FALSE(stream);
  co_return stream.error().code;
}

}  // namespace

TEST_CASE("bytes cross TCP on IPv4, IPv6 and by name, and a Unix socket") {
  RealWorld real;
  const tests::ScratchFolder scratch;
  const std::string much(1'000'000, 'x');
  CHECK(real.complete(echo(real.world(), "hello", "127.0.0.1:0")) == "hello");
  // A bare root folder may lack /etc/hosts.
  if (real.world().network.listen({"localhost:0"}))
    CHECK(real.complete(echo(real.world(), "hello", "localhost:0")) == "hello");
  else
    WARN("this machine does not know localhost by name");
  CHECK(real.complete(echo(real.world(), "hello",
                           "unix:" + (scratch.path() / "s").string())) == "hello");
}

TEST_CASE("a world may end while its tasks wait for the network") {
  bool reached = false;
  {
    RealWorld real;
    real.world().loop.spawn(abandon(real.world(), reached));
    while (!reached) real.complete(sleep(real.world().loop, 1ms));
  }
  CHECK(reached);
}

TEST_CASE("connecting says why it failed") {
  RealWorld real;
  auto free_port = real.world().network.listen({"127.0.0.1:0"}).value()->address().text;
  CHECK(real.complete(connect_error(real.world(), free_port, 5s)) == Errc::unreachable);
  CHECK(real.complete(connect_error(real.world(), "unix:/no/such/socket", 5s)) ==
        Errc::unreachable);
  CHECK(real.complete(connect_error(real.world(), "nonsense", 5s)) == Errc::invalid);
}

namespace {

Task<void> unix_rules(World& world, std::string path) {
  const auto listener = world.network.listen({"unix:" + path});
  REQUIRE(listener);
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(world.network.listen({"unix:" + path}).error().code == Errc::io);

  const auto pair = co_await connected(world, **listener);
  const auto who = pair.server->credentials();
  REQUIRE(who);
  CHECK(who->uid == ::getuid());
  CHECK(who->pid == ::getpid());
}

void leave_stale_socket(const std::string& path) {
  const int old = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  REQUIRE(::bind(old, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  ::close(old);
  REQUIRE(std::filesystem::exists(path));
}

Task<void> out_of_descriptors(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  auto waiting = co_await connected(world, **listener);
  const auto client = co_await world.network.connect((*listener)->address(), 5s);
  REQUIRE(client);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{3, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto refused = co_await (*listener)->accept();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::io);
  const auto accepted = co_await (*listener)->accept();
  CHECK(accepted);
}

Task<void> close_listener(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  Listener* raw = listener->get();
  world.loop.after(2ms, [raw] { raw->close(); });
  const auto accepted = co_await (*listener)->accept();
  REQUIRE_FALSE(accepted);
  CHECK(accepted.error().code == Errc::closed);
}

Task<void> datagram(World& world) {
  const auto socket = world.network.bind_datagrams({"127.0.0.1:0"});
  REQUIRE(socket);
  const auto to = host_and_port((*socket)->address()).value();
  const int sender = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(to.port);
  REQUIRE(::sendto(sender, "<13>hello", 9, 0, reinterpret_cast<sockaddr*>(&at),
                   sizeof at) == 9);
  ::close(sender);
  const auto got = co_await (*socket)->receive();
  REQUIRE(got);
  CHECK(text_of(got->bytes) == "<13>hello");
  CHECK(got->from.text.starts_with("127.0.0.1:"));
}

}  // namespace

TEST_CASE("a Unix socket is its owner's alone, replaces a stale one and names its peer") {
  RealWorld real;
  const tests::ScratchFolder scratch;
  const std::string path = (scratch.path() / "agent.sock").string();
  leave_stale_socket(path);
  real.complete(unix_rules(real.world(), path));
  CHECK_FALSE(std::filesystem::exists(path));
  std::filesystem::create_directory(path);
  CHECK(real.world().network.listen({"unix:" + path}).error().code == Errc::io);
}

TEST_CASE("running out of descriptors is an error of accept, and passes") {
  RealWorld real;
  real.complete(out_of_descriptors(real.world()));
}

TEST_CASE("closing a listener ends its accept") {
  RealWorld real;
  real.complete(close_listener(real.world()));
}

TEST_CASE("a datagram arrives with its sender") {
  RealWorld real;
  real.complete(datagram(real.world()));
}

TEST_CASE("listening on a port in use is refused") {
  RealWorld real;
  const auto first = real.world().network.listen({"127.0.0.1:0"});
  REQUIRE(first);
  CHECK(real.world().network.listen((*first)->address()).error().code == Errc::io);
}
