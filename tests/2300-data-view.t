#!/bin/sh
# data_view: what files hold that have rows and columns, whatever wrote them.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
export AGENT_ENABLE_DATA_VIEW=1
# view PATH OPERATION [MORE]: the call; its lines in $TEXT
view() { call data_view "$(jq -nc --arg p "$1" --arg o "$2" "{path:\$p, operation:\$o} + ${3:-{\}}")"; }
# says WHAT LINES: the text is that, below the line about the file
says() { is "$(printf '%s\n' "$TEXT" | sed 1d)" "$2" "$1"; }
about() { like "$(printf '%s\n' "$TEXT" | head -n 1)" "$1" "$2"; }

is "$(agent-tool list --names | grep -c '^data_view$')" 1 'it is offered'
is "$(AGENT_ENABLE_DATA_VIEW=0 agent-tool list --names | grep -c '^data_view$')" 0 \
    'AGENT_ENABLE_DATA_VIEW=0'
is "$("$BUILD/libexec/agent/agent-view" --schema | jq -Sc '[.name, .description, .inputSchema, .annotations]')" \
    "$(agent-tool list --mcp --tools data_view | jq -Sc '.[0] | [.name, .description, .inputSchema, .annotations]')" \
    'it says the same of itself'

# ---- CSV: quotes, line ends, encodings, delimiters
printf 'id,name,price,when\r\n1,"Ann, B",3.5,2024-01-05\r\n2,"two\nlines",NA,2024-02-01\r\n\r\n3,"say ""hi""",10,2024-03-01' >a.csv
view a.csv head '{n_rows: 2}'
about '^\[a.csv: CSV, UTF-8; the first 2 rows\]$' 'what it is'
says 'the first rows' 'id,name,price,when
1,"Ann, B",3.5,2024-01-05
2,two\x0alines,NA,2024-02-01'
view a.csv tail '{n_rows: 1}'
says 'the last row' 'id,name,price,when
3,"say ""hi""",10,2024-03-01'
view a.csv shape
about '; 3 rows, 4 columns\]$' 'how many'
view a.csv columns
says 'types and nulls' 'column,type,nulls,example
id,integer,0,1
name,text,0,"Ann, B"
price,number,1,3.5
when,date,0,2024-01-05'
view a.csv describe
is "$(printf '%s\n' "$TEXT" | grep '^price')" \
    'price,number,2,1,2,3.5,5.125,6.75,8.375,10,6.75,4.59619,' 'ranges and middles'
printf 'id,mixed\n9007199254740993,1700000000123456789\n1700000000123456789,1.5\n-9223372036854775808,2\n1700000000123456787,3\n' >big.csv
view big.csv describe
like "$(printf '%s\n' "$TEXT" | grep '^id')" '^id,integer,4,0,4,-9223372036854775808,.*,1700000000123456789,' \
    'integers of 64 bits keep their digits'
like "$(printf '%s\n' "$TEXT" | grep '^mixed')" '^mixed,number,4,0,4,1\.5,.*,1\.7e\+18,' 'among others they are numbers'
printf 'id\n1700000000123456789\n1700000000123456787\n1700000000123456785\n' >ids.csv
view ids.csv describe
says 'in all that is told of them' 'column,type,count,nulls,distinct,min,25%,50%,75%,max,mean,std,most frequent
id,integer,3,0,3,1700000000123456785,1700000000123456786,1700000000123456787,1700000000123456788,1700000000123456789,1700000000123456787,2,'
view a.csv filter '{where: "price > 3 and not name contains \"ann\""}'
about '1 of 3 rows fit' 'a filter counts'
like "$TEXT" '^3,' 'and shows'
view a.csv sample '{n_rows: 2}'
about '2 of 3 rows, by chance' 'a sample'
printf 'a;b\n1,5;x\n2,5;y\n' >semi.csv
view semi.csv head
about 'delimiter ;' 'semicolons'
says 'are told from commas' 'a,b
"1,5",x
"2,5",y'
printf 'a\tb\n1\t"x\ty"\n' >t.tsv
view t.tsv shape
about 'TSV.*1 row, 2 columns' 'tabs'
printf '1,2\n3,4\n' >bare.csv
view bare.csv head
about 'no header; all 2 rows' 'no header'
like "$TEXT" '^col1,col2$' 'gets names'
printf '\357\273\277a,b\n\303\251,2\n' >bom.csv
view bom.csv filter '{where: "a = é"}'
about 'UTF-8 with mark; 1 of 1' 'a byte-order mark is no part of a name'
printf 'a,b\nK\303\266ln,\360\237\230\200\n' | iconv -t UTF-16 >u16.csv
view u16.csv head
like "$TEXT" '^Köln,😀$' 'UTF-16'
about 'UTF-16LE with mark' 'is named'
printf 'a,b\nx,y\n' | iconv -t UTF-16BE >be.csv
view be.csv head
about 'UTF-16BE; all 1 row' 'and guessed without a mark'
printf 'a,b\nK\366ln,1\n' >latin.csv
view latin.csv head
like "$TEXT" '^Köln,1$' 'Windows-1252'
printf 'a,b\n1\n2,3,4\n5,6\n' >ragged.csv
view ragged.csv columns
about '3 rows, 2 columns; 2 rows have more or fewer fields' 'ragged rows are counted'
view ragged.csv shape
about 'ragged' 'and noticed'
: >empty.csv
view empty.csv head
is "$STATUS" 0 'an empty file'
about '0 rows' 'has no rows'
printf 'a,b\n' >only.csv
view only.csv describe
says 'a header alone' 'column,type,count,nulls,distinct,min,25%,50%,75%,max,mean,std,most frequent
a,null,0,0,0,,,,,,,,
b,null,0,0,0,,,,,,,,'

