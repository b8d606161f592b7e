// Who may begin a handshake: decided from the address alone, before any cryptography, so that a
// flood costs next to nothing and does not keep partners out.
#pragma once

#include <map>
#include <string>

#include "mesh/sync/token_bucket.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::mesh {

/// Sans I/O. A source is an IPv4 address, or the /64 around an IPv6 address. One from which a
/// member has shaken hands is known: strangers cannot use up its share.
class Doorkeeper {
 public:
  static constexpr std::size_t half_open_max = 256;
  static constexpr std::size_t strangers_max = 192;        ///< of those
  static constexpr std::size_t per_stranger_max = 16;      ///< of those, from one source
  static constexpr std::size_t per_known_max = 64;
  static constexpr std::size_t sources_max = 16'384;       ///< remembered strangers
  static constexpr std::size_t known_max = 4'096;
  static constexpr TokenBucket::Rate stranger_rate{8, 32};   ///< handshakes from one source
  static constexpr TokenBucket::Rate known_rate{32, 128};
  static constexpr TokenBucket::Rate strangers_rate{1'000, 2'000};  ///< from all of them

  enum class Answer : std::uint8_t {
    come_in,       ///< takes a place until leave()
    full,          ///< too many handshakes are under way
    source_full,   ///< too many from there
    source_rate,   ///< too many from there of late
    strangers_rate ///< too many from unknown sources of late
  };
  Answer knock(std::string_view source, Instant now);
  void leave(std::string_view source);
  /// A member has shaken hands from there, or is configured to be there.
  void know(std::string_view source);

  std::size_t half_open() const { return half_open_; }
  std::size_t sources() const { return strangers_.size(); }

 private:
  struct Source {
    TokenBucket bucket;
    std::size_t half_open = 0;
  };
  using Sources = std::map<std::string, Source, std::less<>>;
  Answer knock_known(Source& source, Instant now);
  Answer knock_stranger(std::string_view name, Instant now);
  Source* remember(std::string_view name, Instant now);

  Sources known_, strangers_;
  TokenBucket all_strangers_{strangers_rate};
  Instant swept_{Duration(-std::chrono::hours(1))};
  std::size_t half_open_ = 0, strangers_half_open_ = 0;
};
std::string_view name_of(Doorkeeper::Answer answer);

/// The source behind an address of a stream; the whole text where it is no IP address.
std::string source_of(const Address& address);

}  // namespace tocsin::mesh
