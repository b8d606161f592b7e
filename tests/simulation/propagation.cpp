#include "tests/simulation/propagation.hpp"

#include <fmt/format.h>

namespace tocsin::tests {

using namespace mesh;
using namespace std::chrono_literals;

namespace {

SimFaults wide_network(const PropagationPlan& plan) {
  SimFaults out;
  out.link.delay = plan.wan / 2;
  out.link.jitter = plan.wan / 40;
  return out;
}

}  // namespace

/// Notes when an agent first held a record in memory, where it matches.
class Propagation::Ear final : public Observer {
 public:
  Ear(Propagation& run, std::size_t index) : run_(run), index_(index) {}
  void on_verified(const Delivered& batch) override {
    for (const auto& record : batch.records) {
      if (record.header.kind != RecordKind::note) continue;
      const auto fields = FieldReader::make(record);
      const auto said = run_.said_.find(std::string(fields->text(1)));
      if (said != run_.said_.end()) said->second.heard.emplace(index_, run_.universe_.now());
    }
  }
  void on_durable(const Delivered&) override {}

 private:
  Propagation& run_;
  std::size_t index_;
};

double PropagationReport::redundant() const {
  return double(duplicates) / double(std::max<std::uint64_t>(received - duplicates, 1));
}

Duration quantile(const std::vector<Duration>& times, double part) {
  if (times.empty()) return {};
  return times[std::min(times.size() - 1, std::size_t(part * double(times.size())))];
}

Propagation::Propagation(PropagationPlan plan)
    : plan_(plan), chance_(plan.seed), universe_(plan.seed, wide_network(plan)) {
  std::vector<Federation::Org> orgs;
  for (std::size_t i = 0; i < plan_.orgs; ++i)
    orgs.push_back({fmt::format("org{}", i), crypto::OrgRole::operator_,
                    int(plan_.agents / plan_.orgs)});
  federation_ = std::make_unique<Federation>(orgs, universe_.wall(), plan_.seed);
  places_.resize(federation_->agents.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].machine = &universe_.add_machine(federation_->agents[i].name);
    for (std::size_t j = 0; j < i; ++j)
      if (federation_->agents[j].org == federation_->agents[i].org)
        universe_.wires().set_link(std::uint32_t(i + 1), std::uint32_t(j + 1),
                                   {plan_.lan / 2, plan_.lan / 10});
  }
  for (std::size_t i = 0; i < places_.size(); ++i) open(i);
}

Propagation::~Propagation() {
  for (auto& place : places_) {
    place.machine->kill();
    place.node.reset();
    place.store.reset();
  }
}

bool Propagation::is_gateway(std::size_t index) const {
  const auto& agents = federation_->agents;
  return index < 2 || agents[index - 2].org != agents[index].org;
}

void Propagation::open(std::size_t index) {
  auto& place = places_[index];
  auto& world = place.machine->world();
  const auto backing = make_memory_backing();
  backing->pool = pool_;
  place.store = open_memory_store(world, backing);
  place.ear = std::make_unique<Ear>(*this, index);
  auto options = federation_->options(index);
  options.listen = place.machine->address(7700).text;
  options.gateway = is_gateway(index);
  for (std::size_t j = 0; j < index; ++j) {
    const bool site = federation_->agents[j].org == federation_->agents[index].org;
    if (is_gateway(j) && (site || is_gateway(index)))
      options.peers.push_back(
          federation_->peer(j, {places_[j].machine->address(7700).text}));
  }
  place.node = Node::open(world, *place.store, std::move(options), {place.ear.get()}).value();
}

// They stay up and say nothing more, as behind a cable that was pulled.
void Propagation::silence_gateways() {
  const auto wanted = std::size_t(plan_.gateways_down * double(2 * plan_.orgs) + 0.5);
  const auto site = plan_.agents / plan_.orgs;
  for (std::size_t org = 0; org < std::min(wanted, plan_.orgs); ++org) {
    // The one that its partners send to; else nobody would notice.
    const auto first = org * site;
    const bool second = federation_->agents[first + 1].id < federation_->agents[first].id;
    const auto index = first + (second ? 1 : 0);
    SimWires::Machines others;
    for (std::size_t i = 0; i < places_.size(); ++i)
      if (i != index) others.push_back(std::uint32_t(i + 1));
    universe_.wires().cut({std::uint32_t(index + 1)}, others, SimCut::stall);
    places_[index].silent = true;
  }
}

Task<void> Propagation::publish(Node& node, Draft draft) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  auto publishing = node.publish(std::move(drafts));
  (void)co_await publishing;
}

void Propagation::say(int number) {
  std::size_t from = 0;
  do from = std::size_t(chance_.below(places_.size()));
  while (places_[from].silent);
  const auto& own = federation_->agents[from].org;
  Marking marking{Tlp::green, Pap::green};
  std::vector<std::string> to;
  const auto kind = chance_.below(3);
  if (kind == 1) marking.tlp = Tlp::amber;
  if (kind == 2) {
    marking.tlp = Tlp::amber_strict;
    to.push_back(federation_->charter.body.members[chance_.below(plan_.orgs)].org);
  }
  const auto audience = audience_of(marking, to, own, federation_->charter).value();
  const auto text = fmt::format("note {}", number);
  auto& said = said_[text];
  said.ordered = universe_.now();
  said.urgent = number % 2 == 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto& org = federation_->agents[i].org;
    const bool named = std::find(audience.orgs.begin(), audience.orgs.end(), org) !=
                       audience.orgs.end();
    if (i != from && !places_[i].silent && (audience.all_members || named))
      said.readers.push_back(i);
  }
  auto& place = places_[from];
  auto draft = made_note(*place.node, marking, audience, text, universe_.wall(),
                         said.urgent ? LogClass::urgent : LogClass::case_);
  place.machine->world().loop.spawn(publish(*place.node, std::move(draft)));
}

std::pair<std::uint64_t, std::uint64_t> Propagation::counted() const {
  std::pair<std::uint64_t, std::uint64_t> out;
  for (const auto& place : places_) {
    out.first += place.node->counters().received;
    out.second += place.node->counters().duplicates;
  }
  return out;
}

PropagationReport Propagation::run() {
  (void)universe_.run_for(6s).value();  // Until all are connected.
  silence_gateways();
  (void)universe_.run_for(plan_.down_before).value();
  const auto before = counted();
  for (int i = 0; i < plan_.notes; ++i) {
    say(i);
    (void)universe_.run_for(plan_.between).value();
  }
  (void)universe_.run_for(5s).value();
  PropagationReport out;
  const auto after = counted();
  out.received = after.first - before.first;
  out.duplicates = after.second - before.second;
  for (const auto& [text, said] : said_)
    for (const auto reader : said.readers) {
      const auto heard = said.heard.find(reader);
      if (heard == said.heard.end()) ++out.missing;
      else (said.urgent ? out.urgent : out.lingering).push_back(heard->second - said.ordered);
    }
  std::sort(out.urgent.begin(), out.urgent.end());
  std::sort(out.lingering.begin(), out.lingering.end());
  return out;
}

}  // namespace tocsin::tests
