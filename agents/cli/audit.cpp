// tocsin audit: the hash chain of decisions, its signatures and co-signatures.
#include "agents/cli/nouns.hpp"

namespace tocsin::agents::cli {

void add_audit(Commands& out) {
  out.push_back({.noun = "audit", .verb = "verify", .about = "check chain, signatures, co-signatures",
                 .example = "tocsin audit verify",
                 .run = relay});
}

}  // namespace tocsin::agents::cli
