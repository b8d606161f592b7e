// Both ends of one simulated stream, and the bytes between them.
#pragma once

#include <deque>

#include "mesh/world/network.hpp"
#include "mesh/world/sim_loop.hpp"

namespace tocsin::mesh {

/// What travels in one direction.
struct SimSegment {
  enum class What : std::uint8_t { data, end, reset } what = What::data;
  Bytes bytes;
  std::uint64_t number = 0;  ///< given by send(), counting from 0 in each direction
};

/// One side. Lifetime: `loop`, a part of a life, outlives it.
struct SimEnd {
  SimEnd(SimLoop& its_loop, Address its_remote)
      : loop(its_loop),
        remote(std::move(its_remote)),
        readable(its_loop),
        writable(its_loop) {}
  SimLoop& loop;
  Address remote;  ///< the other side's
  Event readable, writable;
  Bytes inbox;
  std::size_t inbox_read = 0;      ///< how much of `inbox` has been read
  std::size_t unread_by_peer = 0;  ///< sent by this side and not yet read over there
  Duration last_arrival{};  ///< of what this side sent: later segments come no earlier
  std::deque<SimSegment> held;                ///< sent by this side and stopped by a cut
  std::map<std::uint64_t, SimSegment> early;  ///< come before others that a cut held up
  std::uint64_t next_sent = 0, next_taken = 0;
  bool closed = false;      ///< by this side
  bool peer_ended = false;  ///< nothing more will come
  bool alive() const { return loop.life().alive; }
};

/// Lifetime: shared by both streams and the segments under way.
struct SimConnection {
  SimConnection(SimLoop& dialler, Address listener_address, SimLoop& listener,
                Address dialler_address)
      : ends{SimEnd(dialler, std::move(listener_address)),
             SimEnd(listener, std::move(dialler_address))} {}
  SimEnd ends[2];
  bool is_unix = false;
};

inline constexpr std::size_t sim_window_bytes = 256 * 1024;
inline constexpr std::size_t sim_segment_bytes_max = 16 * 1024;

class SimWires;

/// Side 0 dialled, side 1 accepted. Lifetime: `wires` outlives it.
std::unique_ptr<Stream> make_sim_stream(SimWires& wires,
                                        std::shared_ptr<SimConnection> connection,
                                        int side);

}  // namespace tocsin::mesh
