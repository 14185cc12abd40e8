# agent.jq - what scripts ask of talks and of events; see agent-jq(7).
#
#	jq -L DIR 'include "agent"; text' session.jsonl
#	jq -n -L DIR 'include "agent"; usage(inputs)' session.jsonl
#
# Functions without an argument take one line, and give nothing for a line
# that is not for them.  Functions of (s) take a stream of lines, most often
# inputs, and keep no more of it than they must.  Written for jq 1.6.

# ---- one line ----

# An object that is a message, as a line of its own or as an event.
def message:
  select(type == "object" and has("role") and
    (has("type") | not) or .type? == "message");

# The text of a content: a string, or the text parts of an array.
def _text:
  if type == "string" then .
  elif type == "array" then
    map(select(type == "object" and (.type == "text" or .type == null))
      | .text | strings) | join("")
  else "" end;

# One step of a stream, where out is what a line gives: a line that cannot be
# what it says gives nothing, and what follows it counts.  The array keeps jq
# 1.6 from catching what fails behind this.
def _step(f): [try f catch empty] as $new
  | if $new == [] then .out = [] else $new[0] end;

# What the model answered, and what a result repeats of it: a string.
def text:
  (message | select(.role == "assistant") | .content | _text | select(. != "")),
  (select(type == "object" and .type? == "result") | .text | strings);

# What it thought.
def reasoning:
  message | select(.role == "assistant")
  | (.reasoning_content // .reasoning // empty) | strings | select(. != "");

# Arguments as an object; what is no JSON as {"_raw": TEXT}.
def _arguments:
  if type == "string" and . != "" then
    . as $s | try fromjson catch {_raw: $s}
  elif . == "" then {}
  else . // {} end;

# The calls of a message, each as {id, name, arguments}.
def calls:
  message | select(.role == "assistant") | .tool_calls | arrays[] | objects
  | .id as $id | .function | objects
  | {id: $id, name, arguments: (.arguments | _arguments)};

# A result of a tool, as {id, is_error, text}.  Of a talk, where it is not
# told, is_error is null.
def results:
  (message | select(.role == "tool")
    | {id: .tool_call_id, is_error: (.agent | if type == "object" then
         .is_error else null end),
       text: (.content | _text)}),
  (select(type == "object" and .type? == "tool.result")
    | {id: .call_id, is_error, text: (.content // [] | _text)});

# What failed, as {code, message}.
def errors:
  select(type == "object")
  | if .type == "error" then {code, message}
    elif .type == "tool.result" and .is_error then
      {code: "tool", message: (.content // [] | _text)}
    elif .type == "result" and .is_error then
      {code: .stop_reason, message: "exit status \(.exit_code)"}
    else empty end;

# A message as every server takes it: without what an event adds.
def to_chat:
  message
  | del(.type, .ts, .seq, .session_id, .turn, .id, .parent_id, .model,
      .finish_reason, .agent);

# ---- a stream of lines ----

# Tokens and requests, added up.
def usage(s):
  def n: if type == "number" then . else 0 end;
  reduce (s | select(type == "object" and .type? == "usage")) as $u
    ({requests: 0, input_tokens: 0, output_tokens: 0,
      cached_input_tokens: 0, reasoning_tokens: 0};
    .requests += 1
    | .input_tokens += ($u.input_tokens | n)
    | .output_tokens += ($u.output_tokens | n)
    | .cached_input_tokens += ($u.cached_input_tokens | n)
    | .reasoning_tokens += ($u.reasoning_tokens | n));

# What it cost in dollars where that is told; null where nothing is.
def cost(s):
  reduce (s | select(type == "object" and .type? == "usage")
      | .cost_usd | numbers) as $c (null; . + $c);

# The same by prices of one's own: dollars for a million tokens, as
# {input, output, cached}.
def cost(s; prices):
  prices as $p | usage(s)
  | ((.input_tokens - .cached_input_tokens) * $p.input +
     .cached_input_tokens * ($p.cached // $p.input) +
     .output_tokens * $p.output) / 1000000;

# The events of the last turn, and what comes behind it.
def last_turn(s):
  reduce (s | select(type == "object")) as $e
    ([]; if $e.type == "turn.start" then [$e] else . + [$e] end)
  | .[] | select(.type != "session");

# The messages that pieces tell, one for each message_id, in order.  Where
# the message itself came as well, it counts.
def fold_deltas(s):
  def piece($e):
    if $e.kind == "text" then .content = (.content // "") + $e.text
    elif $e.kind == "reasoning" then
      .reasoning_content = (.reasoning_content // "") + $e.text
    elif $e.kind == "recast" then del(.reasoning_content) | .content = null
    elif $e.kind == "tool_args" then
      ($e.index | if type == "number" then . else 0 end) as $i
      | .calls[$i | tostring] = (.calls[$i | tostring] // "") + $e.text
    else . end;
  reduce (s | select(type == "object")) as $e
    ({order: [], by: {}};
    if $e.type == "delta" and ([$e.message_id, $e.text] |
        map(strings) | length) == 2 then
      (if .by[$e.message_id] then . else .order += [$e.message_id] end)
      | .by[$e.message_id] = ((.by[$e.message_id] //
          {id: $e.message_id, role: "assistant", content: null}) | piece($e))
    elif $e.type == "message" and ($e.id | type) == "string" and
        .by[$e.id] then
      .by[$e.id] = ($e | to_chat | . + {id: $e.id})
    else . end)
  | .by as $by | .order[] | $by[.]
  | if .calls then
      .partial_arguments = [.calls | to_entries | sort_by(.key | tonumber)[]
        | .value] | del(.calls)
    else . end;

# A line of OpenAI's Batch API that asks for the next message of a talk.
def to_batch(s; $id):
  reduce (s | select(type == "object")) as $e
    ({model: null, messages: [], tools: null};
    if $e.type == "session" and $e.model then .model = $e.model
    elif $e.type == "tools" then .tools = $e.tools
    else .messages += [$e | to_chat] end)
  | {custom_id: $id, method: "POST", url: "/v1/chat/completions",
     body: (with_entries(select(.value != null)))};

# Events as rows for people: time, type, what.
def table(s):
  def brief: if type == "string" then . else tojson end | gsub("\\s+"; " ") | if length > 60 then .[:57] + "..." else . end;
  s | select(type == "object" and .type? != "delta")
  | [(.ts | if type == "string" then .[11:19] else "" end),
     (.type // .role | strings // ""),
     (if .type == "message" or .role then
        "\(.role): \((.content | _text) | if . == "" then "-" else . end)" +
        ([calls | " \(.name)"] | join(","))
      elif .type == "tool.call" then "\(.tool) \(.arguments | tojson)"
      elif .type == "tool.result" then "\(.status) \(.duration_ms // 0) ms"
      elif .type == "usage" then "\(.input_tokens) in, \(.output_tokens) out"
      elif .type == "error" then "\(.code): \(.message)"
      elif .type == "result" then "\(.stop_reason), status \(.exit_code)"
      else .text // .model // "" end | brief)]
  | @tsv;

# ---- the same of an array, as jq -s makes it ----

def usage: usage(.[]);
def cost: cost(.[]);
def last_turn: last_turn(.[]);
def fold_deltas: fold_deltas(.[]);
