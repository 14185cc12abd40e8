# screen.sh - agent-chat on a model of a terminal's screen (tmux); sourced
# behind lib.sh.
# shellcheck shell=sh
command -v tmux >"$OUT" || { echo 'SKIPPED: no tmux here' >&2; skip_all 'no tmux'; }
T=: screens=0
printf '%s\n' 'set -g default-terminal screen-256color' 'set -g set-clipboard on' \
    'set -g allow-rename on' 'set -g automatic-rename off' 'set -g status off' >"$TRASH/tmux.conf"
# screen_start COLUMNS ROWS COMMAND: run it there until it shows a prompt
screen_start() {
	$T kill-server 2>"$ERR"
	screens=$((screens + 1))
	T="tmux -L $TEST_MARK.$screens -f $TRASH/tmux.conf"
	$T new-session -d -x "$1" -y "$2" "$3; echo left \$?; sleep 60"
	shows '^>'
	case $3 in *TERM=dumb*) return ;; esac
	# What it says at first has names of this place and run.
	$T send-keys C-l
	sleep 0.2
	$T clear-history
}
keys() { $T send-keys "$@"; }
# What is on the screen, without blanks and empty lines at the end; times of
# calls differ from run to run.
screen() {
	$T capture-pane -p "$@" 2>&1 | sed -E 's/ *$//; s/[0-9]+\.[0-9]s/0.0s/' |
	    sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}
shows() {	# shows ERE: wait until the screen does
	for _ in $(seq 400); do
		! screen | grep -Eq -e "$1" || return 0
		sleep 0.05
	done
	return 1
}
sees() { shows "$1"; _if $? "$2" "$(screen)"; }
# The last line is an empty prompt: it waits for us.
ready() {
	for _ in $(seq 400); do
		[ "$(screen | tail -n 1)" != '>' ] || return 0
		sleep 0.05
	done
	return 1
}
# turn TEXT: type it, and wait for the next prompt
turn() {
	keys "$1" Enter
	for _ in $(seq 400); do
		! screen -S - | grep -Fq "> $(printf %.8s "$1")" || break
		sleep 0.05
	done
	ready
}
# golden NAME WHAT: the screen and what has scrolled off it are, to the
# letter, tests/data/screens/NAME.  GOLDEN=write makes them anew, to be read.
golden() {
	screen -S - >"$TRASH/screen"
	[ "${GOLDEN:-}" != write ] || cp "$TRASH/screen" "$ROOT/tests/data/screens/$1"
	is "$(cat "$TRASH/screen")" "$(cat "$ROOT/tests/data/screens/$1")" "$2"
}
# What of a terminal an answer could change but its letters.
modes() {
	$T display-message -p '#{pane_title}|#{alternate_on}|#{cursor_flag}|#{insert_flag}|#{keypad_cursor_flag}|#{keypad_flag}|#{mouse_any_flag}|#{mouse_standard_flag}|#{origin_flag}|#{wrap_flag}|#{scroll_region_upper}|#{scroll_region_lower}|#{pane_tabs}|#{window_name}|#{cursor_character}' 2>&1
	$T show-buffer 2>&1
}
