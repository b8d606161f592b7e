// The flat record: everything that members share, in one documented byte layout whose digest is
// its identity. Layout: docs/wire-format.md.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/time.hpp"
#include "mesh/wire/marking.hpp"

namespace tocsin::mesh {

/// Wire values; never renumber.
enum class RecordKind : std::uint8_t {
  indicator = 1, sighting = 2, retraction = 3, dispute = 4, incident = 5, note = 6, playbook = 7,
  run_event = 8, approval = 9, effect = 10, impact = 11, repair = 12, aid = 13, transfer = 14,
  report = 15, receipt = 16, drill = 17, certificate = 18, revocation = 19, witness = 20,
  checkpoint = 21, scope_key = 22, sealed_note = 23, release = 24,
  trust = 25, forks = 26, scope_wrap = 27,
};
std::string_view name_of(RecordKind kind);

/// Wire values; never renumber.
enum class IndicatorType : std::uint8_t {
  ipv4 = 1, ipv6 = 2, cidr = 3, domain = 4, url = 5, sha256 = 6, sha1 = 7, md5 = 8, email = 9,
  pattern = 10,
};
std::string_view name_of(IndicatorType type);
Result<IndicatorType> indicator_type_from(std::string_view name);

inline constexpr std::size_t record_header_bytes = 20;
inline constexpr std::size_t record_bytes_max = 256 * 1024;
inline constexpr std::size_t indicator_value_bytes_max = 4096;
inline constexpr std::size_t indicator_labels_max = 16;
inline constexpr std::size_t indicator_label_bytes_max = 64;
inline constexpr std::int64_t record_time_ms_max = 253'402'300'799'999;  ///< end of year 9999

/// version[1]=1 ‖ kind[1] ‖ tlp[1] ‖ pap[1] ‖ created ms[8] ‖ author (first 8 bytes of the agent
/// id) ‖ body
struct RecordHeader {
  RecordKind kind{};
  Marking marking;
  WallTime created;
  std::uint64_t author = 0;  ///< AgentId::prefix() of the agent whose log this is in
};

/// A checked look at a record's bytes. Lifetime: that of the bytes.
struct RecordView {
  RecordHeader header;
  ByteView body;
  ByteView bytes;  ///< header and body
  Digest id() const { return crypto::blake2b(bytes); }
};
/// Errors: invalid (version, kind, marking, length), too_large.
Result<RecordView> view_record(ByteView bytes);
/// The body of `record` too: an indicator as view_indicator, any other kind as FieldReader, but
/// without an allocation. Errors: invalid, too_large.
Result<void> check_record(const RecordView& record);

enum class LineBreaks : std::uint8_t { refused, allowed };
/// True for valid UTF-8 without control characters (line feed and tab where allowed), so that a
/// value can neither break a line of a list nor speak to a terminal.
bool is_clean_text(ByteView text, LineBreaks breaks);

/// Body: type[1] ‖ confidence[1] ‖ expires s[4] ‖ value[2+n] ‖ label count[1] ‖ labels [1+n each]
struct IndicatorBody {
  IndicatorType type{};
  std::uint8_t confidence = 50;  ///< 0 to 100
  WallTime expires;              ///< whole seconds
  std::string_view value;        ///< canonical form; see playbooks/detect/canonical.hpp
  std::vector<std::string_view> labels;  ///< at most 16 of 1 to 64 bytes
};
/// Exceeding a bound is a bug of the caller: check what people typed first.
Bytes encode_indicator(const RecordHeader& header, const IndicatorBody& body);
/// Views into `record`. Errors: invalid.
Result<IndicatorBody> view_indicator(const RecordView& record);
/// The part that matching needs, without the labels; trusts a record that view_indicator passed.
struct IndicatorKey {
  IndicatorType type{};
  std::string_view value;
  std::uint32_t expires_s = 0;
};
IndicatorKey indicator_key(const RecordView& record);

/// All other kinds: fields of tag[1] ‖ length[4] ‖ bytes, in ascending tag order (equal tags may
/// repeat); the body may be empty. Each kind names its tags next to its code and in docs/wire-format.md.
class FieldWriter {
 public:
  explicit FieldWriter(const RecordHeader& header);
  FieldWriter& bytes(std::uint8_t tag, ByteView value);
  FieldWriter& text(std::uint8_t tag, std::string_view value);
  FieldWriter& number(std::uint8_t tag, std::uint64_t value);  ///< 8 bytes
  template <typename Fixed>
  FieldWriter& fixed(std::uint8_t tag, const Fixed& value) { return bytes(tag, value.view()); }
  Bytes take() &&;

 private:
  ByteWriter out_;
  std::uint8_t last_ = 0;
};

/// Lifetime: that of the record. Absent fields read as empty or zero; `has` tells.
class FieldReader {
 public:
  /// Errors: invalid (order, lengths, trailing bytes), too_large (over fields_max).
  static Result<FieldReader> make(const RecordView& record);
  static constexpr std::size_t fields_max = 4096;
  bool has(std::uint8_t tag) const;
  ByteView bytes(std::uint8_t tag) const;
  std::string_view text(std::uint8_t tag) const;
  std::uint64_t number(std::uint8_t tag) const;
  template <typename Fixed>
  Fixed fixed(std::uint8_t tag) const {
    const auto out = Fixed::from(bytes(tag));
    return out ? *out : Fixed{};
  }
  std::vector<ByteView> all(std::uint8_t tag) const;

 private:
  std::vector<std::pair<std::uint8_t, ByteView>> fields_;
};

}  // namespace tocsin::mesh
