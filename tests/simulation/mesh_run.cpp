#include "tests/simulation/mesh_run.hpp"

#include <fmt/format.h>

#include "tests/simulation/mesh_watch.hpp"

namespace tocsin::tests {

using namespace mesh;
using namespace std::chrono_literals;

MeshRun::MeshRun(MeshPlan plan)
    : plan_(std::move(plan)),
      chance_(plan_.seed * 7919 + 13),
      universe_(plan_.seed, SimFaults::drawn(plan_.seed)) {
  // A clock that is a day off still shows a time within the certificates.
  const auto founded = universe_.wall() - (plan_.skewed > 0 ? 72h : 0h);
  federation_ = std::make_unique<Federation>(plan_.orgs, founded, plan_.seed);
  places_.resize(federation_->agents.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].agent = i;
    places_[i].machine = &universe_.add_machine(federation_->agents[i].name);
    places_[i].backing = make_memory_backing();
    places_[i].backing->pool = pool_;
  }
  for (int i = 0; i < plan_.skewed; ++i)
    places_[someone()].machine->set_skew(chance_.between(-24h, 24h));
  connect_all();
  for (std::size_t i = 0; i < places_.size(); ++i) open(i);
}

MeshRun::~MeshRun() {
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (places_[i].machine->up() && places_[i].node) take_down(i, true);
}

bool MeshRun::is_gateway(std::size_t agent) const {
  const auto& agents = federation_->agents;
  return agent < 2 || agents[agent - 2].org != agents[agent].org;
}

void MeshRun::connect_all() {
  for (std::size_t i = 0; i < places_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = federation_->agents[i].org == federation_->agents[j].org;
      if (!plan_.every_pair && !(same ? is_gateway(j) : is_gateway(i) && is_gateway(j))) continue;
      const auto way = chance_.below(3);
      if (way != 0) dials_.insert({i, j});
      if (way != 1) dials_.insert({j, i});
    }
}

void MeshRun::open(std::size_t index) {
  auto& place = places_[index];
  auto& world = place.machine->world();
  // The key of a scope may have rotted, and sealed more since from memory.
  if (place.damaged) excuse_what_only_it_holds(index);
  const auto before = std::exchange(place.notes, std::make_unique<Notebook>());
  place.store = open_memory_store(world, place.backing);
  auto options = federation_->options(place.agent);
  options.mend = true;  // Disks go bad here, and nothing is done on the word of what is left.
  options.listen = place.machine->address(7700).text;
  options.gateway = !plan_.every_pair && is_gateway(place.agent);
  for (auto at = dials_.lower_bound({index, 0}); at != dials_.end() && at->first == index; ++at)
    options.peers.push_back(federation_->peer(places_[at->second].agent,
                                              {places_[at->second].machine->address(7700).text}));
  watches_.resize(std::max(watches_.size(), places_.size()));
  watches_[index] = std::make_unique<Watch>(*this, index);
  place.node = Node::open(world, *place.store, std::move(options),
                          {place.notes.get(), watches_[index].get()})
                   .value();
  if (before && !std::exchange(place.damaged, false)) check_kept(index, *before);
}

void MeshRun::take_down(std::size_t index, bool power_cut) {
  auto& place = places_[index];
  power_cut ? place.machine->crash() : place.machine->kill();
  count(place.node->counters());
  place.node.reset();
  place.store.reset();
  ++crashes_;
}

void MeshRun::bring_back(std::size_t index) {
  if (places_[index].machine->up() || places_[index].gone) return;
  places_[index].machine->restart();
  open(index);
}

Task<void> MeshRun::publish(MeshRun& run, std::size_t index, Draft draft, std::string text) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  const auto published = co_await run.places_[index].node->publish(std::move(drafts));
  if (!published) co_return;
  run.acknowledged_.insert(text);
  if (!run.places_[index].notes->has(text))
    run.blame(fmt::format("'{}' was acknowledged before its author held it", text));
}

