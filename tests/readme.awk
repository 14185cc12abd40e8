# readme.awk - the examples of a page as README has them: the text flush left,
# the commands indented by four; no more than `most`.
function plain(s) {
	gsub(/\\\(aq/, "'", s)
	gsub(/\\\(dq/, "\"", s)
	gsub(/\\-/, "-", s)
	gsub(/\\&/, "", s)
	gsub(/\\e/, "\\", s)
	return s
}
function say() {
	if (text != "")
		print text
	text = ""
}
/^\.Sh / { on = $2 == "EXAMPLES"; next }
!on { next }
/^\.Bd/ {
	if (count++ == most)
		exit
	if (count > 1)
		print ""
	say()
	print ""
	code = 1
	next
}
/^\.Ed/ { code = 0; next }
code { print "    " plain($0); next }
/^\.\\"/ || /^\.Pp/ { next }
/^\.Xr/ { $0 = $2 "(" $3 ")" $4 }
{
	sub(/^\.[A-Z][a-z] /, "")
	text = text (text == "" ? "" : " ") plain($0)
}
