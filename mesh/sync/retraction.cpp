#include "mesh/sync/retraction.hpp"

namespace tocsin::mesh {
namespace {

Result<void> fits(std::string_view text, std::string_view what) {
  if (text.size() > retraction_text_max)
    return fail(Errc::too_large, "{}: {} bytes, limit {}", what, text.size(),
                retraction_text_max);
  return {};
}

Result<FieldReader> fields_of(const RecordView& record, RecordKind kind) {
  if (record.header.kind != kind)
    return fail(Errc::invalid, "a record of kind {} where {} belongs",
                name_of(record.header.kind), name_of(kind));
  return FieldReader::make(record);
}

Result<Digest> digest_in(const FieldReader& fields, std::uint8_t tag, std::string_view what) {
  auto out = Digest::from(fields.bytes(tag));
  if (!out) return within(what, out.error());
  return out;
}

}  // namespace

Result<Bytes> encode_retraction(const RecordHeader& header, const Retraction& retraction) {
  if (auto fine = fits(retraction.why, "why"); !fine) return std::unexpected(fine.error());
  FieldWriter out(header);
  out.fixed(1, retraction.target).text(2, retraction.why);
  if (!retraction.order.empty())
    out.text(3, retraction.analyst).bytes(4, retraction.order).fixed(5, retraction.signature);
  return std::move(out).take();
}

Result<Retraction> decode_retraction(const RecordView& record) {
  const auto fields = fields_of(record, RecordKind::retraction);
  if (!fields) return std::unexpected(fields.error());
  const auto target = digest_in(*fields, 1, "retraction target");
  if (!target) return std::unexpected(target.error());
  const auto order = fields->bytes(4);
  return Retraction{*target, std::string(fields->text(2)), std::string(fields->text(3)),
                    Bytes(order.begin(), order.end()), fields->fixed<SignatureBytes>(5)};
}

Bytes encode_receipt(const RecordHeader& header, const Receipt& receipt) {
  FieldWriter out(header);
  out.fixed(1, receipt.retraction).fixed(2, receipt.target).number(3, receipt.held ? 1 : 0);
  std::size_t count = 0;
  for (const auto& what : receipt.undone)
    if (count++ < receipt_undone_max) out.text(4, what);
  return std::move(out).take();
}

Result<Receipt> decode_receipt(const RecordView& record) {
  const auto fields = fields_of(record, RecordKind::receipt);
  if (!fields) return std::unexpected(fields.error());
  const auto retraction = digest_in(*fields, 1, "receipt retraction");
  if (!retraction) return std::unexpected(retraction.error());
  const auto target = digest_in(*fields, 2, "receipt target");
  if (!target) return std::unexpected(target.error());
  Receipt out{*retraction, *target, fields->number(3) == 1, {}};
  for (const auto what : fields->all(4)) {
    if (out.undone.size() == receipt_undone_max)
      return fail(Errc::too_large, "receipt: more than {} undone", receipt_undone_max);
    out.undone.emplace_back(text_of(what));
  }
  return out;
}

Result<Bytes> encode_dispute(const RecordHeader& header, const Dispute& dispute) {
  if (auto fine = fits(dispute.why, "why"); !fine) return std::unexpected(fine.error());
  FieldWriter out(header);
  out.fixed(1, dispute.target).text(2, dispute.why);
  return std::move(out).take();
}

Result<Dispute> decode_dispute(const RecordView& record) {
  const auto fields = fields_of(record, RecordKind::dispute);
  if (!fields) return std::unexpected(fields.error());
  const auto target = digest_in(*fields, 1, "dispute target");
  if (!target) return std::unexpected(target.error());
  return Dispute{*target, std::string(fields->text(2))};
}

}  // namespace tocsin::mesh
