# Who may include whom: base <- json sys net db <- core <- domains <- cmd.
# The domains never include each other; curl is seen by net only, libjq by json
# only, SQLite by db only, libxml2 by fetch only, and what runs inside the
# sandbox knows libc alone.
awk '
BEGIN {
	may["base"] = "base"
	may["json"] = "json base"
	may["sys"] = "sys base"
	may["net"] = "net base"
	may["db"] = "db base"
	may["late"] = "late"
	may["core"] = "core json sys base"
	may["recover"] = "recover json base"
	may["gate"] = "gate recover core net json sys base"
	may["serve"] = "serve gate recover core net json sys base"
	may["policy"] = "policy core json sys base"
	may["tool"] = "tool policy core json sys base"
	may["chat"] = "chat core json sys base"
	may["ledger"] = "ledger core db json sys base"
	may["mcp"] = "mcp core net json sys base"
	may["acp"] = "acp core json sys base"
	may["pyexe"] = "pyexe core json sys base"
	may["fetch"] = "fetch core net json sys base"
	may["netgate"] = "netgate sys base"
	may["view"] = "view core db json sys base"
	may["plan"] = "plan core db json sys base"
	may["mem"] = "mem core db json sys base"
	may["jail"] = "jail sys/landlock.h sys/owner.h sys/seccomp.h"
	only["curl"] = "net late"
	only["libxml"] = "fetch"
	only["microhttpd.h"] = "serve"
	only["histedit.h"] = "chat"
	only["jq.h"] = "json"
	only["jv.h"] = "json"
	only["jv_alloc.h"] = "json"
	only["sqlite3.h"] = "db"
}
function allowed(list, layer, header,   n, i, a) {
	n = split(list, a, " ")
	for (i = 1; i <= n; i++)
		if (a[i] == layer || a[i] == header)
			return 1
	return 0
}
function say(what) { printf "%s:%d: %s\n", FILENAME, FNR, what }
FNR == 1 {
	n = split(FILENAME, p, "/")
	layer = p[2]
	if (p[1] == "cmd") {
		layer = p[2]
		sub(/^agent-/, "", layer)
		sub(/[.-].*/, "", layer)
	}
	bare = layer == "jail" || FILENAME ~ /^lib\/sys\/(landlock|seccomp)\./
	if (!(layer in may)) {
		say("no layer of this name: " layer)
		nextfile
	}
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\"")
	header = q[2]
	if (header !~ /^[a-z]+\/[a-z0-9_]+\.h$/) {
		say("include by layer, as \"layer/name.h\": " header)
		next
	}
	split(header, h, "/")
	if (!allowed(may[layer], h[1], header))
		say(layer " may not include " header)
	else if (bare && h[1] == "base")
		say("libc only, but includes " header)
	if ((getline line < ("lib/" header)) < 0)
		say("no such header: " header)
	close("lib/" header)
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	header = $0
	sub(/^[^<]*</, "", header)
	sub(/>.*/, "", header)
	split(header, h, "/")
	if (h[1] in only && !allowed(only[h[1]], layer, ""))
		say("only lib/" only[h[1]] " may include <" header ">")
	if (bare && header ~ /^(bsd|curl)\/|^(sha|md)[0-9]*\.h$/)
		say("libc only, but includes <" header ">")
}
' lib/*/*.[ch] cmd/*.c

# No header includes itself by a detour.
grep -Ho '^#include "[^"]*"' lib/*/*.h |
    sed 's/^lib\///; s/:#include "/ /; s/"$//' | tsort 2>&1 >/dev/null |
    sed -n 's/^tsort: \(.*\.h\)$/lib\/\1:1: is part of an include cycle/p'
