/* Command lines, and the simple commands that they may run.
 *
 * What is compared shows commands one after the other with " ; " between.
 * An unknown part is _, an active wildcard stays, and marks stand before a
 * command: ! opaque, ~ only starts another, < its program comes from stdin,
 * $ its program is the output of a command, @ on another machine. */
#include "base/mem.h"
#include "policy/shparse.h"
#include "policy/word.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static void
show_word(struct buf *b, const char *code)
{
	char *text = word_text(code);

	for (char *p = text; *p != '\0'; p++)
		buf_addc(b, *p == WORD_UNKNOWN ? '_' : *p);
	free(text);
}

static char *
show(const struct sh *sh)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sh->n; i++) {
		const struct sh_cmd *c = &sh->cmd[i];
		const char *sep = "";

		buf_adds(&b, i != 0 ? " ; " : "");
		buf_adds(&b, c->flags & SH_OPAQUE ? "!" : "");
		buf_adds(&b, c->flags & SH_CLEAR ? "~" : "");
		buf_adds(&b, c->flags & SH_CODE_STDIN ? "<" : "");
		buf_adds(&b, c->flags & SH_CODE_ARG ? "$" : "");
		buf_adds(&b, c->flags & SH_REMOTE ? "@" : "");
		for (size_t k = 0; k < c->nassign; k++, sep = " ") {
			buf_adds(&b, sep);
			show_word(&b, c->assign[k].code);
		}
		for (size_t k = 0; k < c->n; k++, sep = " ") {
			buf_adds(&b, sep);
			show_word(&b, c->argv[k].code);
		}
		for (size_t k = 0; k < c->nredir; k++, sep = " ") {
			buf_addf(&b, "%s%c", sep, c->redir[k].op);
			show_word(&b, c->redir[k].word.code);
		}
	}
	buf_adds(&b, sh->bomb ? " BOMB" : "");
	buf_adds(&b, sh->malformed ? " MALFORMED" : "");
	buf_adds(&b, sh->complex ? " COMPLEX" : "");
	buf_adds(&b, "");
	return b.data != NULL ? buf_detach(&b) : xstrdup("");
}

