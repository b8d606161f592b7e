// Where everything meets: builds the World from the machine and hands it to the command.
#include <cstdio>

#include <fmt/core.h>

int main() {
  fmt::print("tocsin {}\n", TOCSIN_VERSION);
  return 2;
}
