/*
 * shlook.c - commands with a way of their own to run others: shells and
 * interpreters, eval and its like, find, git.
 */
#include "policy/shstate.h"

#include "base/mem.h"
#include "base/vec.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool
sh_is_shell(const char *name)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash",
	    "zsh", "ksh", "ksh93", "mksh", "yash", "rbash", "fish", "hush",
	    "pdksh", "posh" };

	for (size_t i = 0; i < BASE_NITEMS(shells); i++)
		if (strcmp(name, shells[i]) == 0)
			return true;
	return false;
}

/* A word that is the output of a command is the program of command i. */
static void
program_word(struct sh_ctx *c, size_t i, size_t at)
{
	struct sh_word w = c->sh->cmd[i].argv[at];

	if (w.from == w.to)
		return;
	c->sh->cmd[i].flags |= SH_CODE_ARG;
	sh_feed(c, w.from, w.to, i, i + 1);
}

/* sh [options] [-c text [name words] | file words] */
static void
shell(struct sh_ctx *c, size_t i)
{
	struct sh_cmd *k = &c->sh->cmd[i];
	const struct sh_words *pos = c->pos;
	struct sh_words mine = { 0 };
	bool text = false, stdin_too = false;
	size_t a = 1;

	k->flags |= SH_SHELL;
	for (; a < k->n; a++) {
		char *t = word_text(k->argv[a].code);
		bool option = (t[0] == '-' || t[0] == '+') && t[1] != '\0';
		bool dashes = strncmp(t, "--", 2) == 0;
		bool last = strcmp(t, "--") == 0;

		if (option && !dashes) {
			text |= strchr(t, 'c') != NULL;
			stdin_too |= strchr(t, 's') != NULL;
			/* -o name, -O name */
			a += strpbrk(t, "oO") != NULL;
		} else if (strcmp(t, "--rcfile") == 0 ||
		    strcmp(t, "--init-file") == 0) {
			a++;
		}
		free(t);
		if (!option || last) {
			a += last;
			break;
		}
	}
	if (text && a < k->n) {
		mine.v = k->argv + a + 1;
		mine.n = k->n - a - 1;
		c->pos = &mine;
		sh_start_text(c, i, a, a + 1);
		c->pos = pos;
	} else if (!text && (a >= k->n || stdin_too ||
	    strcmp(k->argv[a].code, "-") == 0 ||
	    strcmp(k->argv[a].code, "/dev/stdin") == 0)) {
		k->flags |= SH_CODE_STDIN;
		sh_opaque(k, "it runs what it reads");
	} else if (a < k->n) {
		program_word(c, i, a);
	}
}

/* Interpreters: only where their program comes from. */
static bool
interpreter(struct sh_ctx *c, size_t i, const char *name)
{
	static const char *const names[] = { "python*", "pypy*", "perl*",
	    "ruby*", "node", "nodejs", "deno", "bun", "php*", "lua*",
	    "tclsh*", "Rscript", "osascript", "pwsh" };
	struct sh_cmd *k = &c->sh->cmd[i];
	bool known = false, code = false;
	size_t a = 1;

	for (size_t n = 0; n < BASE_NITEMS(names) && !known; n++)
		known = fnmatch(names[n], name, 0) == 0;
	if (!known)
		return false;
	for (; a < k->n && k->argv[a].code[0] == '-' &&
	    k->argv[a].code[1] != '\0'; a++) {
		const char *t = k->argv[a].code;
		bool here = strncmp(t, "--eval", 6) == 0 ||
		    strncmp(t, "--print", 7) == 0 || (t[1] != '-' &&
		    strpbrk(t, "ceEmprR") != NULL && strcmp(t, "-u") != 0);

		code |= here;
		if (here && a + 1 < k->n)
			program_word(c, i, a + 1);
		if (here || strcmp(t, "--version") == 0)
			break;
	}
	if (!code && (a >= k->n || strcmp(k->argv[a].code, "-") == 0 ||
	    strcmp(k->argv[a].code, "/dev/stdin") == 0))
		k->flags |= SH_CODE_STDIN;
	else if (!code)
		program_word(c, i, a);
	return true;
}

/* ---- find ---- */

/* Tests that leave most of a tree out. */
static bool
narrows(const char *t)
{
	static const char *const tests[] = { "-name", "-iname", "-path",
	    "-ipath", "-wholename", "-regex", "-iregex", "-empty", "-size",
	    "-newer", "-mtime", "-mmin", "-atime", "-amin", "-ctime",
	    "-cmin", "-user", "-group", "-perm", "-lname", "-inum",
	    "-samefile", "-links", "-nouser", "-nogroup" };

	for (size_t i = 0; i < BASE_NITEMS(tests); i++)
		if (strcmp(t, tests[i]) == 0)
			return true;
	return false;
}

/* What stands for {}: where the search begins, or something below. */
static void
found(struct sh_words *w, const struct sh_cmd *k, size_t starts, bool few)
{
	for (size_t a = 1; a < 1 + starts || a == 1; a++) {
		char *t = xasprintf("%s%s", starts != 0 ? k->argv[a].code :
		    ".", few ? "/\1" : "");

		sh_words_push(w, t, false);
		free(t);
	}
}