static const struct { const char *text, *want; } rows[] = {
	/* words */
	{ "ls -l", "ls -l" }, { "", "" }, { "# no", "" },
	{ "ls # no", "ls" }, { "echo a#b", "echo a#b" },
	{ "l's' \"-l\" a\\ b", "ls -l a b" },
	{ "r''m -r\\f /", "rm -rf /" },
	{ "$'\\x69d' $'\\151\\144'", "id id" },
	{ "$'a\\'b' c", "a'b c" }, { "echo \"a\\\"b\\$c\\d\"", "echo a\"b$c\\d" },
	{ "echo $x \"$y\"z", "echo _ _z" }, { "cat ~/.x ~root/y ~bob/z",
	    "cat /home/u/.x /root/y /home/bob/z" },
	{ "cat $HOME/.x \"${HOME}\"/y", "cat /home/u/.x /home/u/y" },
	{ "cat \"~/x\"", "cat ~/x" }, { "ls $PWD/x", "ls /w/x" },
	{ "a=b; echo $a", "a=b ; echo b" }, { "x=rm; $x -rf /",
	    "x=rm ; !rm -rf /" },
	{ "c='rm -rf /'; $c", "c=rm -rf / ; !rm -rf /" },
	{ "c='a b'; echo \"$c\"", "c=a b ; echo a b" },
	{ "${x:-id}", "!id" }, { "i$@d", "!id" }, { "cat$IFS/etc/shadow",
	    "!cat /etc/shadow" },
	{ "echo ${#x} ${x%y} ${x/a/$(id)}", "id ; echo _ _ _" },
	{ "echo $((1+$(id)))", "id ; echo _" }, { "echo $?$!$$", "echo ___" },
	{ "ls {a,b}.c", "ls a.c b.c" }, { "rm -rf /{bin,{etc,usr}}",
	    "rm -rf /bin /etc /usr" },
	{ "echo '{a,b}' {x} {}", "echo {a,b} {x} {}" }, { "ls {1..9}",
	    "ls _" }, { "ls *.c [a-b]?", "ls *.c [a-b]?" },
	{ "ls a\\\n b", "ls a b" }, { "a=$b$c d", "a=__ d" },
	{ "a+=x b[1]=y c=(1 2 $(id)) d", "id ; a=x b=y c= d" },
	/* lists */
	{ "a; b & c && d || e\nf", "a ; b ; c ; d ; e ; f" },
	{ "a | b |& c", "a ; b ; c" }, { "(a; b) | { c; }", "a ; b ; c" },
	{ "! a", "a" }, { "time -p a", "a" }, { "time a", "a" },
	{ "if a; then b; elif c; then d; else e; fi > f",
	    "a ; b ; c ; d ; e ; >f" },
	{ "while a; do b; done < f", "a ; b ; <f" },
	{ "until a\ndo b\ndone", "a ; b" },
	{ "for i in 1 2; do b $i; done", "b _" },
	{ "for i in x; do b $i; done", "b x" },
	{ "for d in /a /b; do rm $d; done", "rm /a ; rm /b" },
	{ "for f; do b; done", "b" }, { "for ((i=0;i<3;i++)); do b; done",
	    "b" }, { "for f in *.c; do cat $f; done", "cat *.c" },
	{ "case $x in a|b) c ;; (*) d;; esac", "c ; d" },
	{ "case x in a) b; esac; c", "b ; c" },
	{ "f() { a; }; f", "a ; !f" }, { "function f { a; }", "a" },
	{ ":(){ :|:& };:", "!: ; !: ; !: BOMB" },
	{ "b() { b | b & }; b", "!b ; !b ; !b BOMB" },
	{ "[[ -f x && y < z ]] && a", "[[ -f x y z ; a" },
	{ "((i++)) && a", "a" }, { "select x in a; do b; done", "b" },
	{ "coproc a", "a" }, { "ls;", "ls" }, { "if a; then b", "a ; b "
	    "MALFORMED" }, { "a )b", "a ; b MALFORMED" },
	{ "echo 'x", "echo x MALFORMED" }, { "echo if then", "echo if then" },
	{ "}", " MALFORMED" }, { "a |", "a" }, { "a;;b", "a ; b MALFORMED" },
	/* substitutions */
	{ "echo $(id) `pwd -P`", "id ; pwd -P ; echo _ /w" },
	{ "$(echo id) x", "echo id ; !id x" }, { "`echo id`", "echo id ; "
	    "!id" }, { "echo \"$(a \"$(b)\")\"", "b ; a _ ; echo _" },
	{ "diff <(a) >(b)", "a ; b ; diff _ _" },
	{ "echo `a \\`b\\``", "b ; a _ ; echo _" },
	{ "x=$(a) b", "a ; x=_ b" }, { "$(printf '\\151d')",
	    "printf \\151d ; !id" },
	/* redirections */
	{ "a >f 2>&1 <g >>h 2>/dev/null &>i >|j",
	    "a >f <g +h >/dev/null >i >j" },
	{ ">f a", "a >f" }, { "a >\"$x\"", "a >_" }, { "2>f", ">f" },
	{ "a 3<>f {fd}>g", "a &f >g" }, { "a >&f", "a >f" },
	{ "cat <<E\nx $(id)\nE\nb", "cat ; id ; b" },
	{ "cat <<'E'\nx $(id)\nE\nb", "cat ; b" },
	{ "cat <<-E\n\tx\n\tE\nb", "cat ; b" },
	{ "sh <<E\nrm -rf /\nE", "!<sh ; rm -rf /" },
	{ "cat <<E | sh\nrm -rf /\nE", "cat ; !<sh ; rm -rf /" },
	{ "sudo bash <<E\na\nE", "sudo bash ; !<bash ; a" },
	{ "bash <<< 'a b'", "!<bash sa b ; a b" },
	{ "a <<E <<F\n1\nE\n2\nF\nb", "a ; b" },
	{ "while read x; do sh; done <<E\na\nE", "read x ; !<sh ; a" },
	/* wrappers */
	{ "sudo -u x -- rm -rf /", "sudo -u x -- rm -rf / ; rm -rf /" },
	{ "env -i A=b nice -n 5 nohup ls", "~env -i A=b nice -n 5 nohup ls "
	    "; ~nice -n 5 nohup ls ; ~nohup ls ; ls" },
	{ "env -S 'id -u'", "env -S id -u ; id -u" },
	{ "timeout -s KILL 5 ls", "~timeout -s KILL 5 ls ; ls" },
	{ "stdbuf -o0 id", "~stdbuf -o0 id ; id" },
	{ "sh -c 'a; b'", "sh -c a; b ; a ; b" },
	{ "bash -lc \"a 'b c'\"", "bash -lc a 'b c' ; a b c" },
	{ "sh -c 'rm -rf \"$1\"' x /", "sh -c rm -rf \"$1\" x / ; rm -rf /" },
	{ "sh -c \"$(curl u)\"", "curl u ; !$sh -c _ ; !_" },
	{ "eval a 'b; c'", "~eval a b; c ; a b ; c" },
	{ "eval \"$(curl u)\"", "curl u ; !~$eval _ ; !_" },
	{ "xargs -n 1 rm -rf", "~xargs -n 1 rm -rf ; rm -rf _" },
	{ "echo / | xargs rm -r", "echo / ; ~xargs rm -r ; rm -r /" },
	{ "find . -name x -exec rm {} \\; -print", "find . -name x -exec rm "
	    "{} ; -print ; rm ./_" },
	{ "find / -delete", "find / -delete ; rm -r /" },
	{ "find / -name x -delete", "find / -name x -delete ; rm -r //_" },
	{ "find -execdir a +", "find -execdir a + ; a" },
	{ "git -C d push -f", "~git -C d push -f ; git push -f" },
	{ "git -c a.b=c log", "!~git -c a.b=c log ; git log" },
	{ "ssh -p 22 h 'a; b'", "ssh -p 22 h a; b ; @a ; @b" },
	{ "busybox sh -c a", "~busybox sh -c a ; sh -c a ; a" },
	{ "command -v ls", "command -v ls" }, { "command ls",
	    "~command ls ; ls" }, { "exec -a n ls", "~exec -a n ls ; ls" },
	{ "builtin eval id", "~builtin eval id ; ~eval id ; id" },
	{ "watch -n 1 'a | b'", "watch -n 1 a | b ; a ; b" },
	{ "chroot /x a", "chroot /x a ; a" }, { "flock f a", "flock f a ; a" },
	{ "flock f -c 'a b'", "flock f -c a b ; a b" },
	{ "strace -o f a", "strace -o f a ; a" },
	{ "script -c 'a b' f", "script -c a b f ; a b" },
	{ "su -c 'a b' bob", "su -c a b bob ; a b" },
	{ "su bob -c 'a b'", "su bob -c a b ; a b" },
	{ "xterm -e a b", "xterm -e a b ; a b" },
	{ "parallel a ::: b", "parallel a ::: b ; a" },
	{ "unshare -r a", "unshare -r a ; a" },
	{ "trap 'a b' EXIT", "trap a b EXIT ; a b" },
	{ ". <(a)", "a ; $. _" }, { "source f", "source f" },
	{ "bash <(curl u)", "curl u ; $bash _" },
	{ "bash < <(curl u)", "curl u ; !<bash <_" },
	{ "curl u | sudo bash -s x", "curl u ; sudo bash -s x ; !<bash -s x" },
	{ "curl u | python3 -m json.tool", "curl u ; python3 -m json.tool" },
	{ "curl u | python3", "curl u ; <python3" },
	{ "echo 'rm -rf /' | sh", "echo rm -rf / ; !<sh ; rm -rf /" },
	{ "printf '\\162m -rf /' | sh", "printf \\162m -rf / ; !<sh ; "
	    "rm -rf /" },
	/* hidden */
	{ "LD_PRELOAD=x ls", "!LD_PRELOAD=x ls" }, { "A=x ls", "A=x ls" },
	{ "PATH=.; ls", "!PATH=. ; ls" }, { "sed -n 1,2p f", "sed -n 1,2p f" },
	{ "sed 1e f", "!sed 1e f" }, { "sed 's/we/x/g' f", "sed s/we/x/g f" },
	{ "sed 's/a/b/e' f", "!sed s/a/b/e f" },
	{ "sort --compress-program=id f", "!sort --compress-program=id f" },
	{ "printf -v 'a[$(id)]' x", "!printf -v a[$(id)] x ; id ; : [_]" },
	{ "awk '{print $1}' f", "awk {print $1} f" },
	{ "awk 'BEGIN{system(\"id\")}'", "!awk BEGIN{system(\"id\")}" },
	/* where */
	{ "cd / && rm -rf *", "cd / ; rm -rf *" },
};

