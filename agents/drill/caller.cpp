#include "agents/drill/caller.hpp"

namespace tocsin::agents::drill {
namespace {

Errc code_from(std::string_view name) {
  for (int i = 0; i <= int(Errc::corrupt); ++i)
    if (name_of(Errc(i)) == name) return Errc(i);
  return Errc::invalid;
}

void join_arrays(json::object& into, const json::object& line) {
  for (const auto& [key, value] : line) {
    if (!value.is_array()) continue;
    auto& all = into[key];
    if (!all.is_array()) all = json::array();
    for (const auto& each : value.as_array()) all.as_array().push_back(each);
  }
}

}  // namespace

mesh::Task<Result<json::object>> Caller::ask(std::string verb, json::object args) {
  if (!client_) {
    auto connected = co_await LocalClient::connect(network_, socket_);
    if (!connected) co_return std::unexpected(connected.error());
    client_ = std::move(*connected);
  }
  auto answer = co_await exchange(std::move(verb), std::move(args));
  co_return answer;
}

mesh::Task<Result<json::object>> Caller::exchange(std::string verb, json::object args) {
  const auto sent = co_await client_->send(std::move(verb), std::move(args));
  if (!sent) {
    client_.reset();
    co_return std::unexpected(sent.error());
  }
  json::object joined;
  for (std::size_t lines = 0; lines < lines_max; ++lines) {
    auto reply = co_await client_->receive(answer_max);
    if (!reply) {
      client_.reset();
      co_return std::unexpected(reply.error());
    }
    if (!reply->ok) co_return std::unexpected(Error{code_from(reply->code), reply->message, reply->hint});
    if (!reply->more) {
      join_arrays(joined, reply->result);
      for (auto& [key, value] : reply->result)
        if (!value.is_array()) joined[key] = value;
      co_return joined;
    }
    join_arrays(joined, reply->result);
  }
  client_.reset();
  co_return fail(Errc::too_large, "the agent's answer has more than {} lines", lines_max);
}

}  // namespace tocsin::agents::drill
