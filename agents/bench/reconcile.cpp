#include "agents/bench/reconcile.hpp"

#include "agents/bench/load.hpp"
#include "agents/bench/scratch.hpp"
#include "crypto/channel.hpp"
#include "mesh/sync/reconciler.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::size_t logs = 300;
constexpr std::size_t crowd_agents = 300, crowd_epochs = 200;
constexpr int rounds_max = 16;
constexpr std::size_t transport_bytes = 2 + 1 + crypto::channel_overhead;  // length, more, tag

/// One agent's catalogue and store, and what it remembers of the other.
struct End {
  End(mesh::Store& store, const Operators& operators, Operators::Which which)
      : store(store), catalogue(store, {operators.id(which), operators.charter(),
                                        operators.sealing(which)}) {}
  mesh::Store& store;
  mesh::Catalogue catalogue;
  mesh::HeadVectors vectors;
  mesh::HeadMemory memory;
  std::optional<mesh::Reconciler> talk;
  std::vector<mesh::Message> out;
};

struct Cost {
  std::uint64_t bytes = 0, advanced = 0;
  int trips = 0;  ///< messages there, then back: two of them are a round trip
  double cpu_ms = 0;
};

class Meeting {
 public:
  Meeting(mesh::World& world, const Operators& operators, mesh::Store& near, mesh::Store& far)
      : world_(world), operators_(operators), near_(near, operators, Operators::near),
        far_(far, operators, Operators::far) {
    for (std::size_t i = 0; i < logs; ++i)
      logs_.push_back({operators.id(Operators::near), 1 + i, {}, mesh::LogClass::indicator});
  }

  /// Signs all of it at the near end, spread over the first `spread` logs.
  Result<std::vector<mesh::Batch>> write(std::span<const playbooks::BenchLoad::Indicator> from,
                                         std::size_t spread) {
    const Voice voice{.author = logs_[0].agent.prefix(), .now = world_.clock.wall()};
    std::vector<std::vector<Bytes>> records(spread);
    for (std::size_t i = 0; i < from.size(); ++i)
      records[i % spread].push_back(make_record(from[i], voice));
    std::vector<mesh::Batch> out;
    for (std::size_t i = 0; i < spread; ++i)
      for (std::size_t at = 0; at < records[i].size(); at += batch_records) {
        const auto all = std::span(records[i]);
        auto batch = sign(logs_[i], all.subspan(at, std::min(batch_records, all.size() - at)));
        if (!batch) return std::unexpected(batch.error());
        out.push_back(std::move(*batch));
      }
    return out;
  }

  /// Both know the logs that many agents left in many epochs: here only their heads are of interest.
  void meet_crowd(const playbooks::BenchLoad::Indicator& word) {
    for (std::size_t i = 0; i < crowd_agents; ++i) {
      const auto agent = world_.entropy.make<AgentId>();
      const auto record = make_record(word, {.author = agent.prefix(), .now = world_.clock.wall()});
      const std::vector<mesh::RecordView> views{*mesh::view_record(record)};
      for (std::size_t epoch = 0; epoch < crowd_epochs; ++epoch) {
        mesh::Batch batch;
        batch.header.log = {agent, epoch, {}, mesh::LogClass::indicator};
        batch.id = world_.entropy.make<Digest>();
        for (auto* end : {&near_, &far_}) {
          end->catalogue.take_own(batch, views);
          end->catalogue.hold(batch.header.log, 1, batch.id);
        }
        if (epoch == 0) crowd_.push_back(batch.header.log);
      }
    }
  }
  /// The first `moved` of the crowd say something more, of which the far end hears nothing.
  void crowd_speaks(std::size_t moved) {
    ++crowd_sequence_;
    for (std::size_t i = 0; i < moved; ++i)
      near_.catalogue.hold(crowd_[i], crowd_sequence_, world_.entropy.make<Digest>());
  }

  /// The far end takes in what it lacks.
  Result<void> deliver(const std::vector<mesh::Batch>& batches) {
    for (const auto& batch : batches)
      if (const auto judged = far_.catalogue.judge(batch); judged.verdict != mesh::Verdict::fresh)
        return fail(Errc::corrupt, "bench: a batch was refused: {}", judged.reason);
    return {};
  }

