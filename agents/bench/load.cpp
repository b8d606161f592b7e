#include "agents/bench/load.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration life = std::chrono::days(30);

}  // namespace

Indicators make_indicators(std::uint64_t count, std::uint64_t seed) {
  return playbooks::BenchLoad(count, seed).indicators();
}

Bytes make_record(const playbooks::BenchLoad::Indicator& indicator, const Voice& voice) {
  const mesh::RecordHeader header{mesh::RecordKind::indicator, voice.marking, voice.now,
                                  voice.author};
  const WallTime expires{(voice.now + life).ms / 1000 * 1000};
  return mesh::encode_indicator(header, {.type = indicator.type,
                                         .confidence = 80,
                                         .expires = expires,
                                         .value = indicator.value,
                                         .labels = {"c2"}});
}

mesh::Draft make_draft(const playbooks::BenchLoad::Indicator& indicator, const Voice& voice,
                       const mesh::Audience& audience, mesh::LogClass log_class) {
  return {mesh::RecordKind::indicator, voice.marking, audience, log_class,
          make_record(indicator, voice)};
}

Result<SignedLoad> sign_all(const Indicators& indicators, const Operators& operators,
                            mesh::World& world, std::size_t per_batch,
                            mesh::LogClass log_class) {
  const auto id = operators.id(Operators::near);
  const Voice voice{.author = id.prefix(), .now = world.clock.wall()};
  const mesh::LogKey log{id, world.entropy.number(), {}, log_class};
  SignedLoad out;
  Digest previous;
  for (std::size_t at = 0; at < indicators.size(); at += per_batch) {
    std::vector<Bytes> records;
    const auto end = std::min(indicators.size(), at + per_batch);
    for (auto i = at; i < end; ++i) {
      records.push_back(make_record(indicators[i], voice));
      out.record_bytes += records.back().size();
      out.record_bytes_max = std::max(out.record_bytes_max, std::uint64_t(records.back().size()));
    }
    auto batch = mesh::sign_batch(
        {log, out.batches.size() + 1, voice.now, previous, records},
        operators.signing(Operators::near), operators.charter().federation, nullptr,
        world.entropy);
    if (!batch) return std::unexpected(batch.error());
    previous = batch->id;
    out.batches.push_back(std::move(batch->encoded));
  }
  return out;
}

mesh::Task<Result<void>> publish_all(mesh::World& world, mesh::Node& node,
                                     const Indicators& indicators, mesh::Tlp tlp,
                                     std::function<void()> after_piece,
                                     std::size_t piece_records) {
  const Voice voice{node.author(), {tlp, mesh::Pap::green}, world.clock.wall()};
  const auto org = node.charter().body.members.front().org;
  const auto audience = mesh::audience_of(voice.marking, {}, org, node.charter());
  if (!audience) co_return std::unexpected(audience.error());
  for (std::size_t at = 0; at < indicators.size();) {
    std::vector<mesh::Draft> drafts;
    for (; at < indicators.size() && drafts.size() < piece_records; ++at)
      drafts.push_back(make_draft(indicators[at], voice, *audience, mesh::LogClass::indicator));
    auto publishing = node.publish(std::move(drafts));
    const auto published = co_await publishing;
    if (!published) co_return std::unexpected(published.error());
    if (after_piece) after_piece();
  }
  co_return Result<void>{};
}

}  // namespace tocsin::agents::bench
