// Somebody on the wire between two machines: passes frames on, keeps them, and may tamper.
#pragma once

#include <functional>

#include "mesh/world/stream_reader.hpp"
#include "tests/attacks/sim_rig.hpp"

namespace tocsin::tests {

class TappedWire {
 public:
  /// What leaves in the place of a frame that the dialler sent.
  using Tamper = std::function<std::vector<Bytes>(Bytes frame)>;

  /// Stands on a machine of its own; whoever dials address() speaks with `target`.
  TappedWire(SimRig& rig, mesh::Address target)
      : machine_(rig.universe.add_machine("wire")), target_(std::move(target)) {
    auto listener = machine_.world().network.listen(address());
    REQUIRE(listener);
    listener_ = std::move(*listener);
    machine_.world().loop.spawn(accept_all(*this));
  }
  ~TappedWire() { machine_.crash(); }
  TappedWire(const TappedWire&) = delete;

  mesh::Address address() const { return machine_.address(mesh_port); }
  /// Says these frames to the target, as if they came from the dialler. Nothing answers it.
  void replay(std::vector<Bytes> frames) {
    machine_.world().loop.spawn(say_again(*this, std::move(frames)));
  }

  Tamper tamper;
  std::vector<std::vector<Bytes>> dialled;  ///< per connection, what the dialler sent
  int ended = 0;                            ///< connections that either side closed

 private:
  static constexpr Duration patience = std::chrono::minutes(10);

  static mesh::Task<void> accept_all(TappedWire& self) {
    for (;;) {
      auto stream = co_await self.listener_->accept();
      if (!stream) co_return;
      auto target = co_await self.machine_.world().network.connect(self.target_, patience);
      if (!target) continue;
      const std::shared_ptr<mesh::Stream> from(std::move(*stream)), to(std::move(*target));
      self.dialled.emplace_back();
      auto& loop = self.machine_.world().loop;
      loop.spawn(pump(self, from, to, self.dialled.size() - 1));
      loop.spawn(pump(self, to, from, std::nullopt));
    }
  }

  // `connection` is set on the dialler's direction.
  static mesh::Task<void> pump(TappedWire& self, std::shared_ptr<mesh::Stream> from,
                               std::shared_ptr<mesh::Stream> to,
                               std::optional<std::size_t> connection) {
    mesh::StreamReader reader(*from);
    for (;;) {
      const auto prefix = co_await reader.read_exactly(2, patience);
      if (!prefix) break;
      Bytes frame(prefix->begin(), prefix->end());
      const auto body = co_await reader.read_exactly(std::size_t(frame[0] | frame[1] << 8), patience);
      if (!body) break;
      frame.insert(frame.end(), body->begin(), body->end());
      std::vector<Bytes> out{frame};
      if (connection) {
        self.dialled[*connection].push_back(frame);
        if (self.tamper) out = self.tamper(frame);
      }
      for (const auto& one : out) {
        const auto written = co_await to->write(one, patience);
        if (!written) break;
      }
    }
    from->close();
    to->close();
    if (connection) ++self.ended;
  }

  static mesh::Task<void> say_again(TappedWire& self, std::vector<Bytes> frames) {
    auto stream = co_await self.machine_.world().network.connect(self.target_, patience);
    if (!stream) co_return;
    for (const auto& frame : frames) {
      const auto written = co_await (*stream)->write(frame, patience);
      if (!written) co_return;
    }
    co_await mesh::sleep(self.machine_.world().loop, std::chrono::seconds(2));
  }

  mesh::SimMachine& machine_;
  mesh::Address target_;
  std::unique_ptr<mesh::Listener> listener_;
};

}  // namespace tocsin::tests