static void
table(void)
{
	for (size_t i = 0; i < BASE_NITEMS(rows); i++) {
		struct sh *sh = sh_parse(rows[i].text, strlen(rows[i].text),
		    "/home/u", "/w");
		char *got = show(sh), *name = xstrdup(rows[i].text);

		for (char *p = name; (p = strpbrk(p, "\n#")) != NULL;)
			*p = '/';
		is_str(got, rows[i].want, name);
		free(name);
		free(got);
		sh_free(sh);
	}
}

static void
deep(const char *open, const char *middle, const char *close, int times)
{
	struct buf b = BUF_INIT;
	struct sh *sh;

	for (int i = 0; i < times; i++)
		buf_adds(&b, open);
	buf_adds(&b, middle);
	for (int i = 0; i < times; i++)
		buf_adds(&b, close);
	sh = sh_parse(b.data, b.len, "/home/u", "/w");
	ok(sh->complex, "%d times %s is too much, and said", times, open);
	sh_free(sh);
	buf_free(&b);
}

static void
bounds(void)
{
	deep("$(", "a", ")", 5000);
	deep("{ ", "a", "; }", 5000);
	deep("if a; then ", "b", "; fi", 5000);
	deep("${x:-", "a", "}", 5000);
	deep("a; ", "", "", 5000);
	deep("for i in /a /b /c /d; do ", "", " done;", 30);
	deep("echo $((", "1", "))", 5000);
}

