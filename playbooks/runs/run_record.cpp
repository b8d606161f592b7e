#include "playbooks/runs/run_record.hpp"

namespace tocsin::playbooks {
namespace {

namespace tag {
// Kind playbook.
constexpr std::uint8_t name = 1, document = 2;
// Kind approval, and run_event with code order.
constexpr std::uint8_t body = 3, signature = 4;
// Kinds run_event and effect.
constexpr std::uint8_t code = 1, run = 2, index = 5, at = 6, step = 7, text = 8, cites = 9,
                       org = 10, analyst = 11, command = 12, target_text = 13, action_class = 14,
                       need = 15, deadline = 16, taken = 17, replayed = 18, output_name = 19,
                       output_value = 20, playbook = 21, incident = 22, started_by = 23,
                       variable_name = 24, variable_value = 25, executor_org = 26,
                       executor_agent = 27, standing = 28, effect = 29, effect_state = 30,
                       actuator = 31, target_type = 32, target_value = 33, until = 34,
                       indicator = 35, nonce = 36;
}  // namespace tag

constexpr std::size_t pairs_max = 256;

Result<mesh::FieldReader> fields_of(const mesh::RecordView& record, mesh::RecordKind kind) {
  if (record.header.kind != kind)
    return fail(Errc::invalid, "a record of kind {} where {} belongs",
                mesh::name_of(record.header.kind), mesh::name_of(kind));
  return mesh::FieldReader::make(record);
}

WallTime time_of(const mesh::FieldReader& fields, std::uint8_t tag) {
  return {std::int64_t(fields.number(tag))};
}

void write_pairs(mesh::FieldWriter& out, std::uint8_t first, std::uint8_t second,
                 const std::map<std::string, std::string>& pairs) {
  for (const auto& [name, value] : pairs) out.text(first, name);
  for (const auto& [name, value] : pairs) out.text(second, value);
}

Result<std::map<std::string, std::string>> read_pairs(const mesh::FieldReader& fields,
                                                      std::uint8_t first, std::uint8_t second) {
  const auto names = fields.all(first), values = fields.all(second);
  if (names.size() != values.size() || names.size() > pairs_max)
    return fail(Errc::invalid, "names and values do not pair");
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out.emplace(text_of(names[i]), text_of(values[i]));
  return out;
}

Result<SignedBody> read_signed(const mesh::FieldReader& fields) {
  const auto body = fields.bytes(tag::body);
  const auto signature = SignatureBytes::from(fields.bytes(tag::signature));
  if (body.empty() || body.size() > signed_body_bytes_max || !signature)
    return fail(Errc::invalid, "no signed body");
  return SignedBody{Bytes(body.begin(), body.end()), *signature};
}

void write_effect(mesh::FieldWriter& out, const RunEvent& event) {
  out.fixed(tag::effect, event.effect).number(tag::effect_state, event.effect_state);
  out.text(tag::actuator, event.actuator);
  out.number(tag::target_type, std::uint64_t(event.target.type));
  out.text(tag::target_value, event.target.value);
  out.number(tag::until, std::uint64_t(event.until.ms));
}

bool is_target_type(std::uint64_t value) {
  return value >= std::uint64_t(mesh::IndicatorType::ipv4) &&
         value <= std::uint64_t(mesh::IndicatorType::url);
}

}  // namespace

Bytes encode_playbook(const mesh::RecordHeader& header, const PlaybookRecord& playbook) {
  mesh::FieldWriter out(header);
  out.text(tag::name, playbook.name).text(tag::document, playbook.json);
  return std::move(out).take();
}

Result<PlaybookRecord> decode_playbook(const mesh::RecordView& record) {
  const auto fields = fields_of(record, mesh::RecordKind::playbook);
  if (!fields) return std::unexpected(fields.error());
  return PlaybookRecord{std::string(fields->text(tag::name)), fields->text(tag::document)};
}

Bytes encode_approval(const mesh::RecordHeader& header, const SignedBody& body) {
  mesh::FieldWriter out(header);
  out.bytes(tag::body, body.body).fixed(tag::signature, body.signature);
  return std::move(out).take();
}

Result<SignedBody> decode_approval(const mesh::RecordView& record) {
  const auto fields = fields_of(record, mesh::RecordKind::approval);
  if (!fields) return std::unexpected(fields.error());
  return read_signed(*fields);
}

Bytes encode_order(const mesh::RecordHeader& header, const RunId& run, const SignedBody& body) {
  mesh::FieldWriter out(header);
  out.number(tag::code, std::uint64_t(EventCode::order)).fixed(tag::run, run);
  out.bytes(tag::body, body.body).fixed(tag::signature, body.signature);
  return std::move(out).take();
}

Result<SignedBody> decode_order(const mesh::RecordView& record) {
  const auto fields = fields_of(record, mesh::RecordKind::run_event);
  if (!fields) return std::unexpected(fields.error());
  return read_signed(*fields);
}

Result<EventCode> code_of(const mesh::FieldReader& fields) {
  const auto code = fields.number(tag::code);
  if (code < std::uint64_t(EventCode::started) || code > std::uint64_t(EventCode::voided))
    return fail(Errc::invalid, "run event: code {} is not known", code);
  return EventCode(code);
}

EffectId effect_id(const RunId& run, std::string_view step, std::size_t index,
                   const BlockTarget& target) {
  ByteWriter out;
  out.fixed(run);
  out.text16(step);
  out.u32(std::uint32_t(index));
  out.text16(target.value);
  const auto digest = crypto::blake2b(out.bytes());
  EffectId id;
  std::copy_n(digest.data.begin(), EffectId::size, id.data.begin());
  return id;
}

RunId run_id_of(const RunStart& start) {
  ByteWriter out;
  out.blob32(bytes_of("tocsin run 1"));
  out.fixed(start.nonce);
  out.fixed(start.playbook);
  out.fixed(start.starter);
  out.fixed(start.standing);
  out.blob32(bytes_of(start.incident));
  out.u32(std::uint32_t(start.variables.size()));
  for (const auto& [name, value] : start.variables) {
    out.blob32(bytes_of(name));
    out.blob32(bytes_of(value));
  }
  for (const auto& [org, agent] : start.executors) {
    out.blob32(bytes_of(org));
    out.fixed(agent);
  }
  const auto digest = crypto::blake2b(out.bytes());
  RunId id;
  std::copy_n(digest.data.begin(), RunId::size, id.data.begin());
  return id;
}

Bytes encode_start(const mesh::RecordHeader& header, const RunStart& start) {
  std::map<std::string, std::string> executors;
  for (const auto& [org, agent] : start.executors) executors.emplace(org, text_of(agent.view()));
  mesh::FieldWriter out(header);
  out.number(tag::code, std::uint64_t(EventCode::started)).fixed(tag::run, start.run);
  out.number(tag::at, std::uint64_t(start.at.ms)).fixed(tag::playbook, start.playbook);
  out.text(tag::incident, start.incident).text(tag::started_by, start.started_by);
  write_pairs(out, tag::variable_name, tag::variable_value, start.variables);
  write_pairs(out, tag::executor_org, tag::executor_agent, executors);
  if (!start.standing.is_zero()) out.fixed(tag::standing, start.standing);
  out.fixed(tag::nonce, start.nonce);
  return std::move(out).take();
}

Result<RunStart> decode_start(const mesh::RecordView& record, const AgentId& author) {
  const auto fields = fields_of(record, mesh::RecordKind::run_event);
  if (!fields) return std::unexpected(fields.error());
  const auto variables = read_pairs(*fields, tag::variable_name, tag::variable_value);
  const auto executors = read_pairs(*fields, tag::executor_org, tag::executor_agent);
  if (!variables || !executors)
    return std::unexpected(variables ? executors.error() : variables.error());
  RunStart out;
  out.run = fields->fixed<RunId>(tag::run);
  out.playbook = fields->fixed<Digest>(tag::playbook);
  out.incident = fields->text(tag::incident);
  out.started_by = fields->text(tag::started_by);
  out.at = time_of(*fields, tag::at);
  out.starter = author;
  out.variables = *variables;
  for (const auto& [org, raw] : *executors) {
    const auto agent = AgentId::from(bytes_of(raw));
    if (!agent) return std::unexpected(agent.error());
    out.executors.emplace(org, *agent);
  }
  out.standing = fields->fixed<Digest>(tag::standing);
  out.nonce = fields->fixed<Digest>(tag::nonce);
  out.marking = record.header.marking;
  if (out.run != run_id_of(out))
    return fail(Errc::invalid, "run start: its id does not follow from its content");
  return out;
}

Bytes encode_event(const mesh::RecordHeader& header, const RunEvent& event) {
  mesh::FieldWriter out(header);
  out.number(tag::code, std::uint64_t(event.code)).fixed(tag::run, event.run);
  out.number(tag::index, event.index).number(tag::at, std::uint64_t(event.at.ms));
  if (!event.step.empty()) out.text(tag::step, event.step);
  if (!event.text.empty()) out.text(tag::text, event.text);
  if (!event.cites.is_zero()) out.fixed(tag::cites, event.cites);
  if (!event.org.empty()) out.text(tag::org, event.org);
  if (!event.analyst.empty()) out.text(tag::analyst, event.analyst);
  if (!event.command.is_zero()) out.fixed(tag::command, event.command);
  for (const auto& target : event.targets) out.text(tag::target_text, target);
  if (!event.action_class.empty()) out.text(tag::action_class, event.action_class);
  if (event.need != 0) out.number(tag::need, event.need);
  if (event.deadline.ms != 0) out.number(tag::deadline, std::uint64_t(event.deadline.ms));
  if (event.taken) out.number(tag::taken, 1);
  if (event.replayed) out.number(tag::replayed, 1);
  write_pairs(out, tag::output_name, tag::output_value, event.outputs);
  if (event.code == EventCode::effect) write_effect(out, event);
  if (!event.indicator.is_zero()) out.fixed(tag::indicator, event.indicator);
  return std::move(out).take();
}
Result<RunEvent> decode_event(const mesh::RecordView& record) {
  const bool is_effect = record.header.kind == mesh::RecordKind::effect;
  const auto fields = fields_of(
      record, is_effect ? mesh::RecordKind::effect : mesh::RecordKind::run_event);
  if (!fields) return std::unexpected(fields.error());
  const auto code = code_of(*fields);
  if (!code) return std::unexpected(code.error());
  const auto outputs = read_pairs(*fields, tag::output_name, tag::output_value);
  if (!outputs) return std::unexpected(outputs.error());
  RunEvent out;
  out.code = *code;
  out.run = fields->fixed<RunId>(tag::run);
  out.index = std::uint32_t(fields->number(tag::index));
  out.at = time_of(*fields, tag::at);
  out.step = fields->text(tag::step);
  out.text = fields->text(tag::text);
  out.cites = fields->fixed<Digest>(tag::cites);
  out.org = fields->text(tag::org);
  out.analyst = fields->text(tag::analyst);
  out.command = fields->fixed<Digest>(tag::command);
  for (const auto target : fields->all(tag::target_text)) out.targets.emplace_back(text_of(target));
  out.action_class = fields->text(tag::action_class);
  out.need = std::uint32_t(fields->number(tag::need));
  out.deadline = time_of(*fields, tag::deadline);
  out.taken = fields->number(tag::taken) != 0;
  out.replayed = fields->number(tag::replayed) != 0;
  out.outputs = *outputs;
  out.effect = fields->fixed<EffectId>(tag::effect);
  out.effect_state = std::uint8_t(fields->number(tag::effect_state));
  out.actuator = fields->text(tag::actuator);
  const auto type = fields->number(tag::target_type);
  out.target = {mesh::IndicatorType(type), std::string(fields->text(tag::target_value))};
  out.until = time_of(*fields, tag::until);
  out.indicator = fields->fixed<Digest>(tag::indicator);
  out.record = record.id();
  if (out.run.is_zero() || out.index == 0)
    return fail(Errc::invalid, "run event: no run id or index");
  if (is_effect != (out.code == EventCode::effect))
    return fail(Errc::invalid, "run event: its code does not fit its kind");
  if (is_effect && (!is_target_type(type) || out.effect_state < 1 || out.effect_state > 6))
    return fail(Errc::invalid, "effect: not of the documented form");
  return out;
}

std::optional<RunId> run_of(const mesh::RecordView& record) {
  if (record.header.kind == mesh::RecordKind::approval) {
    const auto held = decode_approval(record);
    const auto body = held ? decode_approval_body(held->body)
                           : Result<ApprovalBody>(std::unexpected(held.error()));
    return body ? std::optional(body->run) : std::nullopt;
  }
  if (record.header.kind != mesh::RecordKind::run_event &&
      record.header.kind != mesh::RecordKind::effect)
    return std::nullopt;
  const auto fields = mesh::FieldReader::make(record);
  return fields ? std::optional(fields->fixed<RunId>(tag::run)) : std::nullopt;
}

}  // namespace tocsin::playbooks
