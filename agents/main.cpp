// Where everything meets: builds the World from the machine and hands it to the command.
#include "agents/cli/real_terminal.hpp"
#include "agents/cli/shell.hpp"
#include "mesh/world/real_world.hpp"

namespace {

using namespace tocsin;
using agents::cli::Document;

}  // namespace

int main(int count, char** words) {
  mesh::RealWorld machine;
  agents::cli::RealTerminal terminal;
  agents::cli::Shell shell{
      .world = machine.world(),
      .terminal = terminal,
      .complete = [&machine](mesh::Task<Result<Document>> task) {
        return machine.complete(std::move(task));
      },
      .hooks = {}};
  return agents::cli::run_line(shell, {words + 1, words + count});
}
