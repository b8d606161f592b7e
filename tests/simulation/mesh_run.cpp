#include "tests/simulation/mesh_run.hpp"

namespace tocsin::tests {

using namespace mesh;
using namespace std::chrono_literals;

namespace {

std::vector<Federation::Org> drawn_orgs(SimChance& chance) {
  std::vector<Federation::Org> out;
  const auto count = 2 + chance.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const bool authority = i >= 2 && chance.happens(0.5);
    out.push_back({"org" + std::to_string(i),
                   authority ? crypto::OrgRole::authority : crypto::OrgRole::operator_,
                   1 + int(chance.below(2))});
  }
  if (count == 2) out[0].agents = 2;
  return out;
}

}  // namespace

MeshRun::MeshRun(std::uint64_t seed)
    : chance_(seed * 7919 + 13), universe_(seed, SimFaults::drawn(seed)) {
  federation_ = std::make_unique<Federation>(drawn_orgs(chance_), universe_.wall(), seed);
  places_.resize(federation_->agents.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].machine = &universe_.add_machine(federation_->agents[i].name);
    places_[i].backing = make_memory_backing();
    for (std::size_t j = 0; j < i; ++j) {
      const auto way = chance_.below(3);
      if (way != 0) dials_.insert({i, j});
      if (way != 1) dials_.insert({j, i});
    }
  }
  for (std::size_t i = 0; i < places_.size(); ++i) open(i);
}

MeshRun::~MeshRun() {
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (places_[i].machine->up()) take_down(i, true);
}

void MeshRun::open(std::size_t index) {
  auto& place = places_[index];
  auto& world = place.machine->world();
  place.notes = std::make_unique<Notebook>();
  place.store = open_memory_store(world, place.backing);
  auto options = federation_->options(index);
  options.listen = place.machine->address(7700).text;
  for (std::size_t j = 0; j < places_.size(); ++j)
    if (dials_.contains({index, j}))
      options.peers.push_back(
          federation_->peer(j, {places_[j].machine->address(7700).text}));
  place.node =
      Node::open(world, *place.store, std::move(options), {place.notes.get()}).value();
}

void MeshRun::take_down(std::size_t index, bool power_cut) {
  auto& place = places_[index];
  power_cut ? place.machine->crash() : place.machine->kill();
  place.node.reset();
  place.store.reset();
  ++crashes_;
}

Task<void> MeshRun::publish(MeshRun& run, std::size_t index, Draft draft, std::string text) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  const auto published = co_await run.places_[index].node->publish(std::move(drafts));
  if (published) run.acknowledged_.insert(text);
}

// A note with a drawn marking, to a drawn audience.
void MeshRun::say_something(std::size_t index) {
  auto& place = places_[index];
  if (!place.machine->up()) return;
  const auto& members = federation_->charter.body.members;
  const auto& own = federation_->agents[index].org;
  Marking marking{Tlp::green, Pap::green};
  std::vector<std::string> to;
  const auto kind = chance_.below(4);
  if (kind == 1) marking.tlp = Tlp::amber;
  if (kind >= 2) {
    marking.tlp = Tlp::amber_strict;
    to.push_back(members[chance_.below(members.size())].org);
  }
  auto audience = audience_of(marking, to, own, federation_->charter);
  if (!audience) return;
  const auto text = fmt::format("{} says {}", federation_->agents[index].name, said_.size());
  const auto log_class = chance_.happens(0.5) ? LogClass::case_ : LogClass::urgent;
  auto& world = place.machine->world();
  auto draft = made_note(*place.node, marking, *audience, text, world.clock.wall(), log_class);
  said_[text] = {index, std::move(*audience)};
  world.loop.spawn(publish(*this, index, std::move(draft), text));
}

void MeshRun::schedule_trouble(Duration trouble) {
  const auto sometime = [&] { return chance_.between(Duration(0), trouble); };
  const auto someone = [&] { return std::size_t(chance_.below(places_.size())); };
  for (int i = 0; i < 50; ++i)
    universe_.at(sometime(), [this, index = someone()] { say_something(index); });
  for (int i = 0; i < 4; ++i) {
    const auto start = sometime();
    const auto a = std::uint32_t(someone() + 1), b = std::uint32_t(someone() + 1);
    const auto how = chance_.happens(0.5) ? SimCut::stall : SimCut::reset;
    const bool alone = chance_.happens(0.3);
    if (a == b) continue;
    SimWires::Machines others;
    for (std::uint32_t n = 1; n <= places_.size(); ++n)
      if (n != a && (alone || n == b)) others.push_back(n);
    universe_.at(start, [this, a, others, how] { universe_.wires().cut({a}, others, how); });
    universe_.at(start + chance_.between(200ms, 8s),
                 [this, a, others] { universe_.wires().heal({a}, others); });
  }
  for (int i = 0; i < 2; ++i) {
    const auto start = sometime();
    const auto index = someone();
    const bool power_cut = chance_.happens(0.5);
    universe_.at(start, [this, index, power_cut] {
      if (places_[index].machine->up()) take_down(index, power_cut);
    });
    universe_.at(start + chance_.between(100ms, 6s), [this, index] {
      if (places_[index].machine->up()) return;
      places_[index].machine->restart();
      open(index);
    });
  }
}

void MeshRun::mend() {
  universe_.wires().heal();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].machine->up()) continue;
    places_[i].machine->restart();
    open(i);
  }
}

bool MeshRun::may_read(std::size_t index, const Audience& audience) const {
  const auto& org = federation_->agents[index].org;
  return audience.all_members ||
         std::binary_search(audience.orgs.begin(), audience.orgs.end(), org);
}

// The first way in which the agents do not hold what they should.
std::string MeshRun::complaint() {
  for (const auto& [text, said] : said_) {
    bool anywhere = acknowledged_.contains(text);
    for (const auto& place : places_) anywhere |= place.notes->has(text);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const bool has = places_[i].notes->has(text) || places_[i].notes->verified.contains(text);
      if (has && !may_read(i, said.audience))
        return fmt::format("{} reads '{}', which is not for it", federation_->agents[i].name, text);
      if (anywhere && !places_[i].notes->has(text) && may_read(i, said.audience))
        return fmt::format("{} lacks '{}'{}", federation_->agents[i].name, text,
                           acknowledged_.contains(text) ? ", which was acknowledged" : "");
    }
  }
  for (std::size_t i = 0; i < places_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (places_[i].node->heads_digest(federation_->agents[j].org) !=
              places_[j].node->heads_digest(federation_->agents[i].org) &&
          federation_->agents[i].org != federation_->agents[j].org)
        return fmt::format("{} and {} hold different heads", federation_->agents[i].name,
                           federation_->agents[j].name);
  return {};
}

std::string MeshRun::audit() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!places_[i].node->forks().empty())
      return fmt::format("{} saw a fork where nobody is at fault", federation_->agents[i].name);
    const auto audit = verify_archive(*places_[i].store, federation_->charter);
    if (!audit) return audit.error().message;
    if (!audit->ok)
      return fmt::format("{}: {}", federation_->agents[i].name, audit->first_bad);
  }
  return {};
}

std::string MeshRun::play(Duration trouble) {
  schedule_trouble(trouble);
  if (const auto ran = universe_.run_until(trouble + 8s); !ran) return ran.error().message;
  mend();
  std::string last;
  for (int i = 0; i < 120; ++i) {
    if (const auto ran = universe_.run_for(500ms); !ran) return ran.error().message;
    last = complaint();
    if (last.empty()) return audit();
  }
  return last;
}

}  // namespace tocsin::tests
