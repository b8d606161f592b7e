#include "agents/home/local_client.hpp"

#include "agents/home/fields.hpp"
#include "crypto/text.hpp"

namespace tocsin::agents {
namespace {

constexpr Duration connect_wait_max = std::chrono::seconds(2);
constexpr Duration write_wait_max = std::chrono::minutes(5);

// Whatever ends the connection means the same to the person who typed: the agent is gone.
std::unexpected<Error> gone(const Error& error) {
  if (error.code != Errc::closed && error.code != Errc::io) return std::unexpected(error);
  return std::unexpected(Error{Errc::unreachable, "the agent closed the connection",
                               "see its log, and start it with `tocsin agent run`"});
}

}  // namespace

Result<Reply> read_reply(std::string_view text) {
  boost::system::error_code bad;
  auto value = boost::json::parse(text, bad);
  if (bad || !value.is_object()) return fail(Errc::invalid, "the agent's answer is no object");
  auto& object = value.as_object();

  Reply reply;
  const auto* ok = object.if_contains("ok");
  if (!ok || !ok->is_bool()) return fail(Errc::invalid, "the agent's answer lacks `ok`");
  reply.ok = ok->as_bool();
  if (const auto* exit = object.if_contains("exit"); exit && exit->is_int64())
    reply.exit = int(exit->as_int64());

  if (auto* line = object.if_contains("line"); line && line->is_object()) {
    reply.more = true;
    reply.result = std::move(line->as_object());
  } else if (auto* result = object.if_contains("result"); result && result->is_object()) {
    reply.result = std::move(result->as_object());
  }
  if (const auto* error = object.if_contains("error"); error && error->is_object()) {
    reply.code = text_in(error->as_object(), "code");
    reply.message = text_in(error->as_object(), "message");
    reply.hint = text_in(error->as_object(), "hint");
  }
  if (!reply.ok && reply.exit == 0) reply.exit = 1;
  return reply;
}

mesh::Task<Result<std::unique_ptr<LocalClient>>> LocalClient::connect(mesh::Network& network,
                                                                      mesh::Path socket) {
  mesh::Address address{"unix:" + socket.string()};
  auto stream_task = network.connect(std::move(address), connect_wait_max);
  auto stream = co_await stream_task;
  if (!stream)
    co_return std::unexpected(
        Error{Errc::unreachable, fmt::format("no agent answers at {}", socket.string()),
              "start it with `tocsin agent run --home " + socket.parent_path().string() + "`"});
  co_return std::make_unique<LocalClient>(std::move(*stream));
}

mesh::Task<Result<void>> LocalClient::send(std::string verb, boost::json::object args) {
  boost::json::object request{{"verb", verb}, {"args", std::move(args)}};
  auto text = boost::json::serialize(request);
  if (!is_well_formed(text))
    co_return std::unexpected(Error{Errc::usage, "what was typed is not all UTF-8",
                                    "check the locale of this terminal"});
  auto written_task = write_frame(*stream_, std::move(text), write_wait_max);
  const auto written = co_await written_task;
  if (!written) co_return gone(written.error());
  co_return Result<void>();
}

mesh::Task<Result<Reply>> LocalClient::receive(Duration timeout) {
  auto text_task = read_frame(*stream_, timeout, timeout);
  const auto text = co_await text_task;
  if (!text) co_return gone(text.error());
  co_return read_reply(*text);
}

mesh::Task<Result<Reply>> LocalClient::call(std::string verb, boost::json::object args) {
  auto sent_task = send(std::move(verb), std::move(args));
  const auto sent = co_await sent_task;
  if (!sent) co_return std::unexpected(sent.error());
  auto reply_task = receive();
  auto reply = co_await reply_task;
  co_return reply;
}

}  // namespace tocsin::agents
