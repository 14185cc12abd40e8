#!/bin/sh
# The file tools as a model uses them: what they do, and what they say when
# it was meant differently.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
mkdir -p src/deep .hidden
printf 'one\ntwo\nthree\n' >src/a.txt
seq 1 3000 >long.txt

# list_files
good list_files '{}' '^src/$' 'a directory'
good list_files '{}' '^long.txt [0-9]+$' 'a file with its size'
good list_files '{}' '1 hidden' 'hidden ones are counted'
good list_files '{"all":true}' '^\.hidden/$' 'and shown when asked'
good list_files '{"recursive":true}' '^src/a\.txt 14$' 'recursive'
good list_files '{"path":"src/deep"}' '^\[src/deep: 0 entries\]$' 'empty'
bad NOT_FOUND list_files '{"path":"nope"}' 'no such' 'a missing one'
bad NOT_A_DIRECTORY list_files '{"path":"long.txt"}' read_file 'a file'
ln -s src/a.txt link
good list_files '{}' '^link -> src/a.txt$' 'where a link leads'
mkdir many && (cd many && seq 1 1500 | xargs touch)
good list_files '{"path":"many"}' '500 more' 'what is too much is counted'

# read_file
good read_file '{"path":"src/a.txt"}' '^\[src/a.txt: lines 1-3 of 3\]$' 'read'
is "$(sed -n 2,4p "$OUT" | tr '\n' ' ')" 'one two three ' 'the lines'
good read_file '{"path":"./src//a.txt","start_line":2,"end_line":2}' \
    '^\[src/a.txt: lines 2-2 of 3\]$' 'a range'
good read_file '{"path":"long.txt"}' 'go on with start_line 1001' 'a cut'
good read_file '{"path":"long.txt","start_line":2990,"end_line":null}' \
    'lines 2990-3000 of 3000' 'null is nothing'
good read_file '{"path":"long.txt","start_line":"2999"}' \
    'lines 2999-3000' 'a number in quotes is that number'
good list_files '{"path":"src","all":"true"}' '^a.txt' 'true in quotes is true'
bad INVALID_ARGUMENTS read_file '{"path":"long.txt","start_line":"two"}' \
    'expected integer, given string "two"' 'another string is none'
bad INVALID_ARGUMENTS read_file '{"path":"long.txt","start_line":3001}' \
    'has 3000 lines' 'behind the end'
bad INVALID_ARGUMENTS read_file \
    '{"path":"long.txt","start_line":9,"end_line":8}' before 'ends first'
bad NOT_FOUND read_file '{"path":"src/b.txt"}' 'did you mean src/a.txt' \
    'a similar name is offered'
bad NOT_A_FILE read_file '{"path":"src"}' list_files 'a directory'
bad INVALID_ARGUMENTS read_file '{}' 'path: required' 'no path'
bad INVALID_ARGUMENTS read_file '{"path":7}' 'expected string, given number 7' \
    'a number'
bad INVALID_ARGUMENTS read_file '{"file":"x"}' 'unknown argument' 'a wrong name'
bad INVALID_ARGUMENTS read_file '{"path":' 'not JSON' 'no JSON'
bad INVALID_ARGUMENTS read_file '[]' 'kind array' 'no object'
good read_file '"{\"path\":\"src/a.txt\"}"' three 'an object encoded twice'
: >empty
good read_file '{"path":"empty"}' 'empty file' 'an empty file'
printf '\211PNG\r\n\032\n\0\0\0\rIHDR' >pic.png
bad INVALID_ENCODING read_file '{"path":"pic.png"}' 'PNG image, 16 bytes' 'PNG'
printf 'a\r\nb\r\n' >dos
good read_file '{"path":"dos"}' 'CRLF line ends' 'DOS line ends are told'
printf 'caf\351\n' >latin
good read_file '{"path":"latin"}' 'caf\\xe9' 'odd bytes are shown'
printf 'a\033]52;c;x\007b\n' >esc
good read_file '{"path":"esc"}' 'a\\x1b\]52;c;x\\x07b' 'controls are shown'
head -c 100000 /dev/zero | tr '\0' x >wide
good read_file '{"path":"wide"}' '98000 more bytes in this line' 'a long line'
is "$(($(wc -c <"$OUT") < 2200))" 1 'is cut'

