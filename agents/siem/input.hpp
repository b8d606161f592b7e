// Where events come in: the ports that SIEM forwarders send to, and the sink that takes what
// they frame.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "mesh/world/world.hpp"

namespace tocsin::agents {

enum class InputKind { syslog_tcp, syslog_udp, ndjson_http, bulk, hec, file };
std::string_view name_of(InputKind kind);  // "syslog-tcp" ...
/// Errors: unsupported, for syslog-tls and jetstream; invalid, naming the kinds there are.
Result<InputKind> input_kind_from(std::string_view name);

enum class EventFormat { auto_, json, cef, syslog };
std::string_view name_of(EventFormat format);  // "auto" ...
Result<EventFormat> event_format_from(std::string_view name);

/// One framed event, not yet parsed. Lifetime: the views live until take() completes.
struct RawEvent {
  ByteView bytes;
  EventFormat format{};
  std::string_view host;         ///< who it is about, where the protocol says so; may be empty
  std::optional<WallTime> time;  ///< where the protocol says so
};

/// An event that the sink did not take: its place in the span, and why.
struct Rejection {
  std::size_t index = 0;
  std::string reason;
};

/// Takes framed events: matches them, or puts them into a queue. Lifetime: outlives the loop's
/// tasks.
class EventSink {
 public:
  virtual ~EventSink() = default;
  /// Completes once the sink has taken `events` (at most events_per_take_max); until then the
  /// input reads no more from that source. Gives the rejected ones, in order. An error means
  /// that none was taken and the sender should try again: full, closed, io.
  virtual mesh::Task<Result<std::vector<Rejection>>> take(std::span<const RawEvent> events) = 0;
};

inline constexpr std::size_t events_per_take_max = 1024;
inline constexpr std::size_t event_bytes_max = 1024 * 1024;
inline constexpr std::size_t input_connections_max = 512;

/// How far a followed file was taken. `head` tells this file from another of the same name.
struct FilePosition {
  std::uint64_t offset = 0;
  std::uint32_t head_bytes = 0;  ///< how much of its beginning `head` covers
  Digest head;
};
/// Remembers positions across restarts; the agent keeps them in its store.
class FilePositions {
 public:
  virtual ~FilePositions() = default;
  virtual std::optional<FilePosition> load(std::string_view path) = 0;
  virtual void save(std::string_view path, const FilePosition& position) = 0;
};

struct InputConfig {
  InputKind kind{};
  std::string listen;  ///< all but file
  std::string path;    ///< file
  EventFormat format = EventFormat::auto_;
  std::string token;   ///< empty: any
  std::size_t event_bytes_max = agents::event_bytes_max;
  std::size_t body_max = 32 * 1024 * 1024;      ///< of one HTTP request, as sent
  std::size_t inflated_max = 64 * 1024 * 1024;  ///< of one HTTP request, unpacked
};

struct InputStatus {
  std::string kind;
  std::string listen;  ///< the real address, or the path
  std::uint64_t events = 0, rejected = 0;
  std::map<std::string, std::uint64_t> reasons;  ///< why frames, requests, connections fell
};

/// A running input; destruction closes it and its connections.
class Input {
 public:
  virtual ~Input() = default;
  virtual InputStatus status() const = 0;
};

/// Starts to listen or to follow. Lifetime: world, sink and positions outlive the loop's tasks.
/// `positions` is needed for files only; without it a file is read from its beginning at every
/// start. Errors: usage (a missing or superfluous setting), invalid (address), io.
Result<std::unique_ptr<Input>> start_input(mesh::World& world, const InputConfig& config,
                                           EventSink& sink, FilePositions* positions = nullptr);

}  // namespace tocsin::agents
