#include "mesh/wire/frame.hpp"
#include "mesh/wire/packed_batch.hpp"

#include <capnp/serialize.h>

#include <mesh.capnp.h>

namespace tocsin::mesh {
namespace {

namespace cw = capnp_wire;
constexpr std::size_t word_bytes = sizeof(capnp::word);
constexpr std::size_t frame_header_bytes = 8;  // segment count - 1, words of the one segment
// What a message of any kind takes besides the bytes and list elements that it carries.
constexpr std::size_t envelope_words = 32;

// Builds a message straight in the bytes that are handed out. `words` is an upper bound.
class OneSegment final : public capnp::MessageBuilder {
 public:
  explicit OneSegment(std::size_t words) : out_(frame_header_bytes + words * word_bytes) {}
  OneSegment(const OneSegment&) = delete;
  OneSegment& operator=(const OneSegment&) = delete;

  kj::ArrayPtr<capnp::word> allocateSegment(kj::uint minimum) override {
    const auto words = (out_.size() - frame_header_bytes) / word_bytes;
    TOCSIN_ASSERT(!given_ && minimum <= words);
    given_ = true;
    return {reinterpret_cast<capnp::word*>(out_.data() + frame_header_bytes), words};
  }
  Bytes take() {
    const auto segments = getSegmentsForOutput();
    TOCSIN_ASSERT(segments.size() == 1);
    const auto words = std::uint32_t(segments[0].size());
    for (int i = 0; i < 4; ++i) out_[4 + std::size_t(i)] = std::uint8_t(words >> (8 * i));
    out_.resize(frame_header_bytes + words * word_bytes);
    TOCSIN_ASSERT(out_.size() <= frame_bytes_max);
    return std::move(out_);
  }

 private:
  Bytes out_;
  bool given_ = false;
};

std::size_t words_for(std::size_t bytes) { return (bytes + word_bytes - 1) / word_bytes; }

capnp::Data::Reader as_data(ByteView bytes) { return {bytes.data(), bytes.size()}; }

void write(cw::LogKey::Builder out, const LogKey& key) {
  out.setAgent(as_data(key.agent.view()));
  out.setEpoch(key.epoch);
  if (!key.scope.is_zero()) out.setScope(as_data(key.scope.view()));
  out.setClass(std::uint8_t(key.log_class));
}
// Pointer to the struct, 2 data words, 2 pointers, 2 ids of 2 words.
constexpr std::size_t log_key_words = 8;

void write(cw::LogHead::Builder out, const LogHead& head) {
  TOCSIN_ASSERT(head.ranges.size() <= head_ranges_max);
  write(out.initKey(), head.key);
  out.setContiguous(head.contiguous);
  out.setBase(head.base);
  if (!head.last.is_zero()) out.setLast(as_data(head.last.view().first(head_id_bytes)));
  auto ranges = out.initRanges(kj::uint(head.ranges.size()));
  for (kj::uint i = 0; i < ranges.size(); ++i) {
    ranges[i].setFirst(head.ranges[i].first);
    ranges[i].setLast(head.ranges[i].last);
  }
}

void write(capnp::List<cw::PullRange>::Builder out, const std::vector<PullRange>& ranges) {
  for (kj::uint i = 0; i < out.size(); ++i) {
    write(out[i].initKey(), ranges[i].key);
    out[i].setFirst(ranges[i].range.first);
    out[i].setLast(ranges[i].range.last);
  }
}
std::size_t words_of(const std::vector<PullRange>& ranges) {
  TOCSIN_ASSERT(ranges.size() <= frame_ranges_max);
  return ranges.size() * (3 + log_key_words);
}

constexpr std::size_t hello_bytes = 1 + 1 + 6 + head_id_bytes + HeadsBasis::size;

// One per message: how many words it takes at most, and how it is written.
struct Size {
  std::size_t operator()(const Hello& m) const {
    return words_for(hello_bytes + head_id_bytes + m.address.size());
  }
  std::size_t operator()(const Heads& m) const {
    std::size_t words = 1;
    for (const auto& head : m.logs) words += 14 + log_key_words + 2 * head.ranges.size();
    return words;
  }
  std::size_t operator()(const Pull& m) const { return words_of(m.ranges); }
  std::size_t operator()(const PullEnd& m) const { return words_of(m.missing); }
  std::size_t operator()(const BatchMessage& m) const { return words_for(m.encoded.size()); }
  std::size_t operator()(const ForkProof& m) const {
    return words_for(m.first.size()) + words_for(m.second.size());
  }
  std::size_t operator()(const Certificates& m) const {
    std::size_t words = 0;
    for (const auto& one : m.encoded) words += 1 + words_for(one.size());
    return words;
  }
  std::size_t operator()(const Ping&) const { return 0; }
  std::size_t operator()(const Pong&) const { return 0; }
  std::size_t operator()(const Bye& m) const { return words_for(m.text.size() + 1); }
  std::size_t operator()(const SketchAsk&) const { return 0; }
  std::size_t operator()(const Sketch& m) const {
    return words_for(m.symbols.size() * symbol_bytes);
  }
  std::size_t operator()(const PlacesAsk& m) const {
    return words_for(m.ids.size() * Digest::size);
  }
  std::size_t operator()(const Places& m) const {
    return m.places.size() * (3 + words_for(Digest::size) + log_key_words);
  }
  std::size_t operator()(const Routes& m) const {
    std::size_t words = words_for(m.site.size() * (AgentId::size + 1)) + 2;
    for (const auto& org : m.orgs) words += 1 + words_for(org.size() + 1);
    return words;
  }
  std::size_t operator()(const Probe&) const { return words_for(AgentId::size); }
  std::size_t operator()(const Flow&) const { return 0; }
  std::size_t operator()(const HeadsDelta& m) const {
    return words_for(HeadsBasis::size + m.changes.size());
  }
};

Bytes flat(const std::vector<CodedSymbol>& symbols) {
  TOCSIN_ASSERT(symbols.size() <= frame_symbols_max);
  ByteWriter out;
  for (const auto& symbol : symbols) {
    out.fixed(symbol.sum);
    out.u64(symbol.check);
    out.u64(std::uint64_t(symbol.count));
  }
  return std::move(out).take();
}

void write_batch(cw::Message::Builder out, ByteView encoded, bool live) {
  TOCSIN_ASSERT(encoded.size() <= batch_bytes_max);
  auto batch = out.initBatch();
  batch.setEncoded(as_data(encoded));
  batch.setLive(live);
}

struct Write {
  cw::Message::Builder out;

