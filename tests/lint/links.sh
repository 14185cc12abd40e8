# Link lists are a promise: a binary's dynamic section names only what its line
# in the Makefile allows.  Arguments: PROGRAM=LIBRARY LIBRARY...
B=${B:-build}
if ! command -v readelf >/dev/null; then
	echo 'skip: no readelf here'
	exit 0
fi
for entry; do
	name=${entry%%=*}
	for file in "$B/bin/$name" "$B/libexec/agent/$name"; do
		[ -f "$file" ] || continue
		LC_ALL=C readelf -d "$file" |
		    sed -n 's/.*(NEEDED).*\[lib\([^]]*\)\.so.*/\1/p' |
		    while read -r lib; do
			case " ${entry#*=} c m pthread dl rt c.musl-x86_64 " in
			*" $lib "*) ;;
			*) echo "$file:1: links lib$lib, which is not in its list" ;;
			esac
		done
		LC_ALL=C readelf -lW "$file" | awk -v f="$file" '
		/GNU_STACK/ && /RWE/ { print f ":1: has an executable stack" }
		/GNU_RELRO/ { relro = 1 }
		END { if (!relro) print f ":1: is linked without relro" }'
	done
done
