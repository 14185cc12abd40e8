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
for p in '(((a{1,255}){1,255}){1,255})' "$(printf '%060000d' 0 | tr 0 '(')" "$(printf '%030d' 0 | tr 0 '(')a$(printf '%030d' 0 | sed 's/0/+)/g')"; do
	bad INVALID_ARGUMENTS search_files "{\"pattern\":\"$p\"}" 'too large when its counts are written out, or too deep' \
	    "an expression that would take all memory: $(printf %.20s "$p")"
done
good search_files '{"pattern":"needle"}' 'no match' '.git is not searched'
# several edits, and diffs
printf 'one\ntwo\nthree\ntwo\nend' >m
good edit_file '{"path":"m","edits":[{"old_text":"one","new_text":"1"},
    {"old_text":"two","new_text":"2","replace_all":true},
    {"old_text":"1\n2","new_text":"12"}]}' \
    '4 replacements, the first at line 1' 'several edits, one after the other'
is "$(cat m)" '12
three
2
end' 'are all done'
bad NO_MATCH edit_file '{"path":"m","edits":[{"old_text":"three","new_text":"3"},
    {"old_text":"four","new_text":"4"}]}' 'edit 2: old_text is not in m' \
    'the one that fails is named'
like "$(cat m)" three 'and none is done'
bad INVALID_ARGUMENTS edit_file '{"path":"m","edits":[]}' empty 'no edits'
bad INVALID_ARGUMENTS edit_file '{"path":"m"}' 'one of the three' 'nothing asked'
bad INVALID_ARGUMENTS edit_file \
    '{"path":"m","old_text":"a","new_text":"b","diff":"@@"}' 'one of the three' \
    'too much asked'
bad INVALID_ARGUMENTS edit_file '{"path":"m","old_text":"a"}' 'both needed' \
    'half a pair'
diff_is() {	# diff_is DIFF ERE NAME: an edit of m by a diff
	good edit_file "{\"path\":\"m\",\"diff\":$(quote "$1")}" "$2" "$3"
}
diff_not() {	# diff_not CODE DIFF ERE NAME
	bad "$1" edit_file "{\"path\":\"m\",\"diff\":$(quote "$2")}" "$3" "$4"
}
seq 1 20 >m
diff_is '--- a/m
+++ b/m
@@ -4,3 +4,3 @@
 4
-5
+five
 6
@@ -15,2 +15,3 @@
 15
+15a
 16' '2 replacements, the first at line 4' 'a diff'
is "$(sed -n '5p;16p' m | tr '\n' ' ')" 'five 15a ' 'did as it says'
diff_is '@@ @@
 18
-19
+nineteen
 20
' 'line 19' 'without numbers'
printf 'a\nx\nb\nx\nc' >m
diff_not NOT_UNIQUE '@@ -9 +9 @@
-x
+y' 'hunk 1: what it replaces occurs 2 times in m, at lines 2, 4' \
    'a place that is not certain'
diff_is '@@ -4 +4 @@
-x
+y' 'line 4' 'the line number tells equal places apart'
diff_is '@@ -5 +5 @@
-c
+d' 'line 5' 'a last line without its end'
is "$(od -An -c m | tr -d ' ')" 'a\nx\nb\ny\nd' 'keeps none'
diff_is '@@ -2,0 +3,2 @@
+new
+
' 'line 3' 'lines added by number alone'
diff_not NO_MATCH '@@ -1 +1 @@
 a
-zz
+b' 'hunk 1: the lines it replaces are not in m' 'lines that are not there'
diff_not INVALID_ARGUMENTS 'a
b' 'no line with @@' 'no diff'
diff_not INVALID_ARGUMENTS '@@ -1 +1 @@
a' 'line 2 of the diff begins' 'no sign before a line'
diff_not INVALID_ARGUMENTS '@@ -1 +1 @@
 a' 'hunk 1 changes nothing' 'nothing to do'

# ignore files
mkdir -p ig/build ig/sub && printf 'build/\n*.log\n!keep.log\n' >ig/.gitignore
for f in build/x a.log keep.log sub/b.log sub/c.txt; do echo needle >"ig/$f"; done
call search_files '{"pattern":"needle","path":"ig"}'
is "$(grep -o '^ig/[^:]*' "$OUT" | tr '\n' ' ')" 'ig/keep.log ig/sub/c.txt ' \
    'what .gitignore leaves out is not searched'
good search_files '{"pattern":"needle","path":"ig/build"}' '^ig/build/x:1' \
    'unless it is named'
good search_files '{"pattern":"needle","path":"ig","glob":"*.log"}' keep.log \
    'a glob does not bring it back'
call list_files '{"path":"ig","recursive":true}'
is "$(grep -c 'a.log\|build\|b.log' "$OUT")" 0 'nor listed in a tree'
like "$(cat "$OUT")" '3 ignored by .gitignore' 'but counted'
good list_files '{"path":"ig","recursive":true,"all":true}' '^build/x' \
    'and listed when all is asked for'
good search_files '{"pattern":"needle","path":"ig","glob":"**/*.txt"}' \
    '^ig/sub/c.txt' 'a double star'
done_testing