  void operator()(const Hello& m) {
    TOCSIN_ASSERT(m.address.size() <= frame_text_max);
    const bool forks = !m.forks_digest.is_zero();
    ByteWriter hello;
    hello.u8(m.protocol);
    hello.u8(std::uint8_t(m.flags | (forks ? Hello::has_forks : 0)));
    for (int shift = 0; shift < 48; shift += 8) hello.u8(std::uint8_t(m.time.ms >> shift));
    hello.raw(m.heads_digest.view().first(head_id_bytes));
    hello.fixed(m.basis);
    if (forks) hello.raw(m.forks_digest.view().first(head_id_bytes));
    hello.raw(tocsin::bytes_of(m.address));
    out.setHello(as_data(hello.bytes()));
  }
  void operator()(const Heads& m) {
    TOCSIN_ASSERT(m.logs.size() <= frame_logs_max);
    auto heads = out.initHeads();
    auto logs = heads.initLogs(kj::uint(m.logs.size()));
    for (kj::uint i = 0; i < logs.size(); ++i) write(logs[i], m.logs[i]);
    heads.setMore(m.more);
  }
  void operator()(const Pull& m) {
    auto pull = out.initPull();
    pull.setId(m.id);
    write(pull.initRanges(kj::uint(m.ranges.size())), m.ranges);
  }
  void operator()(const PullEnd& m) {
    auto end = out.initPullEnd();
    end.setId(m.id);
    write(end.initRanges(kj::uint(m.missing.size())), m.missing);
  }
  void operator()(const BatchMessage& m) { write_batch(out, m.encoded, m.live); }
  void operator()(const ForkProof& m) {
    TOCSIN_ASSERT(m.first.size() == batch_prefix_bytes && m.second.size() == batch_prefix_bytes);
    auto proof = out.initForkProof();
    proof.setFirst(as_data(m.first));
    proof.setSecond(as_data(m.second));
  }
  void operator()(const Certificates& m) {
    TOCSIN_ASSERT(m.encoded.size() <= frame_certificates_max);
    auto list = out.initCertificates(kj::uint(m.encoded.size()));
    for (kj::uint i = 0; i < list.size(); ++i) list.set(i, as_data(m.encoded[i]));
  }
  void operator()(const Ping& m) { out.setPing(m.nonce); }
  void operator()(const Pong& m) { out.setPong(m.nonce); }
  void operator()(const Bye& m) {
    TOCSIN_ASSERT(m.text.size() <= frame_text_max);
    auto bye = out.initBye();
    bye.setReason(std::uint8_t(m.reason));
    bye.setText({m.text.data(), m.text.size()});
  }
  void operator()(const SketchAsk& m) {
    auto ask = out.initSketchAsk();
    ask.setKey(as_data(m.key.view()));
    ask.setFirst(m.first);
    ask.setCount(m.count);
  }
  void operator()(const Sketch& m) {
    auto sketch = out.initSketch();
    sketch.setKey(as_data(m.key.view()));
    sketch.setFirst(m.first);
    sketch.setItems(m.items);
    const auto symbols = flat(m.symbols);
    sketch.setSymbols(as_data(symbols));
  }
  void operator()(const PlacesAsk& m) {
    TOCSIN_ASSERT(m.ids.size() <= frame_places_max);
    ByteWriter ids;
    for (const auto& id : m.ids) ids.fixed(id);
    auto ask = out.initPlacesAsk();
    ask.setKey(as_data(m.key.view()));
    ask.setIds(as_data(ids.bytes()));
  }
  void operator()(const Places& m) {
    TOCSIN_ASSERT(m.places.size() <= frame_places_max);
    auto message = out.initPlaces();
    message.setKey(as_data(m.key.view()));
    auto places = message.initPlaces(kj::uint(m.places.size()));
    for (kj::uint i = 0; i < places.size(); ++i) {
      write(places[i].initKey(), m.places[i].key);
      places[i].setSequence(m.places[i].sequence);
      places[i].setId(as_data(m.places[i].id.view()));
    }
  }
  void operator()(const Routes& m) {
    TOCSIN_ASSERT(m.orgs.size() <= frame_route_orgs_max && m.site.size() <= frame_site_max);
    auto routes = out.initRoutes();
    routes.setFlags(m.gateway ? route_gateway : 0);
    auto orgs = routes.initOrgs(kj::uint(m.orgs.size()));
    for (kj::uint i = 0; i < orgs.size(); ++i)
      orgs.set(i, {m.orgs[i].data(), m.orgs[i].size()});
    ByteWriter site;
    for (const auto& neighbour : m.site) {
      site.fixed(neighbour.agent);
      site.u8(neighbour.gateway ? route_gateway : 0);
    }
    routes.setSite(as_data(site.bytes()));
  }
  void operator()(const Probe& m) {
    auto probe = out.initProbe();
    probe.setTarget(as_data(m.target.view()));
    probe.setNonce(m.nonce);
    probe.setAnswer(std::uint8_t(m.answer));
  }
  void operator()(const Flow& m) {
    auto flow = out.initFlow();
    flow.setUrgent(m.urgent);
    flow.setCases(m.cases);
    flow.setIndicators(m.indicators);
  }
  void operator()(const HeadsDelta& m) {
    TOCSIN_ASSERT(m.changes.size() <= head_delta_bytes_max);
    auto delta = out.initHeadsDelta(kj::uint(HeadsBasis::size + m.changes.size()));
    std::copy(m.basis.data.begin(), m.basis.data.end(), delta.begin());
    std::copy(m.changes.begin(), m.changes.end(), delta.begin() + HeadsBasis::size);
  }
};

}  // namespace

std::string_view name_of(ByeReason reason) {
  switch (reason) {
    case ByeReason::stopping: return "stopping";
    case ByeReason::replaced: return "replaced";
    case ByeReason::revoked: return "revoked";
    case ByeReason::violation: return "violation";
    case ByeReason::idle: return "idle";
    case ByeReason::cut: return "cut";
  }
  return "unknown";
}

Bytes encode(const Message& message) {
  OneSegment segment(envelope_words + std::visit(Size{}, message));
  std::visit(Write{segment.initRoot<cw::Message>()}, message);
  return segment.take();
}

Bytes encode_batch_message(ByteView encoded_batch, bool live) {
  if (const auto packed = pack_batch(encoded_batch)) {
    OneSegment segment(envelope_words + words_for(packed->size()));
    auto batch = segment.initRoot<cw::Message>().initPackedBatch();
    batch.setEncoded(as_data(*packed));
    batch.setLive(live);
    return segment.take();
  }
  OneSegment segment(envelope_words + words_for(encoded_batch.size()));
  write_batch(segment.initRoot<cw::Message>(), encoded_batch, live);
  return segment.take();
}

}  // namespace tocsin::mesh
