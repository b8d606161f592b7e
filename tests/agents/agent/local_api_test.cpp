#include "agents/agent/local_api.hpp"

#include "agents/home/frame.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

mesh::Path fresh_socket(mesh::RealWorld& machine) {
  const auto name = fmt::format("tocsin-api-{:x}.sock", machine.world().entropy.number());
  return std::filesystem::temp_directory_path() / name;
}

Bytes framed(std::string_view body) {
  ByteWriter out;
  out.blob32(bytes_of(body));
  return std::move(out).take();
}

mesh::Task<Result<json::object>> read_answer(mesh::Stream& stream) {
  std::array<std::uint8_t, 4> prefix;
  const auto head = co_await mesh::read_exactly(stream, prefix, std::chrono::seconds(5));
  if (!head) co_return std::unexpected(head.error());
  ByteReader reader(prefix);
  std::string body(reader.u32(), '\0');
  MutableByteView into(reinterpret_cast<std::uint8_t*>(body.data()), body.size());
  const auto rest = co_await mesh::read_exactly(stream, into, std::chrono::seconds(5));
  if (!rest) co_return std::unexpected(rest.error());
  co_return json::parse(body).as_object();
}

mesh::Task<Result<json::object>> ask(mesh::World& world, mesh::Path socket, std::string body) {
  mesh::Address address{"unix:" + socket.string()};
  auto stream = co_await world.network.connect(std::move(address), std::chrono::seconds(5));
  if (!stream) co_return std::unexpected(stream.error());
  const Bytes frame = framed(body);
  const auto written = co_await (*stream)->write(frame, std::chrono::seconds(5));
  if (!written) co_return std::unexpected(written.error());
  co_return co_await read_answer(**stream);
}

/// Says how long the request will be, and waits.
mesh::Task<Result<json::object>> announce(mesh::World& world, mesh::Path socket,
                                          std::size_t length) {
  mesh::Address address{"unix:" + socket.string()};
  auto stream = co_await world.network.connect(std::move(address), std::chrono::seconds(5));
  if (!stream) co_return std::unexpected(stream.error());
  ByteWriter out;
  out.u32(std::uint32_t(length));
  const Bytes head = std::move(out).take();
  const auto written = co_await (*stream)->write(head, std::chrono::seconds(5));
  if (!written) co_return std::unexpected(written.error());
  co_return co_await read_answer(**stream);
}

mesh::Task<Result<Answer>> echo(Request request) {
  auto text = request.required("word");
  if (!text) co_return std::unexpected(text.error());
  co_return Answer{json::object{{"word", *text}}, 3};
}

}  // namespace

TEST_CASE("a request is answered with the handler's document and exit code") {
  mesh::RealWorld machine;
  LocalApi api(machine.world());
  api.on("echo.word", echo);
  const auto socket = fresh_socket(machine);
  REQUIRE(api.listen(socket));
  const auto reply = machine.complete(
      ask(machine.world(), socket, R"({"verb":"echo.word","args":{"word":"bell"}})"));
  REQUIRE(reply);
  CHECK(reply->at("ok").as_bool());
  CHECK(reply->at("exit").as_int64() == 3);
  CHECK(reply->at("result").at("word").as_string() == "bell");
  api.stop();
}

TEST_CASE("what is no request is refused by name, and the socket stays up") {
  mesh::RealWorld machine;
  LocalApi api(machine.world());
  api.on("echo.word", echo);
  const auto socket = fresh_socket(machine);
  REQUIRE(api.listen(socket));
  const std::pair<std::string, std::string> cases[] = {
      {"not json", "invalid"},
      {"[]", "invalid"},
      {R"({"verb":7})", "invalid"},
      {R"({"verb":"no.such"})", "usage"},
      {R"({"verb":"echo.word"})", "usage"},
      {std::string(100'000, '['), "invalid"}};
  for (const auto& [body, code] : cases) {
    const auto reply = machine.complete(ask(machine.world(), socket, body));
    REQUIRE(reply);
    CHECK_FALSE(reply->at("ok").as_bool());
    CHECK(reply->at("error").at("code").as_string() == code);
  }
  api.stop();
}

TEST_CASE("arguments are read strictly") {
  Request request{.verb = "x", .args = {{"limit", "12"}, {"many", {"a", "b"}}, {"one", "c"}},
                  .who = {}};
  CHECK(*request.number("limit", 5, 100) == 12);
  CHECK(*request.number("absent", 5, 100) == 5);
  CHECK_FALSE(request.number("limit", 5, 10));
  CHECK(request.texts("many") == std::vector<std::string>{"a", "b"});
  CHECK(request.texts("one") == std::vector<std::string>{"c"});
  CHECK_FALSE(request.required("absent"));
}

TEST_CASE("a request that is too large is refused by name before it is sent") {
  mesh::RealWorld machine;
  LocalApi api(machine.world());
  const auto socket = fresh_socket(machine);
  REQUIRE(api.listen(socket));
  const auto reply = machine.complete(announce(machine.world(), socket, local_frame_bytes_max + 1));
  REQUIRE(reply);
  CHECK(reply->at("error").at("code").as_string() == "too_large");
  api.stop();
}

TEST_CASE("what a handler quotes reaches the command as well-formed UTF-8") {
  mesh::RealWorld machine;
  LocalApi api(machine.world());
  api.on("quote", [](Request) -> mesh::Task<Result<Answer>> {
    co_return fail(Errc::invalid, "no file \xff\xfe.csv");
  });
  const auto socket = fresh_socket(machine);
  REQUIRE(api.listen(socket));
  const auto reply = machine.complete(ask(machine.world(), socket, R"({"verb":"quote"})"));
  REQUIRE(reply);
  CHECK(reply->at("error").at("message").as_string() == "no file \xef\xbf\xbd\xef\xbf\xbd.csv");
  api.stop();
}

TEST_CASE("an answer that is too large is told, and the connection goes on") {
  mesh::RealWorld machine;
  LocalApi api(machine.world());
  api.on("much", [](Request) -> mesh::Task<Result<Answer>> {
    co_return Answer{json::object{{"text", std::string(local_frame_bytes_max, 'x')}}};
  });
  const auto socket = fresh_socket(machine);
  REQUIRE(api.listen(socket));
  const auto reply = machine.complete(ask(machine.world(), socket, R"({"verb":"much"})"));
  REQUIRE(reply);
  CHECK(reply->at("error").at("code").as_string() == "too_large");
  api.stop();
}
