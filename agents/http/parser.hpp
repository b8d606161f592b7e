// Turns bytes into requests, one after another; hides Beast's parser, which is slow to compile.
#pragma once

#include <expected>
#include <memory>

#include "agents/http/message.hpp"

namespace tocsin::agents {

/// Why a request is refused before any handler sees it.
struct HttpFault {
  int status = 400;
  std::string reason;
};

class HttpParser {
 public:
  HttpParser(std::size_t header_max, std::size_t body_max);
  ~HttpParser();
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;

  /// Takes bytes from the front of `input` and gives how many; what is left belongs to the
  /// next call, with more behind it. Once done(), it takes none. Faults: 400, 413, 431, 505.
  std::expected<std::size_t, HttpFault> feed(ByteView input);

  bool begun() const;      ///< some bytes of a request were taken or looked at
  bool head_done() const;
  bool done() const;
  /// The client waits for "100 Continue" before it sends its body.
  bool expects_continue() const;
  std::size_t body_bytes() const;  ///< so far

  /// The complete request; the parser is then ready for the next one. Faults: 400 (target).
  std::expected<HttpRequest, HttpFault> take();

 private:
  struct State;
  void reset();
  std::size_t header_max_, body_max_;
  bool begun_ = false;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::agents
