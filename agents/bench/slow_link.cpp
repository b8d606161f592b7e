#include "agents/bench/slow_link.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration connect_max = std::chrono::seconds(5), write_max = std::chrono::seconds(30);
constexpr Duration no_limit = Duration(-1);

}  // namespace

struct SlowLink::Way {
  Way(mesh::Loop& loop, mesh::Stream& in, mesh::Stream& out, Direction& over)
      : from(in), to(out), direction(over), changed(loop) {}
  mesh::Stream& from;
  mesh::Stream& to;
  Direction& direction;
  mesh::Event changed;
  std::deque<std::pair<mesh::Instant, Bytes>> under_way;
  bool ended = false;
};

struct SlowLink::Connection {
  Connection(mesh::Loop& loop, std::unique_ptr<mesh::Stream> a, std::unique_ptr<mesh::Stream> b,
             SlowLink& link)
      : dialled(std::move(a)), target(std::move(b)), forth(loop, *dialled, *target, link.forth_),
        back(loop, *target, *dialled, link.back_) {}
  std::unique_ptr<mesh::Stream> dialled, target;
  Way forth, back;
};

SlowLink::SlowLink(mesh::World& world, std::string to, Options options)
    : world_(world), to_(std::move(to)),
      forth_{Pace(options.bytes_per_s, options.one_way)},
      back_{Pace(options.bytes_per_s, options.one_way)} {}

Result<std::unique_ptr<SlowLink>> SlowLink::open(mesh::World& world, std::string to,
                                                 Options options) {
  std::unique_ptr<SlowLink> link(new SlowLink(world, std::move(to), options));
  auto listener = world.network.listen(mesh::Address("127.0.0.1:0"));
  if (!listener) return std::unexpected(listener.error());
  link->listener_ = std::move(*listener);
  link->address_ = link->listener_->address().text;
  link->tasks_.spawn(link->accept_all());
  return link;
}

mesh::Task<void> SlowLink::accept_all() {
  for (;;) {
    auto accepting = listener_->accept();
    auto stream = co_await accepting;
    if (!stream) co_return;
    tasks_.spawn(join(std::move(*stream)));
  }
}

mesh::Task<void> SlowLink::join(std::unique_ptr<mesh::Stream> dialled) {
  auto connecting = world_.network.connect(mesh::Address(to_), connect_max);
  auto target = co_await connecting;
  if (!target) co_return;
  auto both = std::make_shared<Connection>(world_.loop, std::move(dialled), std::move(*target),
                                           *this);
  for (auto* way : {&both->forth, &both->back}) {
    tasks_.spawn(take_in(std::shared_ptr<Way>(both, way)));
    tasks_.spawn(give_out(std::shared_ptr<Way>(both, way)));
  }
}

mesh::Task<void> SlowLink::take_in(std::shared_ptr<Way> way) {
  Bytes piece(piece_max);
  for (;;) {
    const auto wait = way->direction.pace.wait(world_.clock.now());
    if (wait > Duration(0)) {
      co_await mesh::sleep(world_.loop, wait);
      continue;
    }
    auto reading = way->from.read_some(piece, no_limit);
    const auto got = co_await reading;
    if (!got) break;
    const auto there = way->direction.pace.carry(*got, world_.clock.now());
    way->under_way.emplace_back(
        there, Bytes(piece.begin(), piece.begin() + std::ptrdiff_t(*got)));
    way->changed.set();
  }
  way->ended = true;
  way->changed.set();
}

mesh::Task<void> SlowLink::give_out(std::shared_ptr<Way> way) {
  while (!way->under_way.empty() || !way->ended) {
    if (way->under_way.empty()) {
      co_await way->changed.wait();
      continue;
    }
    const auto early = way->under_way.front().first - world_.clock.now();
    if (early > Duration(0)) {
      co_await mesh::sleep(world_.loop, early);
      continue;
    }
    const auto bytes = std::move(way->under_way.front().second);
    way->under_way.pop_front();
    auto writing = way->to.write(bytes, write_max);
    if (const auto written = co_await writing; !written) break;
    way->direction.bytes += bytes.size();
  }
  way->from.close();
  way->to.close();
}

}  // namespace tocsin::agents::bench