  /// Both greet, as over a new connection, and talk until they know what the other holds.
  Result<Cost> meet(std::uint64_t batches_missing, std::uint64_t advanced) {
    const auto cpu_before = world_.processes.cpu_time();
    begin(near_, Operators::far, "192.0.2.1:7600");
    begin(far_, Operators::near, {});
    return talk(batches_missing, advanced, cpu_before);
  }
  /// Over the connection that stands, once something has changed at the near end.
  Result<Cost> go_on(std::uint64_t batches_missing, std::uint64_t advanced) {
    const auto cpu_before = world_.processes.cpu_time();
    auto greeting = near_.talk->tick(world_.clock.wall());
    if (greeting) near_.out.push_back(std::move(*greeting));
    for (auto& message : near_.talk->show_unasked()) near_.out.push_back(std::move(message));
    return talk(batches_missing, advanced, cpu_before);
  }

 private:
  Result<Cost> talk(std::uint64_t batches_missing, std::uint64_t advanced, Duration cpu_before) {
    Cost cost{.advanced = advanced};
    while (!near_.out.empty() || !far_.out.empty()) {
      if (++cost.trips > rounds_max) return fail(Errc::corrupt, "bench: the talk does not end");
      if (const auto carried = carry(cost); !carried) return std::unexpected(carried.error());
    }
    cost.cpu_ms = std::chrono::duration<double, std::milli>(world_.processes.cpu_time() -
                                                            cpu_before).count();
    if (const auto right = check(batches_missing); !right) return std::unexpected(right.error());
    return cost;
  }

  Result<mesh::Batch> sign(const mesh::LogKey& log, std::span<const Bytes> records) {
    auto& tail = tails_[log];
    auto batch = mesh::sign_batch({log, tail.first + 1, world_.clock.wall(), tail.second, records},
                                  operators_.signing(Operators::near),
                                  operators_.charter().federation, nullptr, world_.entropy);
    if (!batch) return batch;
    tail = {tail.first + 1, batch->id};
    std::vector<mesh::RecordView> views;
    for (const auto& record : records) views.push_back(*mesh::view_record(record));
    near_.catalogue.take_own(*batch, views);
    near_.catalogue.hold(log, batch->header.sequence, batch->id);
    return batch;
  }

  void begin(End& end, Operators::Which peer, std::string address) {
    end.talk.emplace(mesh::Reconciler::Shared{end.catalogue, operators_.charter(), end.vectors,
                                              end.memory, std::move(address)},
                     operators_.id(peer), operators_.org(peer));
    end.out.push_back(end.talk->greet(world_.clock.wall()));
  }

  Result<void> carry(Cost& cost) {
    const auto from_near = std::exchange(near_.out, {}), from_far = std::exchange(far_.out, {});
    for (auto* to : {&near_, &far_})
      for (const auto& message : to == &near_ ? from_far : from_near) {
        const auto frame = mesh::encode(message);
        cost.bytes += frame.size() + transport_bytes;
        const auto heard = mesh::decode(frame);
        auto answers = heard ? hear(*to, *heard) : std::unexpected(heard.error());
        if (!answers) return std::unexpected(answers.error());
        for (auto& answer : *answers) to->out.push_back(std::move(answer));
      }
    return {};
  }

  Result<std::vector<mesh::Message>> hear(End& end, const mesh::Message& message) {
    if (const auto* hello = std::get_if<mesh::Hello>(&message)) return end.talk->on_hello(*hello);
    if (const auto* delta = std::get_if<mesh::HeadsDelta>(&message))
      return end.talk->on_delta(*delta, world_.clock.wall());
    const auto* heads = std::get_if<mesh::Heads>(&message);
    if (!heads) return fail(Errc::corrupt, "bench: a message that nobody sends");
    auto answers = end.talk->on_heads(*heads);
    if (!answers) return std::unexpected(answers.error());
    return std::move(*answers).value_or(std::vector<mesh::Message>());
  }

  Result<void> check(std::uint64_t batches_missing) const {
    const auto* shown = far_.talk->remote();
    if (!shown || shown->all() != near_.talk->offer()->all())
      return fail(Errc::corrupt, "bench: the far end does not know what the near one holds");
    std::uint64_t missing = 0;
    for (const auto& gap : far_.catalogue.heads().missing(shown->all()))
      missing += gap.range.last - gap.range.first + 1;
    if (missing != batches_missing)
      return fail(Errc::corrupt, "bench: {} batches are missing, {} are known to be",
                  batches_missing, missing);
    return {};
  }