static void
paths(void)
{
	static const struct { const char *code, *want; } p[] = {
		{ "/", "/" }, { "//", "/" }, { "/a/../..", "/" },
		{ ".", "/w/d" }, { "..", "/w" }, { "../../..", "/" },
		{ "x/./y//z/", "/w/d/x/y/z" }, { "/proc/self/root/etc",
		    "/etc" }, { "/proc/self/cwd/x", "/w/d/x" },
		{ "/proc/1/root/proc/2/root", "/" }, { "/proc/self", 
		    "/proc/self" }, { "\1", NULL }, { "/\1", "/\1" },
	};

	for (size_t i = 0; i < BASE_NITEMS(p); i++) {
		char *got = word_path(p[i].code, "/w/d");

		is_str(got, p[i].want, p[i].code);
		free(got);
	}
}

static void
meets(void)
{
	static const struct { const char *p, *w; bool fits; } t[] = {
		{ "/etc", "/etc", true }, { "/etc", "/etc/x", false },
		{ "/etc", "/e*", true }, { "/etc", "/*", true },
		{ "/\\*", "/*", true }, { "/\\*", "/tmp", false },
		{ "/\\*", "/t*", false }, { "/", "/", true },
		{ "/", "/*", false }, { "/h/.ssh/id_*", "/h/.ssh/*", true },
		{ "/h/.ssh/id_*", "/h/.ss?/id_rsa", true },
		{ "/h/.ssh/id_*", "/h/*/id_rsa", false },
		{ "/**/.env", "/w/.env", true }, { "/**/.env", "/w/*", false },
		{ "/**/.env", "/w/.e*", true }, { "/**/.env", "/.env", true },
		{ "/**/*.pem", "/w/*", false }, { "/**/*.pem", "/w/k*", true },
		{ "/**/*.pem", "/w/a/b.pem", true },
		{ "/h/.gnupg/**", "/h/.gnupg", true },
		{ "/h/.gnupg/**", "/h/.gnupg/a/b", true },
		{ "/dev/sd[a-z]", "/dev/sda", true },
		{ "/dev/sd[!a]", "/dev/sda", false },
		{ "/dev/sd*", "/dev/\1", false }, { "/h/*", "/h/\1", true },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++)
		ok(word_meets_path(t[i].p, t[i].w) == t[i].fits,
		    "%s %s %s", t[i].w, t[i].fits ? "meets" : "does not meet",
		    t[i].p);
	ok(word_meets("mkfs*", "mkfs.ext4"), "a name");
	ok(word_meets("rm", "r?"), "a name with a wildcard");
	ok(!word_meets("rm", "\1"), "an unknown one is none");
}

int
main(void)
{
	table();
	bounds();
	paths();
	meets();
	done_testing();
}
