// The loop of a running agent: one Asio context on the thread that calls run().
#pragma once

#include <memory>

#include "mesh/world/loop.hpp"

namespace boost::asio {
class io_context;
}

namespace tocsin::mesh {

class RealLoop final : public Loop {
 public:
  RealLoop();
  /// Destroys the spawned tasks first, then timers and posted jobs.
  ~RealLoop() override;

  void post(Job job) override;
  TimerId after(Duration delay, Job job) override;
  void cancel(TimerId timer) override;
  void spawn(Task<void> task) override;

  /// Runs until stop(). May be called again afterwards.
  void run();
  /// Safe from any thread. A stop before run() makes that return at once.
  void stop();
  /// Destroys all spawned tasks. Not from inside one of them.
  void destroy_tasks();
  /// For the other real_* parts only.
  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::mesh