// A note with a drawn marking, to a drawn audience.
void MeshRun::say_something(std::size_t index) {
  auto& place = places_[index];
  if (!place.machine->up()) return;
  const auto& members = federation_->charter.body.members;
  const auto& agent = federation_->agents[place.agent];
  Marking marking{Tlp::green, Pap::green};
  std::vector<std::string> to;
  const auto kind = chance_.below(4);
  if (kind == 1) marking.tlp = Tlp::amber;
  if (kind >= 2) {
    marking.tlp = Tlp::amber_strict;
    to.push_back(members[chance_.below(members.size())].org);
  }
  auto audience = audience_of(marking, to, agent.org, federation_->charter);
  if (!audience) return;
  const auto text = fmt::format("{} says <{}>", agent.name, said_.size());
  const auto log_class = chance_.happens(0.5) ? LogClass::case_ : LogClass::urgent;
  auto& world = place.machine->world();
  auto draft = made_note(*place.node, marking, *audience, text, world.clock.wall(), log_class);
  said_[text] = {place.agent, std::move(*audience)};
  world.loop.spawn(publish(*this, index, std::move(draft), text));
}

// Twenty indicators that ended two days ago, and two that live, each in a batch of its own.
void MeshRun::say_aged(std::size_t index) {
  auto& place = places_[index];
  if (!place.machine->up()) return;
  auto& world = place.machine->world();
  std::vector<std::pair<Draft, std::string>> drafts;
  for (int i = 0; i < 22; ++i) {
    const bool lives = i % 11 == 5;
    const auto text = fmt::format("{} says <{}>", federation_->agents[place.agent].name,
                                  lives ? said_.size() : 0);
    const auto stale = fmt::format("stale {} {}", index, chance_.below(1ull << 40));
    IndicatorBody body;
    body.type = IndicatorType::pattern;
    body.value = lives ? text : stale;
    body.expires = {(world.clock.wall() + (lives ? 24h * 300 : -48h)).ms / 1000 * 1000};
    const RecordHeader header{RecordKind::indicator, {Tlp::green, Pap::green}, world.clock.wall(),
                              place.node->author()};
    drafts.push_back({{RecordKind::indicator, header.marking, {true, {}, {}}, LogClass::indicator,
                       encode_indicator(header, body)},
                      lives ? text : std::string()});
    if (lives) said_[text] = {place.agent, {true, {}, {}}};
  }
  world.loop.spawn(publish_all(*this, index, std::move(drafts)));
}

Task<void> MeshRun::publish_all(MeshRun& run, std::size_t index,
                                std::vector<std::pair<Draft, std::string>> drafts) {
  for (auto& [draft, text] : drafts) {
    std::vector<Draft> one;
    one.push_back(std::move(draft));
    auto publishing = run.places_[index].node->publish(std::move(one));
    const auto published = co_await publishing;
    if (!published) co_return;
    if (!text.empty()) run.acknowledged_.insert(text);
  }
}

Task<void> MeshRun::compact(MeshRun& run, std::size_t index) {
  auto compacting = run.places_[index].node->compact(false);
  (void)co_await compacting;
}

std::string MeshRun::play() {
  schedule_trouble();
  const auto until = plan_.trouble + 8s;
  while (universe_.now() < until) {
    if (const auto ran = universe_.run_for(250ms); !ran) return ran.error().message;
    check_now();
    if (!wrong_.empty()) return wrong_;
  }
  mend();
  if (auto left = agree(); !left.empty()) return left;
  if (auto left = settle_forks(); !left.empty()) return left;
  if (plan_.aging == 0) return audit();
  schedule_compactions();
  const auto end = universe_.now() + 10s;
  while (universe_.now() < end) {
    if (const auto ran = universe_.run_for(250ms); !ran) return ran.error().message;
    check_now();
    if (!wrong_.empty()) return wrong_;
  }
  mend();
  if (auto left = agree(); !left.empty()) return "after compactions: " + left;
  if (report().checkpoints_refused > 0) return "an honest checkpoint was not believed";
  return audit();
}

