#include "mesh/sync/session.hpp"

namespace tocsin::mesh {

Session::Session(World& world, SecureLink link, Facts facts)
    : world_(world), link_(std::move(link)), facts_(std::move(facts)), wake_(world.loop),
      since_(world.clock.now()), heard_(since_) {}

Task<Error> Session::read(SessionHost& host, std::optional<Bytes> first) {
  if (first) {
    const auto taken = take(host, *first);
    if (!taken) co_return taken.error();
  }
  for (;;) {
    auto ready = host.ready(*this);
    co_await ready;
    if (closed_) co_return Error{Errc::closed, "closed here"};
    const auto frame = co_await link_.receive(frame_bytes_max, silence_max);
    if (!frame) co_return frame.error();
    heard_ = world_.clock.now();
    auto turn = host.turn(*this);
    co_await turn;
    if (closed_) co_return Error{Errc::closed, "closed here"};
    const auto taken = take(host, *frame);
    if (!taken) co_return taken.error();
    if (said_bye_) co_return Error{Errc::closed, *said_bye_};
  }
}

Result<void> Session::take(SessionHost& host, ByteView frame) {
  auto message = decode(frame);
  if (!message) return std::unexpected(message.error());
  if (const auto* ping = std::get_if<Ping>(&*message)) {
    send(Pong{ping->nonce});
    return {};
  }
  if (const auto* pong = std::get_if<Pong>(&*message)) {
    // The peer chooses the nonce: only a time that was can be subtracted.
    const auto heard = std::uint64_t(heard_.since_start.count());
    if (pong->nonce <= heard && Duration(heard - pong->nonce) < silence_max) {
      rtt_ = Duration(heard - pong->nonce);
      answered(Instant{Duration(pong->nonce)});
    }
    return {};
  }
  if (const auto* bye = std::get_if<Bye>(&*message)) {
    said_bye_ = fmt::format("the peer left: {}", name_of(bye->reason));
    return {};
  }
  return host.on_message(*this, std::move(*message));
}

bool Session::send(const Message& message) {
  // A vector of heads goes whole or not at all: of half of one nobody can make anything.
  const auto* heads = std::get_if<Heads>(&message);
  bool goes = queued_ < queue_bytes_max;
  if (heads) {
    if (heads_begun_) goes = heads_go_;
    heads_begun_ = heads->more;
    heads_go_ = goes;
  }
  if (closed_ || !goes) return false;
  const bool hurry = std::holds_alternative<Ping>(message) || std::holds_alternative<Pong>(message);
  auto frame = encode(message);
  queued_ += frame.size();
  (hurry ? first_ : rest_).push_back(std::move(frame));
  wake_.set();
  return true;
}

bool Session::send_batch(ByteView encoded, bool urgent) {
  const bool admitted = !closed_ && gate_.admit(queued_, urgent, world_.clock.now());
  tell_mode();
  if (!admitted) return false;
  auto frame = encode_batch_message(encoded, true);
  queued_ += frame.size();
  (urgent ? first_ : rest_).push_back(std::move(frame));
  wake_.set();
  if (urgent) await_answer();
  return true;
}

// One ping at a time; what is pushed meanwhile is asked about by the next one.
void Session::await_answer() {
  pushed_since_ = asked_.has_value();
  if (asked_) return;
  asked_ = world_.clock.now();
  ping();
}

void Session::answered(Instant to) {
  if (!asked_ || to < *asked_) return;
  asked_.reset();
  if (pushed_since_) await_answer();
}

std::optional<Instant> Session::answer_due() const {
  if (!asked_ || rtt_ == Duration(0)) return std::nullopt;
  return *asked_ + std::max(answer_min, rtt_ * 3 / 2);
}

bool Session::overdue(Instant now) const {
  const auto due = answer_due();
  return due && *due <= now && queued_ == 0;
}

void Session::ping() { send(Ping{std::uint64_t(world_.clock.now().since_start.count())}); }

void Session::tell_mode() {
  if (!gate_.changed()) return;
  if (gate_.heads_only())
    world_.log.info("{}/{}: reads too slowly, {} bytes wait: from now on alarms and heads only",
                    facts_.org, facts_.name, queued_);
  else
    world_.log.info("{}/{}: keeps up again: from now on everything live", facts_.org, facts_.name);
}

void Session::leave(ByeReason reason) {
  leaving_ = reason;
  wake_.set();
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  link_.close();
  wake_.set();
}

// Pings and urgent batches, then all other messages, then answers to pulls.
std::optional<Bytes> Session::pick(SessionHost& host) {
  for (auto* queue : {&first_, &rest_}) {
    if (queue->empty()) continue;
    std::optional<Bytes> out = std::move(queue->front());
    queue->pop_front();
    queued_ -= out->size();
    return out;
  }
  auto answer = host.next_answer(*this);
  if (answer) return std::move(*answer);
  world_.log.error("{}/{}: cannot answer a pull: {}", facts_.org, facts_.name,
                   answer.error().message);
  close();
  return std::nullopt;
}

Task<void> Session::write(SessionHost& host) {
  while (!closed_) {
    std::optional<Bytes> frame;
    gate_.look(queued_, world_.clock.now());
    tell_mode();
    if (leaving_)
      frame = encode(Bye{*leaving_, {}});
    else
      frame = pick(host);
    if (!frame) {
      const bool woken = co_await wake_.wait(ping_every);
      if (!woken) ping();
      continue;
    }
    const auto written = co_await link_.send(*frame);
    if (!written || leaving_) close();
  }
}

}  // namespace tocsin::mesh
