#include <capnp/serialize.h>
#include <kj/exception.h>

#include <mesh.capnp.h>

#include "mesh/wire/frame.hpp"
#include "mesh/wire/packed_batch.hpp"

namespace tocsin::mesh {
namespace {

namespace cw = capnp_wire;
constexpr std::size_t word_bytes = sizeof(capnp::word);
constexpr std::size_t frame_header_bytes = 8;
constexpr int nesting_max = 16;
// An honest message is walked once; pointers that share a target would multiply it.
constexpr std::uint64_t traversal_factor = 2;

ByteView view(capnp::Data::Reader data) { return {data.begin(), data.size()}; }

Result<LogKey> read_key(cw::LogKey::Reader in) {
  const auto agent = AgentId::from(view(in.getAgent()));
  if (!agent) return fail(Errc::invalid, "frame: no agent id in a log key");
  LogKey out{*agent, in.getEpoch(), {}, LogClass(in.getClass())};
  if (in.getClass() < 1 || in.getClass() > 4)
    return fail(Errc::invalid, "frame: unknown log class {}", in.getClass());
  const auto bytes = view(in.getScope());
  if (bytes.empty()) return out;
  const auto scope = ScopeId::from(bytes);
  if (!scope) return fail(Errc::invalid, "frame: scope of {} bytes", bytes.size());
  out.scope = *scope;
  return out;
}

Result<LogHead> read_head(cw::LogHead::Reader in) {
  const auto key = read_key(in.getKey());
  if (!key) return std::unexpected(key.error());
  LogHead out{*key, in.getContiguous(), in.getBase(), {}, {}};
  if (out.base > out.contiguous) return fail(Errc::invalid, "frame: a head below its base");
  if (const auto bytes = view(in.getLast()); !bytes.empty()) {
    if (bytes.size() != head_id_bytes)
      return fail(Errc::invalid, "frame: head id of {} bytes", bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.last.data.begin());
  }
  const auto ranges = in.getRanges();
  if (ranges.size() > head_ranges_max)
    return fail(Errc::invalid, "frame: {} ranges in a head, limit {}", ranges.size(),
                head_ranges_max);
  auto above = out.contiguous;
  for (const auto range : ranges) {
    const SequenceRange one{range.getFirst(), range.getLast()};
    if (one.first <= above || one.first - above < 2 || one.last < one.first)
      return fail(Errc::invalid, "frame: ranges of a head out of order");
    above = one.last;
    out.ranges.push_back(one);
  }
  return out;
}

Result<Message> read_hello(capnp::Data::Reader in) {
  ByteReader from(view(in));
  Hello out;
  out.protocol = from.u8();
  out.flags = from.u8();
  for (int shift = 0; shift < 48; shift += 8) out.time.ms |= std::int64_t(from.u8()) << shift;
  const auto digest = from.raw(head_id_bytes);
  std::copy(digest.begin(), digest.end(), out.heads_digest.data.begin());
  out.basis = from.fixed<HeadsBasis>();
  if (out.flags & Hello::has_forks) {
    out.flags &= std::uint8_t(~Hello::has_forks);
    const auto forks = from.raw(head_id_bytes);
    std::copy(forks.begin(), forks.end(), out.forks_digest.data.begin());
    if (out.forks_digest.is_zero()) return fail(Errc::invalid, "frame: no digest of forks");
  }
  if (!from.ok()) return fail(Errc::invalid, "frame: a greeting of {} bytes", in.size());
  const auto address = from.raw(from.left());
  if (address.size() > frame_text_max || !is_clean_text(address, LineBreaks::refused))
    return fail(Errc::invalid, "frame: no address");
  if (out.time.ms > record_time_ms_max) return fail(Errc::invalid, "frame: time out of range");
  out.address.assign(address.begin(), address.end());
  return out;
}

Result<Message> read_heads(cw::Heads::Reader in) {
  const auto logs = in.getLogs();
  if (logs.size() > frame_logs_max)
    return fail(Errc::invalid, "frame: {} heads, limit {}", logs.size(), frame_logs_max);
  Heads out{{}, in.getMore()};
  for (const auto log : logs) {
    auto head = read_head(log);
    if (!head) return std::unexpected(head.error());
    out.logs.push_back(std::move(*head));
  }
  return out;
}

Result<std::vector<PullRange>> read_ranges(capnp::List<cw::PullRange>::Reader in) {
  if (in.size() > frame_ranges_max)
    return fail(Errc::invalid, "frame: {} ranges, limit {}", in.size(), frame_ranges_max);
  std::vector<PullRange> out;
  for (const auto range : in) {
    const auto key = read_key(range.getKey());
    if (!key) return std::unexpected(key.error());
    const SequenceRange one{range.getFirst(), range.getLast()};
    if (one.first == 0 || one.last < one.first)
      return fail(Errc::invalid, "frame: an empty range");
    out.push_back({*key, one});
  }
  return out;
}

Result<Message> read_batch(cw::Batch::Reader in) {
  const auto encoded = view(in.getEncoded());
  if (encoded.size() > batch_bytes_max)
    return fail(Errc::too_large, "frame: batch of {} bytes, limit {}", encoded.size(),
                batch_bytes_max);
  if (encoded.size() < batch_prefix_bytes)
    return fail(Errc::invalid, "frame: batch of {} bytes", encoded.size());
  return BatchMessage{Bytes(encoded.begin(), encoded.end()), in.getLive()};
}

Result<Message> read_packed(cw::Batch::Reader in) {
  auto encoded = unpack_batch(view(in.getEncoded()));
  if (!encoded) return std::unexpected(encoded.error());
  return BatchMessage{std::move(*encoded), in.getLive()};
}

Result<Message> read_fork_proof(cw::ForkProof::Reader in) {
  const auto first = view(in.getFirst()), second = view(in.getSecond());
  if (first.size() != batch_prefix_bytes || second.size() != batch_prefix_bytes)
    return fail(Errc::invalid, "frame: a fork proof holds two signed headers");
  return ForkProof{Bytes(first.begin(), first.end()), Bytes(second.begin(), second.end())};
}

Result<Message> read_certificates(capnp::List<capnp::Data>::Reader in) {
  if (in.size() > frame_certificates_max)
    return fail(Errc::invalid, "frame: {} certificates, limit {}", in.size(),
                frame_certificates_max);
  Certificates out;
  for (const auto one : in) {
    if (one.size() > crypto::certificate_bytes_max)
      return fail(Errc::invalid, "frame: certificate of {} bytes", one.size());
    out.encoded.emplace_back(one.begin(), one.end());
  }
  return out;
}

Result<Message> read_bye(cw::Bye::Reader in) {
  const auto reason = in.getReason();
  const auto text = in.getText();
  const std::string_view said(text.begin(), text.size());
  if (reason < 1 || reason > 6) return fail(Errc::invalid, "frame: unknown reason {}", reason);
  if (said.size() > frame_text_max || !is_clean_text(tocsin::bytes_of(said), LineBreaks::refused))
    return fail(Errc::invalid, "frame: no reason in words");
  return Bye{ByeReason(reason), std::string(said)};
}

Result<Message> read_sketch_ask(cw::SketchAsk::Reader in) {
  const auto key = SketchKey::from(view(in.getKey()));
  if (!key) return fail(Errc::invalid, "frame: no key of a sketch");
  if (in.getCount() == 0 || in.getCount() > frame_symbols_max)
    return fail(Errc::invalid, "frame: {} symbols are asked for, limit {}", in.getCount(),
                frame_symbols_max);
  return SketchAsk{*key, in.getFirst(), in.getCount()};
}

Result<Message> read_sketch(cw::Sketch::Reader in) {
  const auto bytes = view(in.getSymbols());
  if (bytes.size() % symbol_bytes != 0 || bytes.size() > frame_symbols_max * symbol_bytes)
    return fail(Errc::invalid, "frame: {} bytes are no symbols of a sketch", bytes.size());
  const auto key = SketchKey::from(view(in.getKey()));
  if (!key) return fail(Errc::invalid, "frame: no key of a sketch");
  Sketch out{*key, in.getFirst(), in.getItems(), {}};
  ByteReader from(bytes);
  while (from.left() > 0) {
    auto& symbol = out.symbols.emplace_back();
    symbol.sum = from.fixed<Digest>();
    symbol.check = from.u64();
    symbol.count = std::int64_t(from.u64());
    if (symbol.count > symbol_count_max || symbol.count < -symbol_count_max)
      return fail(Errc::invalid, "frame: a symbol of {} ids", symbol.count);
  }
  return out;
}

Result<Message> read_places_ask(cw::Ids::Reader in) {
  const auto key = SketchKey::from(view(in.getKey()));
  const auto ids = view(in.getIds());
  if (!key || ids.size() % Digest::size != 0 || ids.size() > frame_places_max * Digest::size)
    return fail(Errc::invalid, "frame: {} bytes are no batch ids", ids.size());
  PlacesAsk out{*key, {}};
  ByteReader from(ids);
  while (from.left() > 0) out.ids.push_back(from.fixed<Digest>());
  return out;
}

Result<Message> read_places(cw::Places::Reader in) {
  const auto sketch_key = SketchKey::from(view(in.getKey()));
  const auto places = in.getPlaces();
  if (!sketch_key || places.size() > frame_places_max)
    return fail(Errc::invalid, "frame: {} places, limit {}", places.size(), frame_places_max);
  Places out{*sketch_key, {}};
  for (const auto place : places) {
    const auto key = read_key(place.getKey());
    if (!key) return std::unexpected(key.error());
    const auto id = Digest::from(view(place.getId()));
    if (!id || place.getSequence() == 0) return fail(Errc::invalid, "frame: no place of a batch");
    out.places.push_back({*key, place.getSequence(), *id});
  }
  return out;
}

Result<Message> read_routes(cw::Routes::Reader in) {
  constexpr std::size_t entry_bytes = AgentId::size + 1;
  const auto orgs = in.getOrgs();
  const auto site = view(in.getSite());
  if (orgs.size() > frame_route_orgs_max || site.size() % entry_bytes != 0 ||
      site.size() > frame_site_max * entry_bytes)
    return fail(Errc::invalid, "frame: routes to {} organisations and {} bytes of agents",
                orgs.size(), site.size());
  Routes out;
  out.gateway = (in.getFlags() & route_gateway) != 0;
  for (const auto org : orgs) {
    if (org.size() > frame_text_max) return fail(Errc::invalid, "frame: a long organisation");
    out.orgs.emplace_back(org.begin(), org.size());
  }
  ByteReader from(site);
  while (from.left() > 0) {
    const auto agent = from.fixed<AgentId>();
    out.site.push_back({agent, (from.u8() & route_gateway) != 0});
  }
  std::sort(out.orgs.begin(), out.orgs.end());
  std::sort(out.site.begin(), out.site.end());
  return out;
}

Result<Message> read_probe(cw::Probe::Reader in) {
  const auto target = AgentId::from(view(in.getTarget()));
  if (!target || in.getAnswer() > 2) return fail(Errc::invalid, "frame: no probe of an agent");
  return Probe{*target, in.getNonce(), Probe::Answer(in.getAnswer())};
}

Result<Message> read_heads_delta(capnp::Data::Reader in) {
  const auto bytes = view(in);
  if (bytes.size() < HeadsBasis::size || bytes.size() > HeadsBasis::size + head_delta_bytes_max)
    return fail(Errc::invalid, "frame: {} bytes are no change of heads", bytes.size());
  const auto changes = bytes.subspan(HeadsBasis::size);
  return HeadsDelta{HeadsBasis::from(bytes.first(HeadsBasis::size)).value(),
                    Bytes(changes.begin(), changes.end())};
}

template <typename Kind>
Result<Message> read_pull(cw::Pull::Reader in) {
  auto ranges = read_ranges(in.getRanges());
  if (!ranges) return std::unexpected(ranges.error());
  return Kind{in.getId(), std::move(*ranges)};
}

Result<Message> read_message(cw::Message::Reader in) {
  switch (in.which()) {
    case cw::Message::HELLO: return read_hello(in.getHello());
    case cw::Message::HEADS: return read_heads(in.getHeads());
    case cw::Message::PULL: return read_pull<Pull>(in.getPull());
    case cw::Message::PULL_END: return read_pull<PullEnd>(in.getPullEnd());
    case cw::Message::BATCH: return read_batch(in.getBatch());
    case cw::Message::FORK_PROOF: return read_fork_proof(in.getForkProof());
    case cw::Message::CERTIFICATES: return read_certificates(in.getCertificates());
    case cw::Message::PING: return Ping{in.getPing()};
    case cw::Message::PONG: return Pong{in.getPong()};
    case cw::Message::BYE: return read_bye(in.getBye());
    case cw::Message::SKETCH_ASK: return read_sketch_ask(in.getSketchAsk());
    case cw::Message::SKETCH: return read_sketch(in.getSketch());
    case cw::Message::PLACES_ASK: return read_places_ask(in.getPlacesAsk());
    case cw::Message::PLACES: return read_places(in.getPlaces());
    case cw::Message::FLOW: {
      const auto flow = in.getFlow();
      return Flow{flow.getUrgent(), flow.getCases(), flow.getIndicators()};
    }
    case cw::Message::HEADS_DELTA: return read_heads_delta(in.getHeadsDelta());
    case cw::Message::ROUTES: return read_routes(in.getRoutes());
    case cw::Message::PROBE: return read_probe(in.getProbe());
    case cw::Message::PACKED_BATCH: return read_packed(in.getPackedBatch());
    case cw::Message::RESERVED16: break;
  }
  return fail(Errc::invalid, "frame: unknown message {}", unsigned(in.which()));
}

std::uint32_t load32(ByteView from) {
  return from[0] | from[1] << 8 | from[2] << 16 | std::uint32_t(from[3]) << 24;
}

// One segment, whose stated size is that of the frame: nothing is left for Cap'n Proto to allocate.
Result<void> check_outline(ByteView frame) {
  if (frame.size() > frame_bytes_max)
    return fail(Errc::too_large, "frame: {} bytes, limit {}", frame.size(), frame_bytes_max);
  if (frame.size() < frame_header_bytes + word_bytes || frame.size() % word_bytes != 0)
    return fail(Errc::invalid, "frame: {} bytes are no unpacked message", frame.size());
  if (load32(frame) != 0) return fail(Errc::invalid, "frame: more than one segment");
  if (load32(frame.subspan(4)) != (frame.size() - frame_header_bytes) / word_bytes)
    return fail(Errc::invalid, "frame: the segment is not of the frame's size");
  return {};
}

}  // namespace

Result<Message> decode(ByteView frame) {
  if (const auto fits = check_outline(frame); !fits) return std::unexpected(fits.error());
  std::vector<capnp::word> aligned;
  const auto words = frame.size() / word_bytes;
  auto from = reinterpret_cast<const capnp::word*>(frame.data());
  if (reinterpret_cast<std::uintptr_t>(frame.data()) % alignof(capnp::word) != 0) {
    aligned = std::vector<capnp::word>(words);
    std::memcpy(aligned.data(), frame.data(), frame.size());
    from = aligned.data();
  }
  capnp::ReaderOptions limits;
  limits.traversalLimitInWords = traversal_factor * words;
  limits.nestingLimit = nesting_max;
  try {
    capnp::FlatArrayMessageReader reader(kj::arrayPtr(from, words), limits);
    return read_message(reader.getRoot<cw::Message>());
  } catch (const kj::Exception& broken) {
    return fail(Errc::invalid, "frame: {}", broken.getDescription().cStr());
  }
}

}  // namespace tocsin::mesh
