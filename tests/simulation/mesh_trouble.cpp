#include <fmt/format.h>

#include "tests/simulation/mesh_run.hpp"

namespace tocsin::tests {

using namespace mesh;
using namespace std::chrono_literals;

namespace {

void repair(MemoryBacking& disk) {
  disk.fail_commits = false;
  disk.size_max = MemoryBacking().size_max;
}

}  // namespace

Duration MeshRun::sometime() { return chance_.between(Duration(0), plan_.trouble); }

void MeshRun::schedule_trouble() {
  for (int i = 0; i < plan_.notes; ++i) {
    const auto when = sometime();
    universe_.at(when, [this, index = someone()] { say_something(index); });
  }
  for (int i = 0; i < plan_.aging; ++i) {
    const auto when = sometime() / 2;
    universe_.at(when, [this, index = someone()] { say_aged(index); });
  }
  schedule_cuts();
  schedule_crashes();
  schedule_restores();
  schedule_bad_disks();
  if (plan_.twin) schedule_twin();
}

void MeshRun::schedule_cuts() {
  for (int i = 0; i < plan_.cuts; ++i) {
    const auto start = sometime();
    const auto a = std::uint32_t(someone() + 1), b = std::uint32_t(someone() + 1);
    const auto how = chance_.happens(0.5) ? SimCut::stall : SimCut::reset;
    const bool alone = chance_.happens(0.3);
    const auto lasts = chance_.between(200ms, 8s);
    if (a == b) continue;
    SimWires::Machines others;
    for (std::uint32_t n = 1; n <= places_.size(); ++n)
      if (n != a && (alone || n == b)) others.push_back(n);
    universe_.at(start, [this, a, others, how] { universe_.wires().cut({a}, others, how); });
    universe_.at(start + lasts, [this, a, others] { universe_.wires().heal({a}, others); });
  }
  for (int i = 0; i < plan_.splits; ++i) {
    const auto start = sometime();
    const auto lasts = chance_.between(1s, 8s);
    const auto how = chance_.happens(0.5) ? SimCut::stall : SimCut::reset;
    std::array<SimWires::Machines, 2> sides;
    for (const auto& org : plan_.orgs) {
      auto& side = sides[chance_.below(2)];
      for (std::size_t n = 0; n < places_.size(); ++n)
        if (federation_->agents[n].org == org.id) side.push_back(std::uint32_t(n + 1));
    }
    universe_.at(start, [this, sides, how] { universe_.wires().cut(sides[0], sides[1], how); });
    universe_.at(start + lasts, [this, sides] { universe_.wires().heal(sides[0], sides[1]); });
  }
}

void MeshRun::schedule_crashes() {
  for (int i = 0; i < plan_.crashes; ++i) {
    const auto start = sometime();
    const auto index = someone();
    const bool power_cut = chance_.happens(0.5);
    universe_.at(start, [this, index, power_cut] {
      if (places_[index].machine->up()) take_down(index, power_cut);
    });
    universe_.at(start + chance_.between(100ms, 6s), [this, index] { bring_back(index); });
  }
}

// Every agent compacts twice within some seconds; a crash or a cut may come into the middle of it.
void MeshRun::schedule_compactions() {
  const auto now = universe_.now();
  for (std::size_t index = 0; index < places_.size(); ++index)
    for (int i = 0; i < 2; ++i)
      universe_.at(now + chance_.between(Duration(0), 8s), [this, index] {
        auto& machine = *places_[index].machine;
        if (machine.up()) machine.world().loop.spawn(compact(*this, index));
      });
  for (int i = 0; i < 3; ++i) {
    const auto start = now + chance_.between(Duration(0), 8s);
    const auto index = someone();
    const bool power_cut = chance_.happens(0.5);
    universe_.at(start, [this, index, power_cut] {
      if (places_[index].machine->up()) take_down(index, power_cut);
    });
    universe_.at(start + chance_.between(100ms, 1s), [this, index] { bring_back(index); });
  }
  const auto alone = std::uint32_t(someone() + 1);
  SimWires::Machines others;
  for (std::uint32_t n = 1; n <= places_.size(); ++n)
    if (n != alone) others.push_back(n);
  universe_.at(now + 1s, [this, alone, others] {
    universe_.wires().cut({alone}, others, SimCut::reset);
  });
}

// A copy of the disk is taken; later the machine is lost, and starts anew from the copy.
void MeshRun::schedule_restores() {
  for (int i = 0; i < plan_.restores; ++i) {
    const auto index = someone();
    const auto copied = sometime(), lost = copied + chance_.between(1s, 8s);
    universe_.at(copied, [this, index] { places_[index].backup = *places_[index].backing; });
    universe_.at(lost, [this, index] {
      auto& place = places_[index];
      if (place.machine->up()) take_down(index, true);
      excuse_what_only_it_holds(index);
      place.backing = std::make_shared<MemoryBacking>(*place.backup);
      repair(*place.backing);
      place.damaged = true;
      restored_.insert(place.agent);
      bring_back(index);
    });
  }
}

void MeshRun::schedule_bad_disks() {
  for (int i = 0; i < plan_.bad_disks; ++i) {
    const auto start = sometime();
    const auto index = someone();
    const auto how = chance_.below(3);
    const auto lasts = chance_.between(500ms, 6s);
    universe_.at(start, [this, index, how] { spoil(index, how); });
    // Whoever sees an agent stop for its disk mends the disk and starts it again.
    universe_.at(start + lasts, [this, index] {
      auto& place = places_[index];
      repair(*place.backing);
      if (place.machine->up()) take_down(index, false);
      bring_back(index);
    });
  }
}

void MeshRun::spoil(std::size_t index, std::uint64_t how) {
  auto& place = places_[index];
  auto& backing = *place.backing;
  if (how == 0) backing.fail_commits = true;
  if (how == 1) backing.size_max = backing.bytes + 8192;
  if (how != 2 || backing.batches.empty()) return;
  excuse_what_only_it_holds(index);
  place.damaged = true;
  for (int i = 0; i < 3; ++i) {
    const auto which = std::ptrdiff_t(chance_.below(backing.batches.size()));
    backing.rotten[std::next(backing.batches.begin(), which)->first] = true;
  }
}

// Half of the others can reach the twin only, while it and the agent both go on.
void MeshRun::schedule_twin() {
  villain_ = someone();
  const auto start = chance_.between(plan_.trouble / 4, plan_.trouble / 2);
  universe_.at(start, [this] { start_twin(villain_); });
  for (int i = 0; i < 12; ++i)
    universe_.at(start + chance_.between(200ms, plan_.trouble / 2), [this, i] {
      if (places_.size() > federation_->agents.size())
        say_something(i % 2 == 0 ? villain_ : places_.size() - 1);
    });
}

void MeshRun::start_twin(std::size_t index) {
  const auto twin = places_.size();
  places_.emplace_back();
  auto& place = places_.back();
  place.agent = index;
  place.machine = &universe_.add_machine(federation_->agents[index].name + "-twin");
  place.backing = std::make_shared<MemoryBacking>(*places_[index].backing);
  forge_newest(place);
  for (std::size_t j = 0; j < index; ++j)
    if (dials_.contains({index, j}) || dials_.contains({j, index})) dials_.insert({twin, j});
  for (std::size_t j = index + 1; j < twin; ++j)
    if (dials_.contains({index, j}) || dials_.contains({j, index})) dials_.insert({twin, j});
  const auto number = [](std::size_t n) { return std::uint32_t(n + 1); };
  for (std::size_t j = 0; j < twin; ++j)
    universe_.wires().cut({number(j % 2 == 0 || j == index ? twin : index)}, {number(j)},
                          SimCut::reset);
  open(twin);
}

// In each open log of the agent something else stands where it signed last, with its true key.
void MeshRun::forge_newest(Place& place) {
  const auto options = federation_->options(place.agent);
  const auto& own = federation_->agents[place.agent].id;
  auto& batches = place.backing->batches;
  for (auto at = batches.begin(); at != batches.end(); ++at) {
    const auto& [log, sequence] = at->first;
    const bool newest = std::next(at) == batches.end() || std::next(at)->first.first != log;
    const bool notes = log.log_class == LogClass::case_ || log.log_class == LogClass::urgent;
    if (log.agent != own || !log.scope.is_zero() || !newest || !notes) continue;
    auto& stored = at->second.batch;
    const auto header = parse_batch(*stored.encoded).value().header;
    std::vector<Bytes> records;
    for (int i = 0; i < int(stored.readable); ++i) {
      const auto text = fmt::format("{} lies <{}>", federation_->agents[place.agent].name,
                                    said_.size());
      said_[text] = {place.agent, {true, {}, {}}};
      FieldWriter fields({RecordKind::note, {Tlp::green, Pap::green}, header.time, own.prefix()});
      records.push_back(std::move(fields.text(1, text)).take());
    }
    const auto forged = sign_batch({log, sequence, header.time, header.previous, records},
                                   options.signing, federation_->charter.federation, nullptr,
                                   federation_->entropy());
    stored.encoded = std::make_shared<const Bytes>(forged.value().encoded);
  }
}

void MeshRun::mend() {
  universe_.wires().heal();
  for (std::size_t i = federation_->agents.size(); i < places_.size(); ++i) {
    if (places_[i].machine->up()) take_down(i, true);
    places_[i].gone = true;
  }
  for (std::size_t i = 0; i < federation_->agents.size(); ++i) {
    if (plan_.skewed > 0) places_[i].machine->set_skew(Duration(0));
    bring_back(i);
  }
}

}  // namespace tocsin::tests
