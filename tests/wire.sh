# wire.sh - answers of servers, byte by byte, against the line that comes out.
# shellcheck shell=sh disable=SC2034
#
# wire_table reads cases from standard input:
#	## NAME what is odd		NAME is a word of its own
#	$ OPTION...			of agent-gate, instead of --stream
#	< FILE				the talk, instead of $TRASH/talk
#	a script for ../stub/modeld, its first step only
#	= LINE				status 0 and this last line, exactly
#	! STATUS CODE ERE		this status, one line on stderr that
#					fits, and an error event with that code
#					(-: none)
# Every case is asked twice: as it is, and in pieces of one byte each.
# In LINE, @stop, @calls, @length and @plain stand for the member agent.
# All cases have one server, which tells them apart by the model's name.
# lib.sh comes first.
export AGENT_FIXED_IDS=t
echo '{"role":"user","content":"Hello."}' >talk
_u='"usage":{"input_tokens":1,"output_tokens":2},"request_id":"x"'
_m='"agent":{"model":"modeld-1","finish_reason":'

_wire_script() {	# rules of modeld for both ways to ask
	awk '
	function flush(	i, k) {
		for (k = 0; k < 2 && n > 0; k++) {
			print "when model=" name (k ? "-bytes" : "") " " \
			    (k ? "dribble 1 every 0 " : "") s[1]
			for (i = 2; i <= n; i++)
				print "    " s[i]
			if (!own)
				print "    usage in=1 out=2"
		}
		n = own = 0
	}
	/^## / { flush(); name = $2; next }
	/^[$<=!] ?/ || /^$/ { next }
	{ s[++n] = $0; if ($0 ~ /(^| )usage (in|none)/) own = 1 }
	END { flush() }' "$1"
	echo 'set lenient'
	echo 'set id x'
}

_wire_want() {	# the placeholders of a line
	printf '%s\n' "$1" | sed -e "s/@stop/$_m\"stop\",$_u}/" \
	    -e "s/@calls/$_m\"tool_calls\",$_u}/" \
	    -e "s/@length/$_m\"length\",$_u,\"cut\":true}/" \
	    -e "s/@plain/$_m\"stop\",\"request_id\":\"x\"}/"
}

_wire_ask() {	# _wire_ask MODEL LABEL
	# shellcheck disable=SC2086
	agent-gate --url "$URL" -m "$1" --retries 0 $_opts <"$_talk" \
	    >got 2>err
	_st=$?
	case $_want in
	'= '*)	is "$_st $(tail -n 1 got)" \
		    "0 $(_wire_want "${_want#= }")" "$2"
		[ ! -s err ] || diag "$(cat err)" ;;
	*)	# shellcheck disable=SC2086
		set -- "$1" "$2" ${_want#! }
		_ere=${_want#! * * }
		is "$_st $(wc -l <err | tr -d ' ') $(sed -n \
		    's/^{"type":"error","code":"\([a-z_]*\)".*/\1/p' got)" \
		    "$3 1 ${4#-}" "$2"
		like "$(cat err)" "$_ere" "$2: says why" ;;
	esac
}

# What was told piece by piece is what the message holds.
_wire_sum() {
	is "$(jq -rjs 'reduce .[] as $d (""; if $d.kind == "recast" then ""
	    elif $d.kind == "text" then . + $d.text else . end)' got)" \
	    "$(tail -n 1 got | jq -rj '.content // ""')" "$1: the deltas"
}

wire_table() {
	cat >table
	_wire_script table >script
	modeld_start script || return 1
	_opts=--stream _talk=talk
	while IFS= read -r _l; do
		case $_l in
		'## '*)	_case=${_l#\#\# }; _name=${_case%% *}
			_opts=--stream _talk=talk ;;
		'$ '*)	_opts=${_l#\$ } ;;
		'< '*)	_talk=${_l#< } ;;
		'= '* | '! '*)
			_want=$_l
			_wire_ask "$_name" "$_case"
			_wire_ask "$_name-bytes" "$_name in single bytes"
			case $_want$_opts in
			'= '*--stream*) _wire_sum "$_name" ;;
			esac ;;
		esac
	done <table
	modeld_stop
}
