# agent-codex.jq - from and to the lines of "codex exec --json".
#
#	jq -nc -L DIR 'include "agent-codex"; include "agent"; from_codex(inputs)' codex.jsonl
#
# See agent-jq(7) for what has no counterpart on either side.

include "agent";

# An item that is a call: its tool and its arguments.
def _codex_call:
  if .type == "command_execution" then
    {tool: "shell", kind: "execute", arguments: {command}}
  elif .type == "mcp_tool_call" then
    {tool: (if .server == "agent" then .tool
       else "\(.server)__\(.tool)" end), kind: "other",
     arguments: (.arguments // {})}
  elif .type == "web_search" then
    {tool: "web_search", kind: "search", arguments: {query}}
  elif .type == "file_change" then
    {tool: "edit_file", kind: "edit", arguments: {changes}}
  else empty end;

def _codex_output:
  if .type == "command_execution" then .aggregated_output // ""
  elif .type == "mcp_tool_call" then
    .error.message // (.result.content // [] | _text)
  else "" end;

def from_codex(s):
  def number: . as $in | .seq as $n | .out |= [range(length) as $i
    | .[$i] + {seq: ($n + $i), session_id: $in.id}
      + (if $in.turn > 0 then {turn: $in.turn} else {} end)]
    | .seq += (.out | length);
  def call($item):
    ($item | _codex_call) as $c
    | if .seen[$item.id] then . else
        .seen[$item.id] = true
        | .out += [{type: "message", id: "\($item.id)-call",
            role: "assistant", content: null,
            tool_calls: [{id: $item.id, type: "function", function:
              {name: $c.tool, arguments: ($c.arguments | tojson)}}]},
          {type: "tool.call", call_id: $item.id} + $c]
      end;
  def over($item):
    ($item | _codex_output) as $text
    | ($item.status == "failed" or $item.status == "declined") as $bad
    | .out += [{type: "tool.result", call_id: $item.id, is_error: $bad,
        status: ({failed: "failed", declined: "denied"}[$item.status] //
          "completed"), duration_ms: 0,
        content: [{type: "text", text: $text}]}
        + (if $item.exit_code != null then {exit_code: $item.exit_code}
           else {} end),
      {type: "message", id: "\($item.id)-result", role: "tool",
       tool_call_id: $item.id, content: $text}];
  def finish($reason; $status):
    .out += [{type: "turn.end", stop_reason: $reason},
      {type: "result", stop_reason: $reason, is_error: ($status != 0),
       exit_code: $status, duration_ms: 0, num_turns: .turn,
       usage: (.usage | {input_tokens, output_tokens})}
      + (if .text then {text} else {} end)];
  foreach (s | select(type == "object")) as $e
    ({seq: 0, id: "codex", turn: 0, seen: {}, text: null,
      usage: {input_tokens: 0, output_tokens: 0}, out: []};
    _step(.out = [] | $e.item as $i
    | if $e.type == "thread.started" then
        .id = $e.thread_id
        | .out = [{type: "session", schema: "agent-events/1",
            producer: "codex", cwd: null, model: null, parent_id: null}]
      elif $e.type == "turn.started" then
        .turn += 1 | .out = [{type: "turn.start"}]
      elif $e.type == "turn.completed" then
        .usage.input_tokens += ($e.usage.input_tokens // 0)
        | .usage.output_tokens += ($e.usage.output_tokens // 0)
        | .out = [{type: "usage", input_tokens: $e.usage.input_tokens,
            output_tokens: $e.usage.output_tokens,
            cached_input_tokens: ($e.usage.cached_input_tokens // 0)}]
        | finish("end_turn"; 0)
      elif $e.type == "turn.failed" then
        .out = [{type: "error", code: "protocol",
          message: $e.error.message, retryable: false}] | finish("error"; 76)
      elif $e.type == "error" then
        .out = [{type: "notice", text: $e.message}]
      elif $e.type == "item.started" and ([$i | _codex_call] != []) then
        call($i)
      elif $e.type == "item.completed" then
        if $i.type == "agent_message" then
          .text = $i.text
          | .out = [{type: "message", id: $i.id, role: "assistant",
              content: $i.text}]
        elif $i.type == "reasoning" then
          .out = [{type: "delta", message_id: $i.id, kind: "reasoning",
            text: $i.text}]
        elif $i.type == "todo_list" then
          .out = [{type: "plan", entries: [$i.items[] | {content: .text,
            priority: "medium", status:
              (if .completed then "completed" else "pending" end)}]}]
        elif $i.type == "error" then
          .out = [{type: "notice", text: $i.message}]
        elif [$i | _codex_call] != [] then call($i) | over($i)
        else . end
      else . end)
    | number;
    .out[]);

def to_codex(s):
  def usage: {input_tokens, cached_input_tokens: (.cached_input_tokens // 0),
    output_tokens};
  def item($c):
    if $c.tool == "shell" then
      {type: "command_execution", command: ($c.arguments.command // "")}
    else {type: "mcp_tool_call", server: "agent", tool: $c.tool,
      arguments: $c.arguments} end;
  foreach (s | select(type == "object")) as $e
    ({open: {}, over: {}, usage: null, out: []};
    _step(.out = []
    | if $e.type == "session" then
        .out = [{type: "thread.started", thread_id: $e.session_id}]
      elif $e.type == "turn.start" then
        .usage = {input_tokens: 0, output_tokens: 0, cached_input_tokens: 0}
        | .out = [{type: "turn.started"}]
      elif $e.type == "message" and $e.role == "assistant" then
        .out = [($e | reasoning | {type: "item.completed",
            item: {id: "\($e.id)-reasoning", type: "reasoning", text: .}}),
          ($e | text | {type: "item.completed",
            item: {id: $e.id, type: "agent_message", text: .}})]
      elif $e.type == "tool.call" then
        .open[$e.call_id] = $e
        | .out = [{type: "item.started", item: ({id: $e.call_id} + item($e)
            + {status: "in_progress"})}]
      elif $e.type == "tool.result" then .over[$e.call_id] = $e
      elif $e.type == "message" and $e.role == "tool" and
        .over[$e.tool_call_id] and .open[$e.tool_call_id]
      then
        $e.tool_call_id as $id | .open[$id] as $c | .over[$id] as $r
        | ($e.content | _text) as $text
        | .out = [{type: "item.completed", item: ({id: $id} + item($c)
            + (if $c.tool == "shell" then {aggregated_output: $text,
                 exit_code: ($r.exit_code // null)}
               elif $r.is_error then {error: {message: $text}}
               else {result: {content: [{type: "text", text: $text}]}} end)
            + {status: (if $r.status == "denied" then "declined"
               elif $r.is_error then "failed" else "completed" end)})}]
        | del(.open[$id], .over[$id])
      elif $e.type == "plan" then
        .out = [{type: "item.completed", item: {id: "plan",
          type: "todo_list", items: [$e.entries[] | {text: .content,
            completed: (.status == "completed")}]}}]
      elif $e.type == "usage" then
        .usage.input_tokens += $e.input_tokens
        | .usage.output_tokens += $e.output_tokens
        | .usage.cached_input_tokens += ($e.cached_input_tokens // 0)
      elif $e.type == "error" then .error = $e.message
      elif $e.type == "turn.end" then
        .out = [if $e.stop_reason == "error" then {type: "turn.failed",
            error: {message: (.error // "failed")}}
          else {type: "turn.completed", usage: (.usage | usage)} end]
      else . end);
    .out[]);