# write_file
good write_file '{"path":"new/deep/f","content":"a\nb\n"}' \
    'Created new/deep/f: 4 bytes, 2 lines' 'write with its directories'
is "$(cat new/deep/f)" 'a
b' 'the content'
chmod 751 new/deep/f
good write_file '{"path":"new/deep/f","content":"é"}' \
    'Replaced new/deep/f: 2 bytes, 1 line \(it had 4 bytes\)' 'replace'
is "$(stat -c %a new/deep/f)" 751 'the mode is kept'
good write_file '{"path":"nul","content":"a\u0000b"}' '3 bytes' 'a NUL byte'
is "$(od -An -c nul | tr -d ' ')" 'a\0b' 'is written'
bad NOT_A_FILE write_file '{"path":"src","content":""}' directory 'a directory'
bad NOT_A_DIRECTORY write_file '{"path":"empty/x","content":""}' directory \
    'below a file'
for f in .git/hooks/pre-commit .GIT/config .agents/x sub/.envrc .mcp.json \
    .bashrc .vscode/tasks.json; do
	bad DENIED write_file "{\"path\":\"$f\",\"content\":\"x\"}" protected "$f"
done
is "$(ls -A | grep -ci '^\.git')" 0 'nothing of it was made'
is "$(find . -name '*tmp-*')" '' 'no temporary file stays'

# edit_file
printf 'alpha\nbeta\nbeta\n\tindent\n' >e
good edit_file '{"path":"e","old_text":"alpha","new_text":"ALPHA"}' \
    '1 replacement at line 1' 'edit'
bad NOT_UNIQUE edit_file '{"path":"e","old_text":"beta","new_text":"x"}' \
    '2 times in e, at lines 2, 3' 'not unique'
good edit_file \
    '{"path":"e","old_text":"beta","new_text":"b","replace_all":true}' \
    '2 replacements, the first at line 2' 'all of them'
bad NO_MATCH edit_file '{"path":"e","old_text":"  indent\n","new_text":"x"}' \
    'Lines 4-4 differ from it only in white space' 'white space'
bad NO_MATCH edit_file '{"path":"e","old_text":"ALPHB","new_text":"x"}' \
    'nearest place is at line 1' 'the nearest place'
bad INVALID_ARGUMENTS edit_file '{"path":"e","old_text":"","new_text":"x"}' \
    write_file 'nothing to find'
bad INVALID_ARGUMENTS edit_file '{"path":"e","old_text":"b","new_text":"b"}' \
    'the same' 'nothing to change'
bad NOT_FOUND edit_file '{"path":"nope","old_text":"b","new_text":"c"}' \
    'no such' 'a missing file'
bad INVALID_ENCODING edit_file \
    '{"path":"pic.png","old_text":"P","new_text":"c"}' PNG 'a binary file'
good edit_file '{"path":"dos","old_text":"a\nb\n","new_text":"a\nc\n"}' \
    '1 replacement' 'DOS line ends match'
is "$(od -An -c dos | tr -d ' ')" 'a\r\nc\r\n' 'and are kept'
is "$(cat e)" 'ALPHA
b
b
	indent' 'the file is as edited'

# search_files
good search_files '{"pattern":"^t[a-z]+$","path":"src"}' '^src/a.txt:2: two$' \
    'search'
good search_files '{"pattern":"TWO","ignore_case":true,"path":"src/a.txt"}' \
    '^src/a.txt:2: two$' 'in one file, without case'
good search_files '{"pattern":"two","context":1,"glob":"*.txt"}' \
    '^src/a.txt-1- one$' 'context'
good search_files '{"pattern":"two","glob":"*.c"}' '^\[no match for two' 'glob'
good search_files '{"pattern":"^\\d{4}$","max_results":2,"path":"long.txt"}' \
    '^\[2\+ matches' 'not more than asked'
good search_files '{"pattern":"IHDR"}' 'binary or very large skipped' 'binaries'
bad INVALID_ARGUMENTS search_files '{"pattern":"f("}' 'pattern: ' 'a bad pattern'
bad NOT_FOUND search_files '{"pattern":"x","path":"nope"}' nope 'a missing path'
mkdir .git && echo needle >.git/x
good search_files '{"pattern":"needle"}' 'no match' '.git is not searched'
done_testing
