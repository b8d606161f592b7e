// The door for libFuzzer. FUZZ_TARGET names what is fuzzed: `./dev fuzz NAME SECONDS` sets it.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.hpp"

namespace {
const tocsin::fuzz::Target* target = nullptr;
}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("FUZZ_TARGET");
  target = name ? tocsin::fuzz::find_target(name) : nullptr;
  if (target) return 0;
  std::fputs("FUZZ_TARGET must be one of", stderr);
  for (const auto& known : tocsin::fuzz::targets())
    std::fprintf(stderr, " %.*s", int(known.name.size()), known.name.data());
  std::fputs("\n", stderr);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)target->run({data, size});
  return 0;
}
