// How an indicator is taken back: the retraction itself, the receipt of everyone who held it, and
// the dispute of someone who may not retract.
#pragma once

#include "mesh/wire/record.hpp"

namespace tocsin::mesh {

inline constexpr std::size_t retraction_text_max = 1024;
inline constexpr std::size_t receipt_undone_max = 64;

/// Tags: 1 target, 2 why, 3 analyst, 4 signed order, 5 signature of the order. Counts only when
/// its author's organisation is that of the target. `order` is empty where no person signed.
struct Retraction {
  Digest target;  ///< of the indicator's record
  std::string why;
  std::string analyst;
  Bytes order;
  SignatureBytes signature;
};
/// Errors: too_large.
Result<Bytes> encode_retraction(const RecordHeader& header, const Retraction& retraction);
/// Errors: invalid.
Result<Retraction> decode_retraction(const RecordView& record);

/// Tags: 1 retraction, 2 target, 3 held (1: this organisation had it in force), 4 undone
/// (repeats, ascending order of arrival).
struct Receipt {
  Digest retraction, target;
  bool held = false;
  std::vector<std::string> undone;  ///< `actuator:value`; the first receipt_undone_max
};
Bytes encode_receipt(const RecordHeader& header, const Receipt& receipt);
/// Errors: invalid, too_large.
Result<Receipt> decode_receipt(const RecordView& record);

/// Tags: 1 target, 2 why.
struct Dispute {
  Digest target;
  std::string why;
};
/// Errors: too_large.
Result<Bytes> encode_dispute(const RecordHeader& header, const Dispute& dispute);
/// Errors: invalid.
Result<Dispute> decode_dispute(const RecordView& record);

}  // namespace tocsin::mesh
