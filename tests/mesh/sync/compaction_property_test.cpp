// Random lives of a federation whose indicators expire, are retracted, dropped and signed again
// under partitions and crashes: in the end all hold the same in force, newcomers too, and what was
// retracted never matches again. TOCSIN_SEED (the first), TOCSIN_SEEDS (how many).
#include <algorithm>
#include <cstdlib>

#include "crypto/base_encoding.hpp"
#include "mesh/sync/indicator_ledger.hpp"
#include "mesh/world/real_disk.hpp"
#include "mesh/world/sim_chance.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/aging_nodes.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

/// What an agent would match: as its indicator book, without the tables.
class Matcher final : public Observer {
 public:
  void on_verified(const Delivered& batch) override {
    for (std::size_t i = 0; i < batch.records.size(); ++i)
      enter(batch.records[i], batch.org, batch.first_ordinal + i);
  }
  void on_durable(const Delivered&) override {}
  void on_dropped(const Delivered& batch, Moved moved) override {
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
      const auto& record = batch.records[i];
      if (record.header.kind != RecordKind::indicator) continue;
      ledger_.forget(batch.first_ordinal + i, indicator_key(record).expires_s);
      at_.erase(record.id());
      if (moved[i]) enter(record, batch.org, *moved[i]);
    }
  }
  std::set<Digest> active(Node& node, WallTime now) const {
    std::set<Digest> out;
    for (const auto& [id, target] : at_) {
      bool there = false;
      const auto read = node.with_record(target.ordinal, [&](const RecordView& record) {
        there = record.id() == id;
      });
      if (read && there &&
          ledger_.state(target.ordinal, target.expires_s, now) == IndicatorState::active)
        out.insert(id);
    }
    return out;
  }
  const std::set<Digest>& retracted() const { return retracted_; }

 private:
  void enter(const RecordView& record, std::string_view org, std::uint64_t ordinal) {
    if (record.header.kind == RecordKind::indicator) {
      const auto expires_s = indicator_key(record).expires_s;
      ledger_.add(ordinal, org, expires_s, record);
      orgs_.emplace_back(std::make_unique<std::string>(org));
      at_[record.id()] = {ordinal, *orgs_.back(), expires_s};
    } else if (record.header.kind == RecordKind::retraction) {
      const auto retraction = decode_retraction(record).value();
      const auto target = at_.find(retraction.target);
      ledger_.retract(retraction, record.id(), org,
                      target == at_.end() ? std::nullopt : std::optional(target->second));
      retracted_.insert(retraction.target);
    }
  }
  IndicatorLedger ledger_;
  std::map<Digest, IndicatorLedger::Target> at_;
  std::vector<std::unique_ptr<std::string>> orgs_;
  std::set<Digest> retracted_;
};

/// LMDB stores of simulated machines, on the real disk below one folder.
class LmdbDisks {
 public:
  static constexpr std::uint64_t size_max = 1ull << 30;
  std::unique_ptr<Store> open(std::size_t index, World& world) {
    worlds_[index].reset();
    worlds_[index].emplace(world.clock, world.entropy, world.loop, disk_, world.network,
                           world.workers, world.processes, world.log);
    const auto name = fmt::format("{}-{}", index, lost_[index]);
    return open_lmdb_store(*worlds_[index], {folder_.path() / name, size_max}).value();
  }
  void lose(std::size_t index) { ++lost_[index]; }

 private:
  ScratchFolder folder_;
  RealDisk disk_;
  std::map<std::size_t, std::optional<World>> worlds_;
  std::map<std::size_t, int> lost_;
};

struct History : AgingNodes {
  static constexpr std::size_t count = 3;  // bleu, and two agents of delos
  /// With `disks` the stores lie there. Lifetime: they outlive the history.
  explicit History(std::uint64_t seed, LmdbDisks* disks = nullptr)
      : AgingNodes({{"bleu"}, {"delos", crypto::OrgRole::operator_, 2}}),
        on_disk(disks), chance(mix(seed, 0xc0)) {
    if (on_disk)
      open_store = [this](std::size_t index) {
        return on_disk->open(index, machine(index).world());
      };
    watcher = [this](std::size_t index) {
      matchers[index] = std::make_unique<Matcher>();
      return matchers[index].get();
    };
    for (std::size_t i = 0; i < count; ++i) start(i);
  }
  ~History() {
    for (std::size_t i = 0; i < count; ++i) take_down(i);
  }
  void start(std::size_t index) {
    std::vector<std::size_t> dials;
    for (std::size_t i = 0; i < index; ++i) dials.push_back(i);
    open(index, dials);
  }
  std::size_t someone() { return std::size_t(chance.below(count)); }
  void run(Duration time) { (void)universe.run_for(time).value(); }

