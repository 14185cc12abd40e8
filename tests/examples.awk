# examples.awk - takes the examples out of a manual page.
#
#	awk -v dir=DIR -f examples.awk man/PAGE
#
# writes the lines of every literal block as DIR/N, with mdoc's escapes undone,
# and prints for each "N LINE KIND ARGUMENT".  KIND comes from a comment above
# the block, .\" test: KIND ARGUMENT, and is one of
#	run [STATUS]	commands for sh, which end with STATUS (0)
#	walls		the same, where the sandbox has all its walls
#	options		commands that nobody can run here: the programs know
#			their options
#	output		what the last commands print, exactly
#	message event session protocol talk	lines that conform
#	json		lines that are JSON
#	not-message not-event	lines that do not conform
#	text		nothing to check
# A literal block of the section EXAMPLES without comment has KIND unmarked;
# blocks of other sections without one are passed over.  A .Dl line is a block.
function plain(s,	out, i, c) {
	out = ""
	while ((i = index(s, "\\")) > 0) {
		out = out substr(s, 1, i - 1)
		c = substr(s, i + 1, 1)
		s = substr(s, i + 2)
		if (c == "(") {
			c = substr(s, 1, 2)
			s = substr(s, 3)
			if (c in special)
				out = out special[c]
			else
				out = out "\\(" c
		} else if (c == "e")
			out = out "\\"
		else if (c == "-")
			out = out "-"
		else if (c != "&")
			out = out "\\" c
	}
	return out s
}
function begin(	k) {
	k = kind
	if (k == "" && section == "EXAMPLES")
		k = "unmarked"
	if (k == "")
		return 0
	printf "%d %d %s %s\n", ++n, FNR, k, arg
	file = dir "/" n
	printf "" >file
	return 1
}
function end() {
	close(file)
	kind = arg = ""
}
BEGIN {
	special["aq"] = "'"
	special["dq"] = "\""
	special["ti"] = "~"
	special["ha"] = "^"
	special["ga"] = "`"
	special["rs"] = "\\"
}
/^\.\\" test: / {
	kind = $3
	arg = $0
	sub(/^[^:]*: [^ ]* ?/, "", arg)
	next
}
/^\.Sh / {
	section = $2
}
!inside && /^\.Dl / {
	s = $0
	sub(/^\.Dl (\$ )?/, "", s)
	if (begin()) {
		print plain(s) >file
		end()
	}
	next
}
!inside && /^\.Bd .*-literal/ {
	inside = 1
	writing = begin()
	next
}
inside && /^\.Ed/ {
	inside = 0
	if (writing)
		end()
	next
}
inside && writing && !/^\.\\"/ {
	print plain($0) >file
}
