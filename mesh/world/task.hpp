// The coroutine type of every shell. It shows nothing of Asio, so the same code runs on real
// sockets and in the simulator.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "crypto/result.hpp"

namespace tocsin::mesh {

/// A lazily started coroutine that gives one T. Awaited once, by one awaiter; destroying it
/// destroys the frame. Lifetime: parameters are values, or references that the owner outlives.
/// An exception that escapes is a bug and ends the process.
template <typename T = void>
class Task;

namespace detail_task {

// Symmetric transfer would need tail calls, which an unoptimised build does not make: a loop over
// tasks that end at once would then use up the stack. So a task that ends while it is being
// started only says so, and its awaiter never suspends.
struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  bool starting = false, finished = false;

  struct Final {
    bool await_ready() noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      PromiseBase& promise = self.promise();
      promise.finished = true;
      const auto next = promise.continuation;
      if (!promise.starting) next.resume();
    }
    void await_resume() noexcept {}
  };
  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  [[noreturn]] void unhandled_exception() noexcept {
    panic("exception escaped a coroutine", __FILE__, __LINE__);
  }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <typename U>
  void return_value(U&& from) { value.emplace(std::forward<U>(from)); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
};

}  // namespace detail_task

template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail_task::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiter) {
    detail_task::PromiseBase& promise = handle_.promise();
    promise.continuation = awaiter;
    promise.starting = true;
    handle_.resume();
    if (promise.finished) return false;
    promise.starting = false;
    return true;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) return std::move(*handle_.promise().value);
  }

 private:
  Handle handle_;
};

template <typename T>
Task<T> detail_task::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> detail_task::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace tocsin::mesh
