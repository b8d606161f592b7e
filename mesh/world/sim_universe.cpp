#include "mesh/world/sim_universe.hpp"

#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"

namespace tocsin::mesh {

namespace {

constexpr WallTime beginning{1'790'000'000'000};
constexpr std::size_t machines_max = 4096;

}  // namespace

SimUniverse::SimUniverse(std::uint64_t seed, SimFaults faults)
    : faults_(faults),
      chance_(seed),
      trace_(seed),
      wires_(std::make_unique<SimWires>(*this)) {}

SimUniverse::~SimUniverse() {
  for (auto& machine : machines_)
    if (machine->up()) machine->kill();
  // Events may own streams, whose end goes through the wires.
  auto left = std::exchange(queue_, {});
  times_.clear();
  left.clear();
  machines_.clear();
}

SimMachine& SimUniverse::add_machine(std::string name) {
  TOCSIN_ASSERT(machines_.size() < machines_max);
  const auto number = std::uint32_t(machines_.size() + 1);
  machines_.push_back(std::make_unique<SimMachine>(*this, number, std::move(name)));
  return *machines_.back();
}

SimMachine& SimUniverse::machine(std::size_t index) { return *machines_.at(index); }

bool SimUniverse::machine_up(std::uint32_t number) const {
  return number >= 1 && number <= machines_.size() && machines_[number - 1]->up();
}

WallTime SimUniverse::wall() const { return beginning + now_; }

bool SimUniverse::step() {
  if (queue_.empty()) return false;
  auto node = queue_.extract(queue_.begin());
  now_ = std::max(now_, node.key().first);
  times_.erase(node.key().second);
  Due& due = node.mapped();
  ++events_;
  trace_ = mix(trace_, mix(std::uint64_t(now_.count()),
                           mix(due.machine, mix(std::uint64_t(due.kind), due.size))));
  running_life_ = due.life;
  due.job();
  running_life_ = 0;
  return true;
}

Result<void> SimUniverse::spend_event(std::uint64_t& spent) {
  if (++spent <= events_max_) return {};
  return fail(Errc::full, "more than {} events up to {} ms: something spins", events_max_,
              now_ / std::chrono::milliseconds(1));
}

Result<void> SimUniverse::run_until(Duration time) {
  for (std::uint64_t spent = 0; !queue_.empty() && queue_.begin()->first.first <= time;
       step())
    if (const auto more = spend_event(spent); !more) return more;
  now_ = std::max(now_, time);
  return {};
}

Result<void> SimUniverse::run_while_not(const std::function<bool()>& done,
                                        Duration limit) {
  const auto end = now_ + limit;
  for (std::uint64_t spent = 0; !done(); step()) {
    if (queue_.empty() || queue_.begin()->first.first > end) {
      now_ = end;
      return fail(Errc::timeout, "not within {} ms",
                  limit / std::chrono::milliseconds(1));
    }
    if (const auto more = spend_event(spent); !more) return more;
  }
  return {};
}

void SimUniverse::at(Duration time, Job job) {
  schedule(time - now_, nullptr, 0, SimKind::order, 0, std::move(job));
}

std::uint64_t SimUniverse::schedule(Duration delay, const SimLife* life,
                                    std::uint32_t machine, SimKind kind,
                                    std::uint64_t size, Job job) {
  const auto number = ++last_;
  const auto time = now_ + std::max(delay, Duration(0));
  queue_.emplace(std::pair(time, number), Due{life == nullptr ? 0 : life->number, machine,
                                              kind, size, std::move(job)});
  times_.emplace(number, time);
  return number;
}

void SimUniverse::cancel(std::uint64_t number) {
  const auto found = times_.find(number);
  if (found == times_.end()) return;
  // Taken out before it is destroyed: what it owns may cancel others.
  const auto cancelled = queue_.extract({found->second, number});
  times_.erase(found);
}

void SimUniverse::purge(const SimLife& life) {
  std::vector<Due> purged;
  for (auto at = queue_.begin(); at != queue_.end();) {
    if (at->second.life != life.number) {
      ++at;
      continue;
    }
    times_.erase(at->first.second);
    purged.push_back(std::move(at->second));
    at = queue_.erase(at);
  }
}

void SimUniverse::fold(SimKind kind, std::uint32_t machine, ByteView content) {
  std::uint64_t sum = mix(std::uint64_t(kind), machine);
  for (std::size_t at = 0; at < content.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, content.data() + at,
                std::min<std::size_t>(8, content.size() - at));
    sum = mix(sum, word);
  }
  trace_ = mix(trace_, mix(sum, content.size()));
}

}  // namespace tocsin::mesh
