// How a coroutine waits for one Asio operation, with a time limit. For real_* sources
// only: it includes Asio.
#pragma once

#include <memory>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "mesh/world/real_loop.hpp"

namespace tocsin::mesh {

using StreamProtocol = boost::asio::generic::stream_protocol;
using StreamSocket = StreamProtocol::socket;

/// An operation under way. Asio's handler and the waiting coroutine share it, because
/// either may go first: a destroyed coroutine leaves the handler with nobody to resume.
struct Operation {
  std::shared_ptr<void>
      socket;  ///< kept open to its end, so that it can be cancelled safely
  std::coroutine_handle<> waiter;
  boost::asio::cancellation_signal cancel;
  boost::system::error_code error;
  std::size_t size = 0;
  std::vector<StreamProtocol::endpoint> found;  ///< of a name look-up
  bool done = false, timed_out = false;

  void finish(boost::system::error_code with, std::size_t bytes) {
    error = with;
    size = bytes;
    done = true;
    if (const auto next = std::exchange(waiter, {})) next.resume();
  }
};

/// The handler to hand to Asio for `operation`.
inline auto completion_of(std::shared_ptr<Operation> operation) {
  const auto slot = operation->cancel.slot();
  auto handler = [operation = std::move(operation)](boost::system::error_code error,
                                                    std::size_t bytes = 0) {
    operation->finish(error, bytes);
  };
  return boost::asio::bind_cancellation_slot(slot, std::move(handler));
}

/// Awaits a started operation. On time-out the operation is cancelled and waited for, so
/// its buffers are free afterwards; with `abandon` it is left to end by itself.
class Finish {
 public:
  Finish(Loop& loop, std::shared_ptr<Operation> operation, Duration timeout,
         bool abandon = false)
      : loop_(loop),
        operation_(std::move(operation)),
        timeout_(timeout),
        abandon_(abandon) {}
  Finish(const Finish&) = delete;
  ~Finish() {
    if (timer_ != 0) loop_.cancel(timer_);
    if (operation_->done) return;
    operation_->waiter = {};
    operation_->cancel.emit(boost::asio::cancellation_type::terminal);
  }
  bool await_ready() const { return operation_->done; }
  void await_suspend(std::coroutine_handle<> waiter) {
    operation_->waiter = waiter;
    if (timeout_ >= Duration(0)) timer_ = loop_.after(timeout_, [this] { expire(); });
  }
  void await_resume() const {}

 private:
  void expire() {
    timer_ = 0;
    operation_->timed_out = true;
    if (!abandon_) {
      operation_->cancel.emit(boost::asio::cancellation_type::terminal);
      return;
    }
    operation_->error = boost::asio::error::operation_aborted;
    std::exchange(operation_->waiter, {}).resume();
  }
  Loop& loop_;
  std::shared_ptr<Operation> operation_;
  Duration timeout_;
  bool abandon_;
  TimerId timer_ = 0;
};

/// What a failed operation means to its caller.
inline std::unexpected<Error> error_of(const Operation& operation,
                                       std::string_view doing) {
  namespace error = boost::asio::error;
  const auto& code = operation.error;
  if (code == error::operation_aborted && operation.timed_out)
    return fail(Errc::timeout, "{}: no answer in time", doing);
  if (code == error::operation_aborted || code == error::eof ||
      code == error::broken_pipe || code == error::connection_reset ||
      code == error::bad_descriptor || code == error::not_connected)
    return fail(Errc::closed, "{}: the connection is closed", doing);
  return fail(Errc::io, "{}: {}", doing, code.message());
}

}  // namespace tocsin::mesh