  void add(std::size_t who) {
    const auto batches = 1 + chance.below(24);
    for (std::uint64_t i = 0; i < batches; ++i) {
      const bool shorts = chance.happens(0.85);
      const auto log_class = chance.happens(0.2) ? LogClass::urgent : LogClass::indicator;
      std::vector<Draft> drafts;
      std::vector<WallTime> ends;
      // Where several share a batch, one that was retracted stays on the disk with those that live.
      for (std::uint64_t n = chance.happens(0.3) ? 3 : 1; n > 0; --n) {
        const auto life = shorts ? 2h : 24h * (1 + int(chance.below(25)));
        drafts.push_back(indicator(who, fmt::format("v{}.example", ++values), life, log_class));
        ends.push_back(view_indicator(view_record(drafts.back().record).value())->expires);
      }
      const auto said = publish(who, std::move(drafts)).value();
      for (std::size_t n = 0; n < said.size(); ++n) model[said[n].id] = {who, ends[n]};
    }
  }
  void retract(std::size_t who) {
    std::vector<Digest> own;
    for (const auto& [id, one] : model)
      if (federation.agents[one.first].org == federation.agents[who].org && holds(who, id))
        own.push_back(id);
    if (own.empty()) return;
    const auto lasts = std::partition(own.begin(), own.end(), [&](const Digest& id) {
      return model.at(id).second > wall(who) + 48h;
    });
    if (lasts != own.begin()) own.erase(lasts, own.end());
    const auto target = own[chance.below(own.size())];
    say(who, retraction(who, target));
    retracted.insert(target);
  }
  void cut_or_heal() {
    if (chance.happens(0.5)) return universe.wires().heal();
    const auto alone = std::uint32_t(someone() + 1);
    SimWires::Machines others;
    for (std::uint32_t n = 1; n <= count; ++n)
      if (n != alone) others.push_back(n);
    universe.wires().cut({alone}, others, chance.happens(0.5) ? SimCut::stall : SimCut::reset);
  }
  void restart_one(std::size_t who) {
    take_down(who);
    run(200ms);
    start(who);
    run(1s);
  }
  void step() {
    const auto who = someone();
    switch (chance.below(8)) {
      case 0: case 1: add(who); break;
      case 2: retract(who); break;
      case 3: case 4: if (skew < 24h * 20) pass(chance.between(10h, 60h)); break;
      case 5: (void)compact(who); (void)compact(who); break;
      case 6: cut_or_heal(); break;
      case 7: restart_one(who); break;
    }
    run(chance.between(50ms, 800ms));
  }
  std::set<Digest> expected() {
    std::set<Digest> out;
    for (const auto& [id, one] : model)
      if (one.second > wall(0) && !retracted.contains(id)) out.insert(id);
    return out;
  }
  std::string resurrected() {
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& id : matchers[i]->active(node(i), wall(i)))
        if (matchers[i]->retracted().contains(id))
          return fmt::format("agent {} matches what it knows to be retracted", i);
    return {};
  }
  bool agree() {
    const auto all = expected();
    for (std::size_t i = 0; i < count; ++i)
      if (matchers[i]->active(node(i), wall(i)) != all) return false;
    return true;
  }
  std::string play() {
    run(1s);
    for (int i = 0; i < 14; ++i) {
      step();
      if (auto wrong = resurrected(); !wrong.empty()) return wrong;
    }
    universe.wires().heal();
    if (!until([&] { return agree(); }, 40s)) return "they do not agree: " + lacking();
    if (skew < 24h * 20) pass(chance.happens(0.5) ? 30h : 24h * 8);
    for (std::size_t i = 0; i < count; ++i) {
      run(300ms);  // What the one before signed again has come, or a trial could not foresee it.
      const auto trial = compact(i, true), done = compact(i);
      if (done) checkpoints += done->checkpoints, dropped += done->dropped;
      if (trial && done && !same(*trial, *done)) return "a trial foresaw something else";
    }
    if (!agree()) return "they do not agree after a compaction: " + lacking();
    const auto fresh = someone();
    take_down(fresh);
    forget(fresh);
    if (on_disk) on_disk->lose(fresh);
    start(fresh);
    if (!until([&] { return agree(); }, 40s)) return "a newcomer does not agree: " + lacking();
    for (std::size_t i = 0; i < count; ++i)
      if (node(i).compaction().checkpoints_refused > 0) return "an honest checkpoint was refused";
    return resurrected();
  }
  std::string lacking() {
    std::string out;
    const auto all = expected();
    for (std::size_t i = 0; i < count; ++i) {
      const auto here = matchers[i]->active(node(i), wall(i));
      std::size_t less = 0, more = 0;
      for (const auto& id : all) less += !here.contains(id);
      for (const auto& id : here) more += !all.contains(id);
      out += fmt::format("agent {} lacks {} and has {} too many; ", i, less, more);
    }
    return out;
  }

  /// What each agent has in force, and what compactions did.
  std::string outcome() {
    std::string out = fmt::format("{} dropped, {} checkpoints", dropped, checkpoints);
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& id : matchers[i]->active(node(i), wall(i)))
        out += fmt::format("; {} {}", i, to_hex(id.view()));
    return out;
  }

  LmdbDisks* on_disk;
  SimChance chance;
  std::unique_ptr<Matcher> matchers[count];
  std::map<Digest, std::pair<std::size_t, WallTime>> model;
  std::set<Digest> retracted;
  std::uint64_t values = 0, checkpoints = 0, dropped = 0;
};

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("whatever is dropped and signed again, all agree on what is in force") {
  const auto first = number_from("TOCSIN_SEED", 1);
  const auto count = number_from("TOCSIN_SEEDS", std::getenv("TOCSIN_SEED") ? 1 : 1000);
  std::uint64_t checkpoints = 0, dropped = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    History history(seed);
    const auto wrong = history.play();
    INFO("seed " << seed << ": " << wrong);
    REQUIRE(wrong.empty());
    checkpoints += history.checkpoints;
    dropped += history.dropped;
  }
  if (count < 100) return;
  CHECK(dropped > count);
  CHECK(checkpoints > count / 20);
}

TEST_CASE("the same life on LMDB and in memory ends with the same in force") {
  const auto first = number_from("TOCSIN_SEED", 1);
  std::uint64_t dropped = 0;
  for (auto seed = first; seed < first + 12; ++seed) {
    LmdbDisks disks;
    History memory(seed), lmdb(seed, &disks);
    INFO("seed " << seed);
    CHECK(memory.play() == "");
    CHECK(lmdb.play() == "");
    CHECK(lmdb.outcome() == memory.outcome());
    dropped += lmdb.dropped;
  }
  CHECK(dropped > 0);
}
