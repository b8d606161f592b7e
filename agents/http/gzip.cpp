#include "agents/http/gzip.hpp"

#include <zlib.h>

namespace tocsin::agents {

namespace {

constexpr std::size_t step_bytes = 64 * 1024;
constexpr int either_header = 15 + 32;  // zlib's way to say: gzip or zlib, the largest window

/// zlib's state, ended whichever way we leave.
struct Inflater {
  z_stream z{};
  ~Inflater() { inflateEnd(&z); }
};

}  // namespace

Result<Bytes> unpack_gzip(ByteView packed, std::size_t bytes_max) {
  Inflater inflater;
  auto& z = inflater.z;
  if (inflateInit2(&z, either_header) != Z_OK) return fail(Errc::full, "no memory to unpack");
  z.next_in = const_cast<Bytef*>(packed.data());
  z.avail_in = uInt(packed.size());

  Bytes out;
  for (;;) {
    const auto begin = out.size();
    out.resize(begin + step_bytes);
    z.next_out = out.data() + begin;
    z.avail_out = uInt(step_bytes);
    const int state = ::inflate(&z, Z_NO_FLUSH);
    out.resize(begin + step_bytes - z.avail_out);
    if (out.size() > bytes_max)
      return fail(Errc::too_large, "unpacks to more than {} bytes", bytes_max);
    if (state == Z_STREAM_END) {
      if (z.avail_in == 0) return out;
      if (inflateReset(&z) != Z_OK) return fail(Errc::invalid, "bytes after the gzip stream");
      continue;
    }
    if (state != Z_OK) {
      const bool truncated = state == Z_BUF_ERROR && z.avail_in == 0;
      return fail(Errc::invalid, "gzip: {}", truncated   ? "the stream is truncated"
                                             : z.msg != nullptr ? z.msg
                                                                : "damaged");
    }
  }
}

}  // namespace tocsin::agents