  mesh::World& world_;
  const Operators& operators_;
  End near_, far_;
  std::vector<mesh::LogKey> logs_, crowd_;
  std::uint64_t crowd_sequence_ = 1;
  std::map<mesh::LogKey, std::pair<std::uint64_t, Digest>> tails_;
};

struct Told {
  std::vector<Cost> costs;  ///< of 10, count / 100 and count new records
  Cost first, nothing;
  Cost crowd, crowd_live;  ///< ten of many more logs have moved
};

Result<Told> reconcile(Meeting& meeting, const Indicators& indicators, std::uint64_t count) {
  Told out;
  auto rest = std::span(indicators);
  const auto step = [&](std::uint64_t records, std::size_t spread) -> Result<Cost> {
    auto batches = meeting.write(rest.first(records), spread);
    if (!batches) return std::unexpected(batches.error());
    rest = rest.subspan(records);
    auto cost = meeting.meet(batches->size(), std::min<std::uint64_t>(records, spread));
    if (!cost) return cost;
    if (auto taken = meeting.deliver(*batches); !taken) return std::unexpected(taken.error());
    return cost;
  };
  auto first = step(logs, logs);
  if (!first) return std::unexpected(first.error());
  out.first = *first;
  for (const auto records : {std::uint64_t(10), count / 100, count}) {
    auto nothing = meeting.meet(0, 0);  // They agree before they part.
    if (!nothing) return std::unexpected(nothing.error());
    out.nothing = *nothing;
    auto cost = step(records, std::size_t(std::min<std::uint64_t>(records, logs)));
    if (!cost) return std::unexpected(cost.error());
    out.costs.push_back(*cost);
  }
  meeting.meet_crowd(indicators.front());
  for (const std::size_t moved : {0, 10}) {
    if (moved > 0) meeting.crowd_speaks(moved);
    auto cost = meeting.meet(moved, moved);
    if (!cost) return std::unexpected(cost.error());
    out.crowd = *cost;
  }
  meeting.crowd_speaks(10);
  auto cost = meeting.go_on(20, 10);
  if (!cost) return std::unexpected(cost.error());
  out.crowd_live = *cost;
  return out;
}

}  // namespace

Result<Figures> measure_reconcile(mesh::RealWorld& machine, std::uint64_t count,
                                  std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(logs + 10 + count / 100 + count, seed);
  const auto near = mesh::open_memory_store(world, mesh::make_memory_backing());
  const auto far = mesh::open_memory_store(world, mesh::make_memory_backing());
  Meeting meeting(world, *operators, *near, *far);
  const auto told = reconcile(meeting, indicators, count);
  if (!told) return std::unexpected(told.error());
  double together = 0, cpu = 0;
  int trips = 0;
  for (const auto& cost : told->costs) {
    together += double(cost.bytes);
    cpu = std::max(cpu, cost.cpu_ms);
    trips = std::max(trips, cost.trips);
  }
  const auto& few = told->costs.front();
  const auto& all = told->costs.back();
  const auto each = (double(all.bytes) - double(few.bytes)) / double(all.advanced - few.advanced);
  return Figures{{"logs", double(logs), "known to both"},
                 {"new_records", double(count), "in the largest of three partitions"},
                 {"bytes_10", double(told->costs[0].bytes), "bytes, both ways, 10 new records"},
                 {"bytes_middle", double(told->costs[1].bytes), "bytes, a hundredth of all"},
                 {"bytes_all", double(told->costs[2].bytes), "bytes, all"},
                 {"bytes_together", together, "bytes of the three", "≤ 12,288"},
                 {"bytes_per_log", each, "bytes for each log more that moved", "≤ 24"},
                 {"nothing_new_bytes", double(told->nothing.bytes), "bytes, both ways", "≤ 200"},
                 {"first_meeting_bytes", double(told->first.bytes), "bytes, both ways"},
                 {"crowd_logs", double(logs + crowd_agents * crowd_epochs),
                  "known to both, of 300 agents more, 10 moved"},
                 {"crowd_bytes", double(told->crowd.bytes), "bytes, both ways"},
                 {"crowd_cpu_ms", told->crowd.cpu_ms, "ms, both ends, over a new connection"},
                 {"crowd_live_cpu_ms", told->crowd_live.cpu_ms, "ms, over the one that stands"},
                 {"round_trips", trips / 2.0, "until both know what they lack", "≤ 1"},
                 {"cpu_ms", cpu, "ms, both ends, at most", "≤ 1"}};
}

}  // namespace tocsin::agents::bench