# ---- JSON lines, JSON
printf '%s\n' '{"id":12345678901234567890,"t":{"x":[1,2]}}' '' 'no json' '{"id":2,"u":"é\u0041"}' >l.jsonl
view l.jsonl head
says 'columns grow, numbers are kept' 'id,t,u
12345678901234567890,"{""x"":[1,2]}",
2,,éA'
view l.jsonl filter '{where: "u is not null"}'
about '1 of 2 rows fit' 'filter'
about '1 line is no JSON' 'what is no JSON is told'
view l.jsonl filter '{where: "v = 1"}'
like "$TEXT" 'there is no column v' 'a column that no row has'
printf '[{"a":1},\n {"a":"x,]}"} ]' >d.json
view d.json tail '{n_rows: 1}'
says 'an array' 'a
"x,]}"'
echo '{"n":1,"rows":[{"a":1},{"a":2}],"more":[{"b":3}]}' >o.json
view o.json head
like "$TEXT" 'as table: rows, more' 'several arrays are listed'
view o.json shape '{table: "rows"}'
about '2 rows, 1 column' 'and chosen from'

# ---- wrong questions
bad NOT_FOUND data_view '{"path":"no.csv","operation":"head"}' 'no such file' 'a missing file'
bad PATH_OUTSIDE_WORKSPACE data_view '{"path":"/etc/group","operation":"head"}' outside 'a file outside'
bad PATH_OUTSIDE_WORKSPACE data_view '{"path":"../x.csv","operation":"head"}' outside 'above'
ln -s /etc out
bad PATH_OUTSIDE_WORKSPACE data_view '{"path":"out/group","operation":"head"}' outside 'through a link'
bad INVALID_ARGUMENTS data_view '{"path":"a.csv","operation":"sum"}' 'operation' 'no such operation'
bad INVALID_ARGUMENTS data_view '{"path":"a.csv","operation":"filter"}' 'needs a condition' 'no condition'
bad INVALID_ARGUMENTS data_view '{"path":"a.csv","operation":"filter","where":"prize > 3"}' \
    'did you mean price' 'a column that is not there'
bad INVALID_ARGUMENTS data_view '{"path":"a.csv","operation":"filter","where":"price >"}' \
    'expected a value at the end' 'half a condition'
bad INVALID_ARGUMENTS data_view '{"path":"a.csv","operation":"head","n_rows":0}' 'from 1 to 1000' 'no rows'
mkdir dir && mkfifo pipe
bad NOT_FOUND data_view '{"path":"dir","operation":"head"}' 'is a directory' 'a directory'
bad INVALID_ENCODING data_view '{"path":"pipe","operation":"head"}' 'no regular file' 'a pipe is not waited for'
head -c 5000 /dev/zero >zero.bin
bad INVALID_ENCODING data_view '{"path":"zero.bin","operation":"head"}' 'no text file' 'no text'
good data_view "{\"path\":\"$W/a.csv\",\"operation\":\"shape\"}" '3 rows' 'an absolute path in the workspace'
agent-tool call shell '{"command":"seq 1 30000"}' >"$OUT" 2>&1
a=$(ls "$AGENT_STATE"/projects/*/artifacts/*)
good data_view "{\"path\":\"$a\",\"operation\":\"shape\"}" '30000 rows' 'an artifact'

# ---- by hand
status_is 0 "$BUILD/libexec/agent/agent-view" --help
status_is 0 "$BUILD/libexec/agent/agent-view" -n1 head a.csv
status_is 2 "$BUILD/libexec/agent/agent-view" haed a.csv
like "$(cat "$ERR")" 'did you mean head' 'a slip of the hand'
status_is 2 "$BUILD/libexec/agent/agent-view" head
status_is 2 "$BUILD/libexec/agent/agent-view" -n 0 head a.csv
status_is 66 "$BUILD/libexec/agent/agent-view" head nope.csv
sh -c "'$BUILD/libexec/agent/agent-view' head a.csv >/dev/full" 2>"$ERR"; is $? 74 'a full disk is told'
done_testing
