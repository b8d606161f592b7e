// All the links between simulated machines: who listens where, what is on the way, what
// is cut.
#pragma once

#include <set>

#include "mesh/world/sim_connection.hpp"

namespace tocsin::mesh {

/// What a cut does to the bytes that meet it: they wait until it heals, as TCP sends them
/// again, or every connection across it is reset.
enum class SimCut { stall, reset };

/// Where somebody accepts streams. Lifetime: of `loop`'s life.
struct SimPort {
  explicit SimPort(SimLoop& its_loop) : loop(its_loop), arrived(its_loop) {}
  SimLoop& loop;
  std::deque<std::unique_ptr<Stream>> waiting;
  Event arrived;
  bool closed = false;
};

/// Where somebody receives datagrams.
struct SimMailbox {
  explicit SimMailbox(SimLoop& its_loop) : loop(its_loop), arrived(its_loop) {}
  SimLoop& loop;
  std::deque<Datagram> waiting;
  Event arrived;
  bool closed = false;
};

inline constexpr std::size_t sim_backlog_max = 128;
inline constexpr std::size_t sim_datagrams_max = 1024;

class SimWires {
 public:
  using Machines = std::vector<std::uint32_t>;  ///< numbers, from 1

  explicit SimWires(SimUniverse& universe) : universe_(universe) {}

  /// Both directions between two machines.
  void set_link(std::uint32_t a, std::uint32_t b, SimLink link);
  /// Cuts every link between one of `a` and one of `b`.
  void cut(const Machines& a, const Machines& b, SimCut how);
  /// Mends everything that is cut; what waited goes on its way.
  void heal();
  /// Mends the links between one of `a` and one of `b`.
  void heal(const Machines& a, const Machines& b);
  bool is_cut(std::uint32_t a, std::uint32_t b) const;
  /// Resets every connection between two machines.
  void reset_all(std::uint32_t a, std::uint32_t b);
  /// A datagram from outside or from a machine (its number, else 0), which may get lost.
  void send_datagram(std::uint32_t from, Address source, Address to, Bytes bytes);

  // For the sim_* parts.
  Duration now() const { return universe_.now(); }
  bool is_up(std::uint32_t machine) const { return universe_.machine_up(machine); }
  Duration draw_delay(std::uint32_t from, std::uint32_t to);
  /// Errors: io (in use).
  Result<std::shared_ptr<SimPort>> open_port(const std::string& key, SimLoop& loop);
  Result<std::shared_ptr<SimMailbox>> open_mailbox(const std::string& key, SimLoop& loop);
  /// The listener there, if its machine is up.
  std::shared_ptr<SimPort> find_port(const std::string& key);
  /// A new connection, put before the listener; the dialler's stream. Nothing if it is
  /// full.
  std::unique_ptr<Stream> connect(SimPort& port, SimLoop& dialler, Address from,
                                  Address to);
  void send(const std::shared_ptr<SimConnection>& connection, int side,
            SimSegment segment);
  /// Takes away what a life that just ended had open. Its peers see a reset when
  /// `tell_peers` (the system outlived the program), else nothing.
  void drop_life(const SimLife& life, bool tell_peers);

 private:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  const SimLink& link(std::uint32_t a, std::uint32_t b) const;
  void dispatch(const std::shared_ptr<SimConnection>& connection, int side,
                SimSegment segment);
  void arrive(const std::shared_ptr<SimConnection>& connection, int side,
              SimSegment segment);
  void take(SimConnection& connection, SimEnd& receiver, const SimSegment& segment);
  void reset(SimConnection& connection);
  void release_held();
  std::vector<std::shared_ptr<SimConnection>> connections();

  SimUniverse& universe_;
  std::map<Pair, SimLink> links_;
  std::map<Pair, SimCut> cuts_;
  std::map<std::string, std::weak_ptr<SimPort>> ports_;
  std::map<std::string, std::weak_ptr<SimMailbox>> mailboxes_;
  std::vector<std::weak_ptr<SimConnection>> connections_;
};

}  // namespace tocsin::mesh
