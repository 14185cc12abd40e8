# agent-otlp.jq - sessions as traces of OpenTelemetry; see agent-jq(7).
#
#	jq -nc -L DIR 'include "agent-otlp"; include "agent"; to_otlp(inputs)' session.jsonl
#
# One line of OTLP's JSON encoding for a session, for an OTLP collector's
# file receiver or its /v1/traces.  Names are those of the conventions for
# generative AI, which are still in development; all of them are here.
# Texts of people and models are left out; to_otlp(s; true) has them.

include "agent";

# Nanoseconds since 1970, as a string: no double holds them.
def _nanos:
  (.[0:19] + "Z" | fromdateiso8601 | tostring) +
  (.[20:23] + "000" | .[0:3]) + "000000";

def _hex($digits):
  def digit: "0123456789abcdef"[. : . + 1];
  . as $n | reduce range($digits) as $i ({n: $n, s: ""};
    {s: ((.n % 16 | digit) + .s), n: (.n / 16 | floor)}) | .s;

# A trace is a session: its id is what is hexadecimal of the session's.
def _trace:
  ascii_downcase | gsub("[^0-9a-f]"; "") | "0" * 32 + . | .[-32:];

def _attribute($key):
  if . == null then empty
  else {key: $key, value: (
    if type == "number" then {intValue: (floor | tostring)}
    elif type == "boolean" then {boolValue: .}
    elif type == "array" then
      {arrayValue: {values: map({stringValue: tostring})}}
    else {stringValue: tostring} end)}
  end;

def _attributes: to_entries | map(.key as $k | .value | _attribute($k));

def _span($e; $parent; $name; $from; $attributes; $failed):
  {traceId: ($e.session_id | _trace),
   spanId: ($e.seq + 1 | _hex(16)),
   name: $name, kind: 1,
   startTimeUnixNano: ($from | _nanos), endTimeUnixNano: ($e.ts | _nanos),
   attributes: ($attributes | _attributes),
   status: (if $failed then {code: 2, message: $failed} else {} end)}
  + (if $parent then {parentSpanId: ($parent + 1 | _hex(16))} else {} end);

def to_otlp(s; $content):
  reduce (s | select(type == "object" and .ts and .seq != null)) as $e
    ({spans: [], open: {}, turn: null, asked: null, model: null,
      usage: null};
    _step(if $e.type == "session" then .model = $e.model
    elif $e.type == "turn.start" then
      .turn = $e | .asked = $e.ts | .children = []
    elif $e.type == "usage" then
      # It follows the message that it belongs to.
      if .chat != null then
        .chat as $i | .spans[$i].attributes += ({
          "gen_ai.usage.input_tokens": $e.input_tokens,
          "gen_ai.usage.output_tokens": $e.output_tokens,
          "gen_ai.usage.cache_read.input_tokens": $e.cached_input_tokens}
          | _attributes) | .chat = null
      else . end
    elif $e.type == "message" and $e.role == "assistant" and .asked then
      .chat = (.spans | length)
      | .spans += [_span($e; null; "chat \($e.model // .model // "")";
          .asked; {"gen_ai.operation.name": "chat",
            "gen_ai.conversation.id": $e.session_id,
            "gen_ai.request.model": .model,
            "gen_ai.response.model": $e.model,
            "gen_ai.response.finish_reasons":
              (if $e.finish_reason then [$e.finish_reason] else null end),
            "gen_ai.output.messages":
              (if $content then $e | to_chat | tojson else null end)}; null)]
      | .children += [.spans | length - 1] | .asked = null
    elif $e.type == "message" and $e.role == "tool" then .asked = $e.ts
    elif $e.type == "tool.call" then .open[$e.call_id] = $e
    elif $e.type == "tool.result" and .open[$e.call_id] then
      .open[$e.call_id] as $c
      | .spans += [_span($e; null; "execute_tool \($c.tool)"; $c.ts;
          {"gen_ai.operation.name": "execute_tool",
           "gen_ai.tool.name": $c.tool, "gen_ai.tool.call.id": $e.call_id,
           "gen_ai.tool.call.arguments":
             (if $content then $c.arguments | tojson else null end),
           "error.type": (if $e.is_error then $e.status else null end)};
          (if $e.is_error then $e.status else null end))]
      | .children += [.spans | length - 1]
      | del(.open[$e.call_id])
    elif $e.type == "turn.end" and .turn then
      .spans += [_span($e; null; "invoke_agent agent-chat"; .turn.ts;
        {"gen_ai.operation.name": "invoke_agent",
         "gen_ai.agent.name": "agent-chat",
         "gen_ai.conversation.id": $e.session_id};
        (if $e.stop_reason == "error" then "error" else null end))]
      # Now that the turn has its number, what happened in it gets it.
      | ($e.seq + 1 | _hex(16)) as $id
      | reduce .children[] as $i (.; .spans[$i].parentSpanId = $id)
      | .turn = null | .asked = null | .children = []
    else . end))
  | {resourceSpans: [{
      resource: {attributes: ({"service.name": "agent"} | _attributes)},
      scopeSpans: [{scope: {name: "agent-events/1"}, spans}]}]};

def to_otlp(s): to_otlp(s; false);