// Waits until all do; empty, or the last way in which they did not.
std::string MeshRun::agree() {
  const auto healed = universe_.now();
  std::string last;
  while (universe_.now() < healed + healed_max) {
    if (const auto ran = universe_.run_for(500ms); !ran) return ran.error().message;
    check_now();
    if (!wrong_.empty()) return wrong_;
    last = complaint();
    if (!last.empty()) continue;
    healed_after_ = universe_.now() - healed;
    return {};
  }
  return last;
}

void MeshRun::count(const SyncCounters& counters) {
  mended_ += counters.mended;
  received_ += counters.received;
  duplicates_ += counters.duplicates;
}

// The roots name what remains of each fork that `index` knows: the first of its two branches.
std::vector<Draft> MeshRun::decisions(std::size_t index) const {
  const auto& node = *places_[index].node;
  const RecordHeader header{RecordKind::forks, {Tlp::green, Pap::green}, universe_.wall(),
                            node.author()};
  std::map<LogKey, ForkSeen> first;
  for (const auto& fork : node.forks()) {
    const auto [at, fresh] = first.emplace(fork.log, fork);
    if (!fresh && fork.sequence < at->second.sequence) at->second = fork;
  }
  std::vector<Draft> out;
  for (const auto& [log, fork] : first) {
    const auto org = std::find_if(plan_.orgs.begin(), plan_.orgs.end(),
                                  [&](const auto& each) { return each.id == fork.org; });
    const ForkDecision decision{fork.org, log, fork.sequence, fork.first, fork.sequence,
                                fork.first, universe_.wall(), {}};
    out.push_back({header.kind, header.marking, {true, {}, {}}, LogClass::control,
                   encode_fork_decision(
                       header, decision,
                       federation_->root(std::size_t(org - plan_.orgs.begin())),
                       federation_->charter.federation)});
  }
  return out;
}

Task<void> MeshRun::decide(MeshRun& run, std::size_t index, std::vector<Draft> drafts) {
  auto task = run.places_[index].node->publish(std::move(drafts));
  const auto published = co_await std::move(task);
  if (!published) run.blame(fmt::format("a decision: {}", published.error().message));
}

// What one agent publishes of the roots' decisions reaches every other. A fork that shows only once
// another one is settled is decided on as well.
std::string MeshRun::settle_forks() {
  std::size_t by = 0;
  while (!honest(by)) ++by;
  std::size_t known = 0;
  std::string last;
  for (const auto end = universe_.now() + settled_max; universe_.now() < end;) {
    if (const auto now_known = places_[by].node->forks().size(); now_known > known) {
      known = now_known;
      places_[by].machine->world().loop.spawn(decide(*this, by, decisions(by)));
    }
    if (known == 0) return {};
    if (const auto ran = universe_.run_for(500ms); !ran) return ran.error().message;
    if (!wrong_.empty()) return wrong_;
    last = unsettled_complaint();
    if (last.empty()) return last;
  }
  return last;
}

std::uint64_t MeshRun::bases() const {
  std::uint64_t out = 0;
  for (const auto& place : places_)
    if (place.store)
      if (const auto bases = read_bases(*place.store)) out += bases->size();
  return out;
}

MeshRun::Report MeshRun::report() const {
  Report out{said_.size(), acknowledged_.size(), excused_.size(), crashes_};
  out.mended = mended_;
  out.received = received_;
  out.duplicates = duplicates_;
  out.events = universe_.events();
  out.queued_max = queued_max_;
  out.healed_after = healed_after_;
  for (const auto& place : places_) {
    if (!place.node) continue;
    out.forks = std::max(out.forks, place.node->forks().size());
    const auto counters = place.node->counters();
    out.mended += counters.mended;
    out.received += counters.received;
    out.duplicates += counters.duplicates;
    out.stubs += place.node->compaction().stubs;
    out.checkpoints_refused += place.node->compaction().checkpoints_refused;
  }
  return out;
}

}  // namespace tocsin::tests
