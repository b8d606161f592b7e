// What a peer may say: frames, heads, batches, records, and bundles from a stick.
#include <set>

#include "mesh/sync/bundle_plan.hpp"
#include "mesh/sync/head_vector.hpp"
#include "mesh/sync/retraction.hpp"
#include "mesh/sync/scope_table.hpp"
#include "tests/fuzz/delta_basis.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/mesh/sync/bundle_sample.hpp"

namespace tocsin::fuzz {
namespace {

using namespace mesh;

const LogKey some_log{AgentId{{1}}, 1, {}, LogClass::case_};

Digest id_of(std::uint64_t sequence) {
  ByteWriter out;
  out.u64(sequence);
  return crypto::blake2b(out.bytes());
}

// A table that was grown in any order holds exactly what was added.
bool grow(ByteView sequences) {
  HeadTable table;
  std::set<std::uint64_t> model;
  for (const auto sequence : sequences) {
    if (sequence == 0) continue;
    const auto previous = sequence == 1 ? Digest{} : id_of(sequence - 1u);
    const auto fit = table.fit(some_log, sequence, previous);
    TOCSIN_ASSERT((fit == Fit::held) == model.contains(sequence));
    TOCSIN_ASSERT(fit != Fit::broken);
    if (fit != Fit::next) continue;
    table.add(some_log, sequence, id_of(sequence));
    model.insert(sequence);
  }
  for (std::uint64_t sequence = 1; sequence < 256; ++sequence)
    TOCSIN_ASSERT(table.has(some_log, sequence) == model.contains(sequence));
  const auto* head = table.find(some_log);
  if (!head) return model.empty();
  TOCSIN_ASSERT(head->ranges.size() <= head_ranges_max);
  if (head->contiguous > 0) TOCSIN_ASSERT(head->last == id_of(head->contiguous));
  std::uint64_t absent = 0;
  for (const auto& gap : gaps_of(*head))
    for (auto at = gap.first; at <= gap.last; ++at, ++absent)
      TOCSIN_ASSERT(!model.contains(at));
  TOCSIN_ASSERT(model.empty() || absent + model.size() == *model.rbegin());
  return true;
}

HeadTable held_table() {
  HeadTable out;
  for (const std::uint64_t sequence : {1, 2, 3, 7, 8, 20}) out.add(some_log, sequence, id_of(sequence));
  return out;
}

bool same(const Message& a, const Message& b) { return a == b; }

// A bundle of one segment whose plaintext is the fuzzer's.
Bytes around(const tests::BundleSample& sample, ByteView plain) {
  tests::ConstantEntropy entropy;
  tests::DocumentSamples documents;
  const std::vector<Batch> batches{documents.batch()};
  auto writer = BundleWriter::begin(sample.header(batches),
                                    {{sample.recipient, sample.reader.public_key()}},
                                    sample.documents.key, entropy);
  ByteWriter out;
  out.raw(writer->head());
  ByteWriter context;
  context.fixed(crypto::blake2b(writer->head()));
  context.u32(0);
  const auto key = entropy.make<crypto::SecretKey>();
  out.blob32(crypto::seal(key, context.bytes(), plain, entropy));
  return std::move(out).take();
}

Bytes framed(ByteView header) {
  ByteWriter out;
  out.raw(bytes_of("TOCSINB1"));
  out.u32(std::uint32_t(header.size()));
  out.raw(header);
  out.fixed(SignatureBytes{});
  return std::move(out).take();
}

void check_fields(const RecordView& view) {
  const auto fields = FieldReader::make(view);
  if (!fields) return;
  (void)decode_retraction(view);
  (void)decode_receipt(view);
  (void)decode_dispute(view);
  const auto sealing = crypto::ExchangeKey::from_secret(Bytes(32, 5));
  ScopeTable scopes(AgentId{{0x77}}, *sealing);
  (void)scopes.learn(view, some_log.agent);
  FieldWriter again(view.header);
  std::size_t count = 0;
  for (int tag = 0; tag < 256; ++tag)
    for (const auto value : fields->all(std::uint8_t(tag))) {
      again.bytes(std::uint8_t(tag), value);
      ++count;
    }
  const auto written = std::move(again).take();
  TOCSIN_ASSERT(count <= FieldReader::fields_max);
  TOCSIN_ASSERT(std::equal(written.begin(), written.end(), view.bytes.begin(), view.bytes.end()));
}

}  // namespace

bool frame(ByteView input) {
  const Bytes aligned(input.begin(), input.end());
  const auto read = decode(aligned);
  Bytes shifted(1);
  shifted.insert(shifted.end(), input.begin(), input.end());
  const auto beside = decode(ByteView(shifted).subspan(1));
  TOCSIN_ASSERT(read.has_value() == beside.has_value());
  if (!read) return false;
  TOCSIN_ASSERT(same(*read, *beside));
  const auto again = decode(encode(*read));
  TOCSIN_ASSERT(again.has_value() && same(*read, *again));
  return true;
}

namespace {

// What was accepted is in order, within its bounds, and can be told again.
bool change(ByteView input) {
  constexpr std::size_t logs_max = 64;
  HeadVectors vectors;
  const auto from = vectors.share(delta_basis());
  const auto to = vectors.apply(*from, input, logs_max);
  if (!to) return false;
  TOCSIN_ASSERT((*to)->size() <= logs_max);
  for (std::size_t i = 0; i < (*to)->size(); ++i) {
    const auto& head = (*to)->at(i);
    if (i > 0) TOCSIN_ASSERT((*to)->at(i - 1).key < head.key);
    TOCSIN_ASSERT(head.base <= head.contiguous && head.ranges.size() <= head_ranges_max);
    (void)gaps_of(head);
  }
  const auto again = vectors.apply(*from, encode_head_delta(*from, **to), logs_max);
  TOCSIN_ASSERT(again && (*again)->digest == (*to)->digest);
  return true;
}

}  // namespace

bool heads(ByteView input) {
  if (input.empty()) return false;
  if (input[0] == 2) return change(input.subspan(1));
  if (input[0] != 0) return grow(input.subspan(1));
  const Bytes aligned(input.begin() + 1, input.end());
  const auto read = decode(aligned);
  if (!read || !std::holds_alternative<Heads>(*read)) return false;
  const auto& logs = std::get<Heads>(*read).logs;
  static const auto table = held_table();
  for (const auto& gap : table.missing(logs)) {
    TOCSIN_ASSERT(gap.range.first >= 1 && gap.range.first <= gap.range.last);
    // Asked for again is only what proves a fork.
    if (table.has(gap.key, gap.range.first)) TOCSIN_ASSERT(gap.range.first == gap.range.last);
  }
  for (const auto& head : logs) (void)gaps_of(head);
  (void)digest_of(logs);
  return true;
}

bool batch(ByteView input) {
  auto read = parse_batch({input.begin(), input.end()});
  if (!read) return false;
  TOCSIN_ASSERT(read->encoded.size() == input.size());
  TOCSIN_ASSERT(decode_log_key(encode_log_key(read->header.log)) == read->header.log);
  const crypto::SecretKey key{{7}};
  const auto opened = open_batch(*read, read->sealed() ? &key : nullptr);
  if (!opened) return false;
  TOCSIN_ASSERT(opened->records.size() == read->header.record_count);
  for (const auto& each : opened->records) TOCSIN_ASSERT(record(each.bytes));
  return true;
}

bool record(ByteView input) {
  const auto view = view_record(input);
  if (!view || !check_record(*view)) return false;
  if (view->header.kind == RecordKind::indicator) {
    const auto body = view_indicator(*view);
    TOCSIN_ASSERT(body.has_value());
    const auto again = encode_indicator(view->header, *body);
    TOCSIN_ASSERT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
    TOCSIN_ASSERT(indicator_key(*view).value == body->value);
  } else {
    check_fields(*view);
  }
  return true;
}

bool bundle(ByteView input) {
  if (input.empty()) return false;
  static const tests::BundleSample sample;
  const auto rest = input.subspan(1);
  if (input[0] == 1) {
    BundleReader reader;
    const auto file = framed(rest);
    if (!reader.take(ByteView(file).first(bundle_prefix_bytes))) return false;
    if (!reader.take(ByteView(file).subspan(bundle_prefix_bytes))) return false;
    TOCSIN_ASSERT(reader.header() != nullptr && !reader.header()->recipients.empty());
    return true;
  }
  const auto file = input[0] == 0 ? Bytes(rest.begin(), rest.end()) : around(sample, rest);
  const auto items = tests::read_bundle(file, &sample.author, &sample.recipient, &sample.reader);
  if (!items) return false;
  for (const auto& item : *items) TOCSIN_ASSERT(item.size() >= batch_prefix_bytes);
  return true;
}

}  // namespace tocsin::fuzz
