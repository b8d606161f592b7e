// Everything that reads bytes of others, each behind one entry point: for the fuzzer, and for the
// test that replays what it found.
#pragma once

#include <span>
#include <string_view>

#include "crypto/bytes.hpp"

namespace tocsin::fuzz {

/// Reads `input` and asserts what must hold of whatever was accepted. True when it was accepted.
struct Target {
  std::string_view name;
  bool (*run)(ByteView input);
};
std::span<const Target> targets();
const Target* find_target(std::string_view name);

bool batch(ByteView input);
/// First byte: 0 a file, 1 a header without its frame, 2 the plaintext of a segment.
bool bundle(ByteView input);
bool card(ByteView input);
/// First byte: 0 a file, else a body.
bool charter(ByteView input);
bool frame(ByteView input);
/// First byte: 0 message 1, 1 message 2, 2 the payload of a message 1 with a good MAC.
bool handshake(ByteView input);
/// First byte: 0 a frame of heads, 2 a change of heads, else sequences to add, one byte each.
bool heads(ByteView input);
/// First byte: 0 a record of any kind, 1 a playbook's text, 2 to 5 a body that a person signs.
bool joint(ByteView input);
bool record(ByteView input);

}  // namespace tocsin::fuzz
