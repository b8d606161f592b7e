#include "agents/agent/local_api.hpp"

#include "agents/home/exit_code.hpp"
#include "agents/home/frame.hpp"

namespace tocsin::agents {
namespace {

constexpr Duration idle_max = std::chrono::hours(24);
constexpr Duration write_max = std::chrono::seconds(30);

json::object error_frame(const Error& error) {
  return {{"ok", false},
          {"exit", exit_code_of(error.code)},
          {"error",
           {{"code", name_of(error.code)}, {"message", error.message}, {"hint", error.hint}}}};
}

mesh::Task<Result<void>> send(mesh::Stream& stream, json::object frame) {
  auto text = json::serialize(frame);
  auto task = write_frame(stream, std::move(text), write_max);
  co_return co_await std::move(task);
}

class StreamLines : public LineSink {
 public:
  explicit StreamLines(mesh::Stream& stream) : stream_(stream) {}
  mesh::Task<Result<void>> line(json::object line) override {
    json::object frame{{"ok", true}, {"line", std::move(line)}};
    co_return co_await send(stream_, std::move(frame));
  }

 private:
  mesh::Stream& stream_;
};

}  // namespace

std::string Request::text(std::string_view name) const {
  const auto* found = args.if_contains(name);
  if (!found || found->is_null()) return {};
  if (found->is_string()) return std::string(found->as_string());
  return json::serialize(*found);
}

bool Request::has(std::string_view name) const {
  const auto* found = args.if_contains(name);
  return found && !found->is_null();
}

bool Request::flag(std::string_view name) const {
  const auto* found = args.if_contains(name);
  return found && found->is_bool() && found->as_bool();
}

std::vector<std::string> Request::texts(std::string_view name) const {
  const auto* found = args.if_contains(name);
  std::vector<std::string> out;
  if (!found || found->is_null()) return out;
  if (!found->is_array()) return {text(name)};
  for (const auto& item : found->as_array())
    out.push_back(item.is_string() ? std::string(item.as_string()) : json::serialize(item));
  return out;
}

Result<std::uint64_t> Request::number(std::string_view name, std::uint64_t absent,
                                      std::uint64_t number_max) const {
  if (!has(name)) return absent;
  const std::string digits = text(name);
  std::uint64_t out = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size() || out > number_max)
    return fail(Errc::usage, "--{}: '{}' is not a whole number from 0 to {}", name, digits,
                number_max);
  return out;
}

Result<std::string> Request::required(std::string_view name) const {
  auto out = text(name);
  if (out.empty()) return fail(Errc::usage, "{}: the argument {} is missing", verb, name);
  return out;
}

void LocalApi::on(std::string verb, Handler handler) {
  const bool added = handlers_.emplace(std::move(verb), std::move(handler)).second;
  TOCSIN_ASSERT(added);
}

Result<void> LocalApi::listen(const mesh::Path& socket) {
  auto listener = world_.network.listen({"unix:" + socket.string()});
  if (!listener) return within("local socket", listener.error());
  listener_ = std::move(*listener);
  tasks_.spawn(accept_loop());
  return {};
}

void LocalApi::stop() {
  stopped_ = true;
  if (listener_) listener_->close();
}

mesh::Task<> LocalApi::accept_loop() {
  while (!stopped_) {
    auto stream = co_await listener_->accept();
    if (!stream) {
      if (stream.error().code == Errc::closed) co_return;
      world_.log.warn("local socket: {}", stream.error().message);
      co_await mesh::sleep(world_.loop, std::chrono::milliseconds(100));
      continue;
    }
    if (connections_ >= connections_max) {
      auto busy = error_frame({Errc::full, "the agent serves too many commands at once",
                               "wait for others to finish"});
      const auto told = co_await send(**stream, std::move(busy));
      if (!told) world_.log.debug("local socket: {}", told.error().message);
      continue;
    }
    tasks_.spawn(serve(std::move(*stream)));
  }
}

mesh::Task<> LocalApi::serve(std::unique_ptr<mesh::Stream> stream) {
  ++connections_;
  StreamLines lines(*stream);
  const auto who = stream->credentials();
  const bool allowed =
      who && (who->uid == world_.processes.uid() || who->uid == 0);
  if (!allowed) {
    auto denied = error_frame({Errc::refused, "this socket serves the agent's own user only",
                               "run the command as that user"});
    const auto told = co_await send(*stream, std::move(denied));
    if (told) world_.log.warn("local socket: refused another user");
  }
  while (allowed && !stopped_) {
    auto frame_task = read_frame(*stream, idle_max, write_max);
    auto frame = co_await std::move(frame_task);
    if (!frame && frame.error().code == Errc::too_large) {
      auto large = error_frame(frame.error());
      const auto told = co_await send(*stream, std::move(large));
      if (!told) world_.log.debug("local socket: {}", told.error().message);
    }
    if (!frame) break;
    auto reply = co_await answer(std::move(*frame), *who, lines);
    auto written = co_await send(*stream, std::move(reply));
    if (!written && written.error().code == Errc::too_large) {
      auto large = error_frame(written.error());
      written = co_await send(*stream, std::move(large));
    }
    if (!written) break;
  }
  --connections_;
}

mesh::Task<json::object> LocalApi::answer(std::string frame, mesh::PeerCredentials who,
                                          LineSink& lines) {
  boost::system::error_code bad;
  auto parsed = json::parse(frame, bad);
  if (bad || !parsed.is_object())
    co_return error_frame({Errc::invalid, "a request is one JSON object of UTF-8 text"});
  auto& object = parsed.as_object();
  const auto* verb = object.if_contains("verb");
  if (!verb || !verb->is_string())
    co_return error_frame({Errc::invalid, "a request names its verb"});

  Request request{.verb = std::string(verb->as_string()), .args = {}, .who = who,
                  .lines = &lines};
  if (auto* args = object.if_contains("args"); args && args->is_object())
    request.args = std::move(args->as_object());
  const auto handler = handlers_.find(request.verb);
  if (handler == handlers_.end())
    co_return error_frame({Errc::usage, fmt::format("unknown verb '{}'", request.verb),
                           "see tocsin --help"});
  auto task = handler->second(std::move(request));
  auto done = co_await std::move(task);
  if (!done) co_return error_frame(done.error());
  co_return json::object{{"ok", true}, {"exit", done->exit}, {"result", std::move(done->result)}};
}

}  // namespace tocsin::agents
