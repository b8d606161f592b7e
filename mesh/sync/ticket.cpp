#include "mesh/sync/ticket.hpp"

namespace tocsin::mesh {

std::uint64_t TicketBook::open(std::shared_ptr<Ticket> ticket) {
  tickets_[next_] = std::move(ticket);
  return next_++;
}

Ticket* TicketBook::find(std::uint64_t tag) const {
  const auto at = tickets_.find(tag >> 32);
  return at == tickets_.end() ? nullptr : at->second.get();
}

void TicketBook::settle(std::uint64_t tag, const Published& place) {
  auto* ticket = find(tag);
  if (!ticket) return;
  ticket->places[std::uint32_t(tag)] = place;
  if (--ticket->open == 0) ticket->changed.set();
}

void TicketBook::fail(std::uint64_t tag, const Error& error) {
  auto* ticket = find(tag);
  if (!ticket) return;
  ticket->error = error;
  ticket->changed.set();
}

void TicketBook::fail_all(const Error& error) {
  for (const auto& [number, ticket] : tickets_) {
    ticket->error = error;
    ticket->changed.set();
  }
}

void TicketBook::wake_all() {
  for (const auto& [number, ticket] : tickets_) ticket->changed.set();
}

}  // namespace tocsin::mesh
