# agent-claude.jq - from and to the lines of
# "claude -p --output-format stream-json".
#
#	jq -nc -L DIR 'include "agent-claude"; include "agent"; from_claude(inputs)' claude.jsonl
#
# See agent-jq(7) for what has no counterpart on either side.

include "agent";

def _claude_parts: if type == "string" then [{type: "text", text: .}]
  else . // [] end;

def from_claude(s):
  def number: . as $in | .seq as $n | .out |= [range(length) as $i
    | .[$i] + {seq: ($n + $i), session_id: $in.id}
      + (if $in.turn > 0 then {turn: $in.turn} else {} end)]
    | .seq += (.out | length);
  # A turn begins with what the user says, which is not always told.
  def turn: if .in_turn then . else
      .in_turn = true | .turn += 1 | .out += [{type: "turn.start"}] end;
  foreach (s | select(type == "object")) as $e
    ({seq: 0, id: "claude", turn: 0, in_turn: false, steps: 0, out: []};
    _step(.out = []
    | if $e.type == "system" and $e.subtype == "init" then
        .id = $e.session_id
        | .out = [{type: "session", schema: "agent-events/1",
            producer: "claude", cwd: ($e.cwd // null),
            model: ($e.model // null), parent_id: null}]
      elif $e.type == "assistant" then
        ($e.message.content | _claude_parts) as $p
        | [$p[] | select(.type == "tool_use")] as $calls
        | turn | .steps += 1
        | .out += [{type: "message", id: ($e.message.id // "m\(.seq)"),
            role: "assistant",
            content: ($p | _text | if . == "" then null else . end)}
            + ([$p[] | select(.type == "thinking") | .thinking] | join("")
              | if . == "" then {} else {reasoning_content: .} end)
            + (if $calls == [] then {} else {tool_calls: [$calls[] | {id,
                type: "function", function: {name,
                arguments: (.input | tojson)}}]} end)
            + (if $e.message.model then {model: $e.message.model}
               else {} end)]
        | .out += [$calls[] | {type: "tool.call", call_id: .id, tool: .name,
            arguments: .input, kind: "other"}]
        | if $e.message.usage then .out += [{type: "usage",
            input_tokens: (($e.message.usage.input_tokens // 0)
              + ($e.message.usage.cache_read_input_tokens // 0)
              + ($e.message.usage.cache_creation_input_tokens // 0)),
            output_tokens: ($e.message.usage.output_tokens // 0),
            cached_input_tokens:
              ($e.message.usage.cache_read_input_tokens // 0)}]
          else . end
      elif $e.type == "user" then
        ($e.message.content | _claude_parts) as $p
        | [$p[] | select(.type == "tool_result")] as $results
        | turn
        | .out += (if $results == [] then [{type: "message",
              id: "u\(.seq)", role: "user", content: ($p | _text)}]
            else [$results[] | (.content | _claude_parts) as $c
              | {type: "tool.result", call_id: .tool_use_id,
                 is_error: (.is_error // false), status:
                   (if .is_error then "failed" else "completed" end),
                 duration_ms: 0, content: $c},
                {type: "message", id: "\(.tool_use_id)-result",
                 role: "tool", tool_call_id: .tool_use_id,
                 content: ($c | _text)}] end)
      elif $e.type == "result" then
        (if $e.is_error or ($e.subtype // "success") != "success" then
           if $e.subtype == "error_max_turns" then ["max_turns", 3]
           else ["error", 76] end
         else ["end_turn", 0] end) as $r
        | (if .in_turn then
            .out += [{type: "turn.end", stop_reason: $r[0]}] else . end)
        | .in_turn = false
        | .out += [{type: "result", stop_reason: $r[0],
            is_error: ($r[1] != 0), exit_code: $r[1],
            duration_ms: ($e.duration_ms // 0),
            num_turns: ($e.num_turns // .steps),
            usage: {input_tokens: (($e.usage.input_tokens // 0)
                + ($e.usage.cache_read_input_tokens // 0)
                + ($e.usage.cache_creation_input_tokens // 0)),
              output_tokens: ($e.usage.output_tokens // 0)}}
            + (if ($e.result | type) == "string" then {text: $e.result}
               else {} end)]
      else . end)
    | number;
    .out[]);

def to_claude(s):
  foreach (s | select(type == "object")) as $e
    ({id: null, model: null, results: {}, cost: null, out: []};
    _step(.out = []
    | if $e.type == "session" then
        .id = $e.session_id | .model = $e.model
        | .out = [{type: "system", subtype: "init", cwd: $e.cwd,
            session_id: $e.session_id, model: $e.model, tools: []}]
      elif $e.type == "message" and $e.role == "assistant" then
        .out = [{type: "assistant", message: {id: $e.id, type: "message",
            role: "assistant", model: ($e.model // .model), content:
              ([($e | reasoning | {type: "thinking", thinking: .}),
                ($e | text | {type: "text", text: .}),
                ($e | calls | {type: "tool_use", id, name,
                  input: .arguments})])},
          parent_tool_use_id: null, session_id: .id}]
      elif $e.type == "message" and $e.role == "user" then
        .out = [{type: "user", message: {role: "user", content:
            [{type: "text", text: ($e.content | _text)}]},
          parent_tool_use_id: null, session_id: .id}]
      elif $e.type == "tool.result" then .results[$e.call_id] = $e.is_error
      elif $e.type == "message" and $e.role == "tool" then
        .out = [{type: "user", message: {role: "user", content:
            [{type: "tool_result", tool_use_id: $e.tool_call_id,
              content: ($e.content | _text),
              is_error: (.results[$e.tool_call_id] // false)}]},
          parent_tool_use_id: null, session_id: .id}]
      elif $e.type == "usage" and $e.cost_usd then .cost += $e.cost_usd
      elif $e.type == "result" then
        .out = [{type: "result", subtype:
            (if $e.stop_reason == "max_turns" then "error_max_turns"
             elif $e.is_error then "error_during_execution"
             else "success" end),
          is_error: $e.is_error, duration_ms: $e.duration_ms,
          num_turns: $e.num_turns, result: ($e.text // ""),
          session_id: .id, total_cost_usd: (.cost // 0),
          usage: {input_tokens: ($e.usage.input_tokens // 0),
            output_tokens: ($e.usage.output_tokens // 0)}}]
      else . end);
    .out[]);
