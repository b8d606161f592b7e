#include "agents/agent/event_intake.hpp"

namespace tocsin::agents {
namespace {

playbooks::EventFormat format_of(EventFormat format) {
  switch (format) {
    case EventFormat::auto_: return playbooks::EventFormat::auto_;
    case EventFormat::json: return playbooks::EventFormat::json;
    case EventFormat::syslog:
    case EventFormat::cef: return playbooks::EventFormat::syslog;
  }
  panic("unnamed event format", __FILE__, __LINE__);
}

/// The host that an event is about and the kind of its source, as far as it says.
struct About {
  std::string_view host, source;
};
About about(std::span<const playbooks::EventField> fields, std::string_view given) {
  About out{given, {}};
  for (const auto& field : fields) {
    if (field.name == "host.name" || field.name == "host.hostname" || field.name == "hostname")
      out.host = field.value;
    else if (field.name == "event.dataset" || field.name == "event.module")
      out.source = field.value;
  }
  return out;
}

Bytes position_key(std::string_view path) {
  ByteWriter key;
  key.raw(bytes_of("file/"));
  key.fixed(crypto::blake2b(bytes_of(path)));
  return std::move(key).take();
}

}  // namespace

EventIntake::EventIntake(Services& services)
    : services_(services), matcher_(services.indicators.index()) {}

EventIntake::~EventIntake() {
  if (scheduled_) services_.world.loop.cancel(timer_);
}

mesh::Task<Result<std::vector<Rejection>>> EventIntake::take(std::span<const RawEvent> events) {
  std::vector<Rejection> rejected;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto fields = parser_.parse(text_of(events[i].bytes), format_of(events[i].format));
    if (!fields) {
      rejected.push_back({i, fields.error().message});
      continue;
    }
    const auto hits = matcher_.match(*fields, services_.indicators.confirm());
    if (hits.empty()) continue;
    const auto what = about(*fields, events[i].host);
    for (const auto& each : hits) hit(each, what.host, what.source);
  }
  schedule();
  co_return rejected;
}

const EventIntake::Known* EventIntake::known(std::uint32_t ordinal) {
  if (const auto found = known_.find(ordinal); found != known_.end()) return &found->second;
  const auto record = services_.node->at(ordinal);
  if (!record || !*record) return nullptr;
  const auto view = mesh::view_record((*record)->record);
  if (!view) return nullptr;
  const auto body = mesh::view_indicator(*view);
  if (!body) return nullptr;
  if (known_.size() >= known_max) known_.clear();
  Known out{.id = view->id(),
            .type = body->type,
            .value_key = playbooks::value_key(body->type, body->value),
            .marking = view->header.marking,
            .audience = (*record)->audience,
            .technique = playbooks::technique_of(body->labels),
            .value = std::string(body->value)};
  return &known_.emplace(ordinal, std::move(out)).first->second;
}

void EventIntake::hit(const playbooks::Hit& hit, std::string_view host,
                      std::string_view source) {
  const Known* what = known(hit.ordinal);
  if (!what) return;
  services_.indicators.note_host(what->id, host, services_.now());
  auto draft = services_.sightings.hit({.ordinal = hit.ordinal,
                                        .indicator = what->id,
                                        .type = what->type,
                                        .value_key = what->value_key,
                                        .at = services_.now(),
                                        .technique = what->technique,
                                        .source = std::string(source)},
                                       services_.world.clock.now());
  if (draft) publish(std::move(*draft), draft->urgent);
}

void EventIntake::publish(playbooks::SightingDraft draft, bool urgent) {
  const Known* what = known(draft.ordinal);
  if (!what) return;
  std::vector<mesh::Draft> drafts;
  drafts.push_back(
      {mesh::RecordKind::sighting, what->marking, what->audience,
       urgent ? mesh::LogClass::urgent : mesh::LogClass::case_,
       playbooks::encode_sighting(
           services_.header(mesh::RecordKind::sighting, what->marking), draft.sighting)});
  services_.share(std::move(drafts));
}

void EventIntake::schedule() {
  const auto due = services_.sightings.next_due();
  if (!due || (scheduled_ && *scheduled_ <= *due)) return;
  // A window may end before what the timer was set for, which is long after a first hit.
  if (scheduled_) services_.world.loop.cancel(timer_);
  scheduled_ = *due;
  const auto wait = std::max<Duration>(*due - services_.world.clock.now(), Duration(0));
  timer_ = services_.world.loop.after(wait, [this] {
    scheduled_.reset();
    for (auto& draft : services_.sightings.due(services_.world.clock.now()))
      publish(std::move(draft), false);
    schedule();
  });
}

std::optional<FilePosition> StoredPositions::load(std::string_view path) {
  const auto fact = store_.get(position_key(path));
  if (!fact || !*fact) return std::nullopt;
  ByteReader reader(**fact);
  FilePosition out;
  out.offset = reader.u64();
  out.head_bytes = reader.u32();
  out.head = reader.fixed<Digest>();
  if (!reader.done()) return std::nullopt;
  return out;
}

void StoredPositions::save(std::string_view path, const FilePosition& position) {
  ByteWriter value;
  value.u64(position.offset);
  value.u32(position.head_bytes);
  value.fixed(position.head);
  // A position that is lost costs events that are read twice, never an event.
  store_.put(position_key(path), std::move(value).take(), [](Result<void>) {});
}

}  // namespace tocsin::agents
