# Words and calls that the programs do not contain.
code=$(ls cmd/*.c lib/*/*.[ch])
# find FILES -- GREP OPTIONS AND PATTERN
look() {
	why=$1
	pattern=$2
	shift 2
	[ $# -gt 0 ] || return 0
	LC_ALL=C grep -nE -e "$pattern" /dev/null "$@" |
	    LC_ALL=C sed "s|^\([^:]*:[0-9]*:\)[[:space:]]*\(.\{0,60\}\).*|\1 $why: \2|"
}
but() {
	printf '%s\n' "$code" | grep -vE "$1"
}
call() {
	printf '(^|[^[:alnum:]_.>"])(%s)[[:space:]]*\\(' "$1"
}
# shellcheck disable=SC2046,SC2086
{
	look 'unfinished' '\<(TODO|FIXME|XXX)\>|[nN]ot (yet )?implemented' \
	    $code $(find share completions -type f 2>/dev/null)
	look 'unfinished' '\<[sS]tub(s|bed)?\>' $code $(find share -type f)
	look 'forbidden call' "$(call 'v?sprintf|strcpy|strcat|system|popen|realpath|tmpnam|tempnam|mktemp|atoi|atol|atoll|gets|alloca|strtok')" $code
	look 'use the xmalloc family' "$(call 'malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf')" \
	    $(but '^lib/(base/mem|jail/|sys/(landlock|seccomp))')
	look 'raw jv outside lib/json' '\<jv_(get|object_get|object_has|object_keys|object_iter[a-z_]*|array_get|string_value|string_length_[a-z]*|number_value|is_integer|parse[a-z_]*|dump[a-z_]*|getpath|keys|equal)[[:space:]]*\(' \
	    $(but '^lib/json/')
	look 'strlen stops at the first NUL' 'strlen\(jv_string_value' $code
	look 'only main ends the program' "$(call 'exit|err|errx|verr|verrx')" \
	    $(but '^cmd/|^lib/base/(mem|opt|err)\.|^lib/jail/')
	look 'typedef of a struct' '^typedef struct' $code
}
# Paths of one person's machine, in anything that is shipped.
# A short one, such as /src, is anybody's.
mine=/no/such/place
case $PWD in /*/*) mine="$mine|$PWD/" ;; esac
case $HOME in /*/*) mine="$mine|$HOME/" ;; esac
# shellcheck disable=SC2046
look 'a path of one machine' "$mine" \
    $(find Makefile README cmd lib share man completions -type f 2>/dev/null)
# shellcheck disable=SC2086
look "somebody's home" '"/(home|Users)/[a-z]' $code
