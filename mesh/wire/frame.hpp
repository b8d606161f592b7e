// The messages of a session as plain values, so that Cap'n Proto stays inside one source and a
// hostile frame is refused before it can cost memory. Layout: mesh.capnp, docs/wire-format.md.
#pragma once

#include <variant>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

inline constexpr std::size_t frame_bytes_max = batch_bytes_max + 64 * 1024;
inline constexpr std::size_t frame_logs_max = 256;     ///< heads in one frame; more set `more`
inline constexpr std::size_t frame_ranges_max = 4096;  ///< ranges in one pull
inline constexpr std::size_t head_ranges_max = 64;
inline constexpr std::size_t head_id_bytes = 16;  ///< of a batch id, in the heads that are sent
inline constexpr std::size_t head_delta_bytes_max = 256 * 1024;
inline constexpr std::size_t frame_certificates_max = 1024;
inline constexpr std::size_t frame_text_max = 512;
inline constexpr std::size_t frame_symbols_max = 2048;  ///< of a sketch, in one frame
inline constexpr std::size_t frame_places_max = 2048;
inline constexpr std::size_t frame_route_orgs_max = 64;
inline constexpr std::size_t frame_site_max = 1024;    ///< agents of one organisation
inline constexpr std::uint8_t protocol_version = 4;

/// Sequences `first` to `last`, both included; first ≥ 1, first ≤ last.
struct SequenceRange {
  std::uint64_t first = 0, last = 0;
  auto operator<=>(const SequenceRange&) const = default;
};

/// What a holder has of one log: everything from `base` + 1 to `contiguous`, and `ranges` above
/// it, ascending, apart from one another and from `contiguous`.
struct LogHead {
  LogKey key;
  std::uint64_t contiguous = 0;
  std::uint64_t base = 0;  ///< up to here only headers need to be held
  Digest last;             ///< id of the batch at `contiguous`, zero when there is none; from a
                           ///< peer only the first head_id_bytes, then zeros
  std::vector<SequenceRange> ranges;
  bool operator==(const LogHead&) const = default;
};

bool same_head_id(const Digest& a, const Digest& b);

struct PullRange {
  LogKey key;
  SequenceRange range;
  bool operator==(const PullRange&) const = default;
};

/// As much of the digest of a vector of heads as tells it from the few others that are remembered.
using HeadsBasis = FixedBytes<8, struct HeadsBasisTag>;
inline HeadsBasis basis_of(const Digest& digest) {
  return HeadsBasis::from(digest.view().first(HeadsBasis::size)).value();
}

/// The first message in each direction, and later when the sender's heads changed. Sent as
/// protocol[1] ‖ flags[1] ‖ time ms[6] ‖ first half of the digest[16] ‖ basis[8] ‖ address.
struct Hello {
  std::uint8_t protocol = protocol_version;
  WallTime time;
  Digest heads_digest;  ///< over the logs that the other may read; from a peer the first half
  std::string address;  ///< where the sender can be dialled; empty from who was dialled
  std::uint8_t flags = 0;
  HeadsBasis basis;     ///< of the newest heads of the other that the sender still knows
  Digest forks_digest;  ///< over the forks that the sender knows; zero for none; the first half
  static constexpr std::uint8_t show_all = 1;  ///< a flag: forget what was shown, show all
  static constexpr std::uint8_t gateway = 2;   ///< a flag: configured as a gateway of its site
  static constexpr std::uint8_t has_forks = 128;  ///< of the encoding: a digest of forks is there
  bool operator==(const Hello&) const = default;
};

/// The vector of heads.
struct Heads {
  std::vector<LogHead> logs;
  bool more = false;  ///< another Heads follows that belongs to this one
  bool operator==(const Heads&) const = default;
};

/// What changed since the heads whose digest is `basis`: mesh/wire/head_delta.hpp.
struct HeadsDelta {
  HeadsBasis basis;
  Bytes changes;  ///< at most head_delta_bytes_max
  bool operator==(const HeadsDelta&) const = default;
};

struct Pull {
  std::uint64_t id = 0;
  std::vector<PullRange> ranges;
  bool operator==(const Pull&) const = default;
};

/// Ends the answer to the pull `id`; `missing` is what this holder lacks or may not give.
struct PullEnd {
  std::uint64_t id = 0;
  std::vector<PullRange> missing;
  bool operator==(const PullEnd&) const = default;
};

/// A batch as its author signed it; parse_batch checks the bytes.
struct BatchMessage {
  Bytes encoded;
  bool live = false;
  bool operator==(const BatchMessage&) const = default;
};

/// Two signed headers (header ‖ signature, batch_prefix_bytes each) that contradict one another:
/// mesh/sync/fork_proof.hpp.
struct ForkProof {
  Bytes first, second;
  bool operator==(const ForkProof&) const = default;
};

/// Encoded certificates, of at most crypto::certificate_bytes_max each.
struct Certificates {
  std::vector<Bytes> encoded;
  bool operator==(const Certificates&) const = default;
};

