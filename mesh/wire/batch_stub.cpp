#include "mesh/wire/batch_stub.hpp"

namespace tocsin::mesh {

Result<Batch> parse_stub(ByteView prefix) {
  if (prefix.size() != batch_prefix_bytes)
    return fail(Errc::invalid, "batch stub: {} bytes, {} belong", prefix.size(),
                batch_prefix_bytes);
  const auto header = parse_batch_header(prefix.first(batch_header_bytes));
  if (!header) return std::unexpected(header.error());
  if (header->payload_length == 0) return fail(Errc::invalid, "batch stub: it never had a payload");
  return Batch{*header, *SignatureBytes::from(prefix.subspan(batch_header_bytes)),
               Bytes(prefix.begin(), prefix.end()),
               crypto::blake2b(prefix.first(batch_header_bytes))};
}

Result<Batch> parse_kept(ByteView encoded) {
  if (encoded.size() == batch_prefix_bytes) return parse_stub(encoded);
  return parse_batch(Bytes(encoded.begin(), encoded.end()));
}

}  // namespace tocsin::mesh