static void
find_action(struct sh_ctx *c, size_t i, size_t at, size_t starts, bool few)
{
	const struct sh_cmd *k = &c->sh->cmd[i];
	struct sh_words w = { 0 };
	size_t a = at + 1;

	if (strcmp(k->argv[at].code, "-delete") == 0) {
		sh_words_push(&w, "rm", true);
		sh_words_push(&w, "-r", true);
		found(&w, k, starts, few);
	} else {
		for (; a < k->n && strcmp(k->argv[a].code, ";") != 0 &&
		    strcmp(k->argv[a].code, "+") != 0; a++)
			if (strcmp(k->argv[a].code, "{}") == 0)
				found(&w, k, starts, few);
			else
				sh_words_push(&w, k->argv[a].code,
				    k->argv[a].sure);
	}
	if (w.n != 0 && sh_deeper(c)) {
		c->depth++;
		sh_look(c, sh_add(c, &w));
		c->depth--;
	}
	sh_words_free(&w);
}

static void
find(struct sh_ctx *c, size_t i)
{
	size_t starts = 0, n = c->sh->cmd[i].n, limit;
	bool few = false;

	for (size_t a = 1; a < n; a++) {
		const char *t = c->sh->cmd[i].argv[a].code;

		if (starts == a - 1 && *t != '-' && *t != '(' && *t != '!')
			starts++;
		few |= narrows(t);
	}
	limit = c->sh->n + 64;
	for (size_t a = 1; a < n && c->sh->n < limit; a++) {
		const char *t = c->sh->cmd[i].argv[a].code;

		if (strcmp(t, "-exec") == 0 || strcmp(t, "-execdir") == 0 ||
		    strcmp(t, "-ok") == 0 || strcmp(t, "-okdir") == 0 ||
		    strcmp(t, "-delete") == 0)
			find_action(c, i, a, starts, few);
	}
}

/* ---- git ---- */

/* git with options before its sub-command: also as if without them. */
static void
git(struct sh_ctx *c, size_t i)
{
	static const char *const with[] = { "-C", "-c", "--git-dir",
	    "--work-tree", "--namespace", "--config-env", "--super-prefix" };
	struct sh_cmd *k = &c->sh->cmd[i];
	struct sh_words w = { 0 };
	size_t a = 1;

	for (; a < k->n && k->argv[a].code[0] == '-'; a++) {
		const char *t = k->argv[a].code;

		if (strncmp(t, "-c", 2) == 0 || strncmp(t, "--exec-path=", 12)
		    == 0 || strncmp(t, "--config-env", 12) == 0)
			sh_opaque(k, "git is given settings");
		for (size_t o = 0; o < BASE_NITEMS(with); o++)
			if (strcmp(t, with[o]) == 0) {
				a++;
				break;
			}
	}
	if (a == 1 || a >= k->n || !sh_deeper(c))
		return;
	k->flags |= SH_CLEAR;
	sh_words_push(&w, "git", true);
	for (; a < k->n; a++)
		sh_words_push(&w, k->argv[a].code, k->argv[a].sure);
	c->depth++;
	sh_look(c, sh_add(c, &w));
	c->depth--;
	sh_words_free(&w);
}

/* ---- the rest ---- */

/* The word behind option, or glued to it; 0 none. */
static void
text_option(struct sh_ctx *c, size_t i, const char *option)
{
	size_t len = strlen(option);

	for (size_t a = 1; a < c->sh->cmd[i].n; a++) {
		char *t = word_text(c->sh->cmd[i].argv[a].code);

		if (strcmp(t, option) == 0)
			sh_start_text(c, i, a + 1, c->sh->cmd[i].n);
		else if (strncmp(t, option, len) == 0)
			sh_text(c, t + len, strlen(t + len));
		free(t);
	}
}

/* Options of which the operands behind are a command. */
static void
rest_option(struct sh_ctx *c, size_t i, const char *option)
{
	for (size_t a = 1; a < c->sh->cmd[i].n; a++)
		if (strcmp(c->sh->cmd[i].argv[a].code, option) == 0) {
			sh_start(c, i, a + 1);
			return;
		}
}

bool
sh_look_own(struct sh_ctx *c, size_t i, const char *name)
{
	struct sh_cmd *k = &c->sh->cmd[i];

	if (sh_is_shell(name)) {
		shell(c, i);
	} else if (strcmp(name, "eval") == 0) {
		k->flags |= SH_SHELL | SH_CLEAR;
		sh_start_text(c, i, 1, k->n);
	} else if (strcmp(name, "trap") == 0 && k->n > 1) {
		sh_start_text(c, i, 1, 2);
	} else if (strcmp(name, "source") == 0 || strcmp(name, ".") == 0) {
		k->flags |= SH_SHELL;
		if (k->n > 1 && strcmp(k->argv[1].code, "/dev/stdin") == 0)
			k->flags |= SH_CODE_STDIN;
		if (k->n > 1)
			program_word(c, i, 1);
	} else if (strcmp(name, "find") == 0 || strcmp(name, "gfind") == 0) {
		find(c, i);
	} else if (strcmp(name, "git") == 0) {
		git(c, i);
	} else if (strcmp(name, "gdb") == 0) {
		rest_option(c, i, "--args");
	} else if (strcmp(name, "xterm") == 0 || strcmp(name, "urxvt") == 0 ||
	    strcmp(name, "rxvt") == 0 || strcmp(name, "konsole") == 0 ||
	    strcmp(name, "gnome-terminal") == 0) {
		rest_option(c, i, "-e");
		rest_option(c, i, "--");
	} else if (strcmp(name, "env") == 0) {
		text_option(c, i, "-S");
		text_option(c, i, "--split-string=");
		return false;
	} else {
		return interpreter(c, i, name);
	}
	return true;
}
