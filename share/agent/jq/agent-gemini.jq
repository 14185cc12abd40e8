# agent-gemini.jq - from and to the lines of
# "gemini -p ... --output-format stream-json"; qwen-code writes them as well.
#
#	jq -nc -L DIR 'include "agent-gemini"; include "agent"; from_gemini(inputs)' gemini.jsonl
#
# See agent-jq(7) for what has no counterpart on either side.

include "agent";

def from_gemini(s):
  def number($e): . as $in | .seq as $n | .out |= [range(length) as $i
    | .[$i] + {seq: ($n + $i), session_id: $in.id}
      + (if $e.timestamp then {ts: $e.timestamp} else {} end)
      + (if $in.turn > 0 then {turn: $in.turn} else {} end)]
    | .seq += (.out | length);
  # The pieces of an answer end where something else begins.
  def settle: if .said == "" and .asked == [] then . else
      .out += [{type: "message", id: "m\(.steps)", role: "assistant",
        content: (if .said == "" then null else .said end)}
        + (if .asked == [] then {} else {tool_calls: .asked} end)]
      | .text = (if .said == "" then .text else .said end)
      | .said = "" | .asked = [] end;
  foreach (s | select(type == "object")) as $e
    ({seq: 0, id: "gemini", turn: 0, steps: 0, said: "", asked: [],
      text: null, names: {}, out: []};
    _step(.out = []
    | if $e.type == "init" then
        .id = $e.session_id
        | .out = [{type: "session", schema: "agent-events/1",
            producer: "gemini", cwd: null, model: $e.model,
            parent_id: null}]
      elif $e.type == "message" and $e.role == "user" then
        settle | .turn += 1
        | .out += [{type: "turn.start"},
          {type: "message", id: "u\(.turn)", role: "user",
           content: $e.content}]
      elif $e.type == "message" then
        (if .said == "" then .steps += 1 else . end)
        | .said += $e.content
        | .out += [{type: "delta", message_id: "m\(.steps)", kind: "text",
            text: $e.content}]
      elif $e.type == "tool_use" then
        (if .said == "" and .asked == [] then .steps += 1 else . end)
        | .names[$e.tool_id] = $e
        | .asked += [{id: $e.tool_id, type: "function", function:
            {name: $e.tool_name, arguments: ($e.parameters | tojson)}}]
      elif $e.type == "tool_result" then
        settle
        | .names[$e.tool_id] as $c
        | ($e.output // $e.error.message // "") as $text
        | .out += [{type: "tool.call", call_id: $e.tool_id,
            tool: ($c.tool_name // ""), arguments: ($c.parameters // {}),
            kind: "other"},
          {type: "tool.result", call_id: $e.tool_id,
           is_error: ($e.status == "error"), status:
             (if $e.status == "error" then "failed" else "completed" end),
           duration_ms: 0, content: [{type: "text", text: $text}]},
          {type: "message", id: "\($e.tool_id)-result", role: "tool",
           tool_call_id: $e.tool_id, content: $text}]
      elif $e.type == "error" then
        .out = [if $e.severity == "warning" then
            {type: "notice", text: $e.message}
          else {type: "error", code: "protocol", message: $e.message,
            retryable: false} end]
      elif $e.type == "result" then
        settle
        | ($e.status == "error") as $bad
        | .out += [{type: "usage",
            input_tokens: ($e.stats.input_tokens // 0),
            output_tokens: ($e.stats.output_tokens // 0),
            cached_input_tokens: ($e.stats.cached // 0)},
          {type: "turn.end", stop_reason:
            (if $bad then "error" else "end_turn" end)},
          {type: "result", stop_reason:
             (if $bad then "error" else "end_turn" end),
           is_error: $bad, exit_code: (if $bad then 76 else 0 end),
           duration_ms: ($e.stats.duration_ms // 0), num_turns: .steps,
           usage: {input_tokens: ($e.stats.input_tokens // 0),
             output_tokens: ($e.stats.output_tokens // 0)}}
           + (if .text then {text} else {} end)]
      else . end)
    | number($e);
    .out[]);

def to_gemini(s):
  def at($e): if $e.ts then {timestamp: $e.ts} else {} end;
  foreach (s | select(type == "object")) as $e
    ({calls: 0, over: {}, out: []};
    _step(.out = []
    | if $e.type == "session" then
        .out = [{type: "init", session_id: $e.session_id, model: $e.model}]
      elif $e.type == "message" and $e.role == "user" then
        .out = [{type: "message", role: "user",
          content: ($e.content | _text)}]
      elif $e.type == "message" and $e.role == "assistant" then
        .out = [$e | text | {type: "message", role: "assistant",
          content: .}]
      elif $e.type == "tool.call" then
        .calls += 1
        | .out = [{type: "tool_use", tool_name: $e.tool,
            tool_id: $e.call_id, parameters: $e.arguments}]
      elif $e.type == "tool.result" then .over[$e.call_id] = $e
      elif $e.type == "message" and $e.role == "tool" and
        .over[$e.tool_call_id]
      then
        .over[$e.tool_call_id] as $r | ($e.content | _text) as $text
        | .out = [{type: "tool_result", tool_id: $e.tool_call_id}
          + (if $r.is_error then {status: "error",
               error: {type: $r.status, message: $text}}
             else {status: "success", output: $text} end)]
        | del(.over[$e.tool_call_id])
      elif $e.type == "notice" then
        .out = [{type: "error", severity: "warning", message: $e.text}]
      elif $e.type == "error" then
        .out = [{type: "error", severity: "error", message: $e.message}]
      elif $e.type == "result" then
        ($e.usage.input_tokens // 0) as $in
        | ($e.usage.output_tokens // 0) as $o
        | .out = [{type: "result", status:
            (if $e.is_error then "error" else "success" end),
          stats: {total_tokens: ($in + $o), input_tokens: $in,
            output_tokens: $o, cached: 0, input: $in,
            duration_ms: $e.duration_ms, tool_calls: .calls}}]
      else . end)
    | .out |= map(. + at($e));
    .out[]);