/// Chosen at random for each comparison, so that nobody can make ids that collide in it.
using SketchKey = FixedBytes<16, struct SketchKeyTag>;

/// The sum of the batch ids that were mapped to one place of a sketch: mesh/sync/sketch.hpp.
struct CodedSymbol {
  Digest sum;               ///< xor of the ids
  std::uint64_t check = 0;  ///< xor of their keyed hashes
  std::int64_t count = 0;   ///< ids of the sender, less those taken away
  bool operator==(const CodedSymbol&) const = default;
  bool empty() const { return count == 0 && check == 0 && sum.is_zero(); }
};
inline constexpr std::size_t symbol_bytes = 48;
inline constexpr std::int64_t symbol_count_max = std::int64_t(1) << 40;

/// Asks for `count` symbols of the sketch over the batches that the asker may read. `first` 0
/// begins a comparison, and ends one that was under way.
struct SketchAsk {
  SketchKey key;
  std::uint64_t first = 0;
  std::uint32_t count = 0;  ///< 1 to frame_symbols_max
  bool operator==(const SketchAsk&) const = default;
};
struct Sketch {
  SketchKey key;            ///< of the question
  std::uint64_t first = 0;
  std::uint64_t items = 0;  ///< batches in the sketch
  std::vector<CodedSymbol> symbols;  ///< none: not now
  bool operator==(const Sketch&) const = default;
};

/// Where a batch belongs that is known by its id.
struct BatchPlace {
  LogKey key;
  std::uint64_t sequence = 0;
  Digest id;
  bool operator==(const BatchPlace&) const = default;
};
struct PlacesAsk {
  SketchKey key;
  std::vector<Digest> ids;  ///< at most frame_places_max
  bool operator==(const PlacesAsk&) const = default;
};
/// Those of the ids asked for that were in the sketch.
struct Places {
  SketchKey key;
  std::vector<BatchPlace> places;
  bool operator==(const Places&) const = default;
};

/// What an agent tells the others of its organisation: whom it reaches without them.
struct Routes {
  struct Neighbour {
    AgentId agent;
    bool gateway = false;
    auto operator<=>(const Neighbour&) const = default;
  };
  bool gateway = false;              ///< the sender is configured as one
  std::vector<std::string> orgs;     ///< other organisations, sorted, distinct
  std::vector<Neighbour> site;       ///< agents of its own, by id, distinct
  bool operator==(const Routes&) const = default;
};
inline constexpr std::uint8_t route_gateway = 1;  ///< a flag of it and of each neighbour

/// Asks an agent whether it hears `target`, one of its own organisation; and the answer to that.
struct Probe {
  enum class Answer : std::uint8_t { asks = 0, alive = 1, silent = 2 };
  AgentId target;
  std::uint64_t nonce = 0;  ///< of the question
  Answer answer{};
  bool operator==(const Probe&) const = default;
};

/// How many bytes of batches the sender of this takes in answer to its pulls, by share (see
/// mesh/sync/flow.hpp), counted from the beginning of this connection. Never lowered.
struct Flow {
  std::uint64_t urgent = 0, cases = 0, indicators = 0;
  bool operator==(const Flow&) const = default;
};

struct Ping {
  std::uint64_t nonce = 0;
  bool operator==(const Ping&) const = default;
};
struct Pong {
  std::uint64_t nonce = 0;
  bool operator==(const Pong&) const = default;
};

/// Wire values; never renumber.
enum class ByeReason : std::uint8_t {
  stopping = 1,   ///< the agent shuts down
  replaced = 2,   ///< a newer session took over
  revoked = 3,    ///< the other's certificate was revoked
  violation = 4,  ///< the other sent what may not be sent
  idle = 5,
  cut = 6,        ///< a drill cut this link
};
std::string_view name_of(ByeReason reason);

struct Bye {
  ByeReason reason{};
  std::string text;
  bool operator==(const Bye&) const = default;
};

using Message = std::variant<Hello, Heads, Pull, PullEnd, BatchMessage, ForkProof, Certificates,
                             Ping, Pong, Bye, SketchAsk, Sketch, PlacesAsk, Places, Flow, HeadsDelta,
                             Routes, Probe>;

/// One unpacked Cap'n Proto message in a single segment. Exceeding a bound above is a bug of the
/// caller.
Bytes encode(const Message& message);
/// The same as encode(BatchMessage{...}) with one copy of the batch instead of two.
Bytes encode_batch_message(ByteView encoded_batch, bool live);

/// Reads in place when `frame` is aligned to 8 bytes, else through one aligned copy; allocates no
/// more than that and the values given back. Errors: too_large (over frame_bytes_max), invalid
/// (segments, pointers, nesting over 16, traversal over 2 × the frame, lengths, unknown message,
/// more elements than a bound).
Result<Message> decode(ByteView frame);

}  // namespace tocsin::mesh
