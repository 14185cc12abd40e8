/*
 * shcmd.c - the commands of a line: kept, and looked into.
 *
 * A wrapper is a command whose operands are another command; the table says
 * how to find where that begins.
 */
#include "policy/shstate.h"

#include "base/mem.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum how {
	CLEAR	= 1,		/* says nothing of its own */
	ASSIGN	= 2,		/* NAME=value may stand before the command */
	STRING	= 4,		/* the operands are joined, for a shell */
	REMOTE	= 8,
	DASH_C	= 16,		/* -c STRING instead of operands */
	LOOKS	= 32,		/* with -v or -V it only looks */
};

static const struct wrapper {
	const char	*name;
	const char	*args;		/* short options with an argument */
	const char	*longs;		/* long ones, with blanks around */
	int		 skip;		/* operands before the command */
	unsigned	 how;
} wrappers[] = {
	{ "sudo", "ugpCThDRrt", " user group prompt chdir host role type "
	    "chroot close-from other-user ", 0, ASSIGN },
	{ "doas", "uC", " ", 0, 0 },
	{ "pkexec", "", " user ", 0, 0 },
	{ "env", "uCS", " unset chdir split-string ", 0, CLEAR | ASSIGN },
	{ "nohup", "", " ", 0, CLEAR },
	{ "nice", "n", " adjustment ", 0, CLEAR },
	{ "ionice", "cnpPu", " class classdata ", 0, CLEAR },
	{ "chrt", "TPD", " ", 1, CLEAR },
	{ "taskset", "", " ", 1, CLEAR },
	{ "timeout", "ks", " kill-after signal ", 1, CLEAR },
	{ "time", "fo", " format output ", 0, CLEAR },
	{ "stdbuf", "ioe", " input output error ", 0, CLEAR },
	{ "unbuffer", "", " ", 0, CLEAR },
	{ "setsid", "", " ", 0, CLEAR },
	{ "command", "", " ", 0, CLEAR | LOOKS },
	{ "builtin", "", " ", 0, CLEAR },
	{ "exec", "a", " ", 0, CLEAR },
	{ "busybox", "", " ", 0, CLEAR },
	{ "toybox", "", " ", 0, CLEAR },
	{ "xargs", "aEdILnPs", " arg-file delimiter max-args max-procs "
	    "max-chars process-slot-var ", 0, CLEAR },
	{ "watch", "nq", " interval equexit ", 0, STRING },
	{ "parallel", "jNnLPSaCId", " jobs max-args max-procs arg-file "
	    "delimiter colsep joblog results sshlogin ", 0, STRING },
	{ "chroot", "", " ", 1, 0 },
	{ "unshare", "SGRlw", " ", 0, 0 },
	{ "nsenter", "tSG", " target ", 0, 0 },
	{ "setpriv", "", " reuid regid groups ", 0, 0 },
	{ "prlimit", "po", " pid output ", 0, 0 },
	{ "fakeroot", "lsi", " lib faked ", 0, 0 },
	{ "flock", "wE", " timeout wait conflict-exit-code ", 1, DASH_C },
	{ "strace", "abeEIoOpPsSuUX", " output attach trace ", 0, 0 },
	{ "ltrace", "aADelnopsuxXF", " output ", 0, 0 },
	{ "valgrind", "", " ", 0, 0 },
	{ "script", "IOBTEo", " log-in log-out log-io log-timing echo "
	    "output-limit ", 9, DASH_C },
	{ "su", "gGsw", " group shell ", 9, DASH_C },
	{ "runuser", "gGsuw", " group shell user ", 9, DASH_C },
	{ "systemd-run", "pHMutE", " property host machine unit slice "
	    "setenv uid gid ", 0, 0 },
	{ "ssh", "BbcDEeFIiJLlmOopQRSWw", " ", 1, STRING | REMOTE },
};

size_t
sh_add(struct sh_ctx *c, const struct sh_words *argv)
{
	struct sh *sh = c->sh;
	struct sh_cmd *k;

	if (sh->n == sh->cap) {
		sh->cap = sh->cap != 0 ? 2 * sh->cap : 16;
		sh->cmd = xreallocarray(sh->cmd, sh->cap, sizeof(*sh->cmd));
	}
	k = &sh->cmd[sh->n];
	*k = (struct sh_cmd){ .n = argv->n };
	k->argv = xcalloc(argv->n + 1, sizeof(*k->argv));
	for (size_t i = 0; i < argv->n; i++) {
		k->argv[i] = argv->v[i];
		k->argv[i].code = xstrdup(argv->v[i].code);
		c->work += strlen(argv->v[i].code);
	}
	if (c->cwd != NULL)
		k->cwd = xstrdup(c->cwd);
	return sh->n++;
}

void
sh_feed(struct sh_ctx *c, size_t from0, size_t from1, size_t to0, size_t to1)
{
	struct sh *sh = c->sh;

	if (from0 == from1 || to0 == to1)
		return;
	if (sh->nfeed == sh->feedcap) {
		sh->feedcap = sh->feedcap != 0 ? 2 * sh->feedcap : 8;
		sh->feed = xreallocarray(sh->feed, sh->feedcap,
		    sizeof(*sh->feed));
	}
	sh->feed[sh->nfeed++] = (struct sh_feed){ from0, from1, to0, to1 };
}

void
sh_opaque(struct sh_cmd *c, const char *why)
{
	if ((c->flags & SH_OPAQUE) == 0)
		c->why = why;
	c->flags |= SH_OPAQUE;
}

char *
sh_name(const struct sh_cmd *c)
{
	char *text = word_text(c->n != 0 ? c->argv[0].code : "");
	const char *slash = strrchr(text, '/');
	char *name = xstrdup(slash != NULL ? slash + 1 : text);

	free(text);
	return name;
}

void
sh_free(struct sh *sh)
{
	for (size_t i = 0; sh != NULL && i < sh->n; i++) {
		struct sh_cmd *c = &sh->cmd[i];

		for (size_t k = 0; k < c->n; k++)
			free(c->argv[k].code);
		for (size_t k = 0; k < c->nassign; k++)
			free(c->assign[k].code);
		for (size_t k = 0; k < c->nredir; k++)
			free(c->redir[k].word.code);
		free(c->argv);
		free(c->assign);
		free(c->redir);
		free(c->cwd);
	}
	if (sh != NULL) {
		free(sh->cmd);
		free(sh->feed);
	}
	free(sh);
}

/* ---- what is printed ---- */

/* The escapes of printf and of echo -e, as far as they hide letters. */
static void
unescape(struct buf *b, const char *p)
{
	for (; *p != '\0'; p++) {
		unsigned v = 0;
		int n = 0, base = 8;

		if (*p != '\\' || p[1] == '\0') {
			buf_addc(b, *p);
			continue;
		}
		p++;
		if (*p == 'x') {
			base = 16;
			p++;
		}
		for (; n < (base == 8 ? 4 : 2) && isxdigit((unsigned char)*p) &&
		    (base == 16 || *p < '8'); n++, p++)
			v = v * (unsigned)base + (unsigned)(isdigit(
			    (unsigned char)*p) ? *p - '0' : (*p | 32) - 'a' +
			    10);
		if (n != 0) {
			buf_addc(b, (char)v);
			p--;
		} else {
			buf_addc(b, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p);
		}
	}
}

bool
sh_output(const struct sh_cmd *c, char **text)
{
	char *name = sh_name(c), *word;
	bool print = strcmp(name, "printf") == 0;
	bool echo = strcmp(name, "echo") == 0, pwd = strcmp(name, "pwd") == 0;
	struct buf b = BUF_INIT;
	bool ok = (print || echo || (pwd && c->cwd != NULL)) &&
	    c->nredir == 0, escapes = print;
	size_t i = 1;

	free(name);
	if (ok && pwd)
		word_plain(&b, c->cwd);
	for (; ok && echo && i < c->n && c->argv[i].code[0] == '-' &&
	    c->argv[i].code[strspn(c->argv[i].code, "-neE")] == '\0'; i++)
		escapes |= strchr(c->argv[i].code, 'e') != NULL;
	for (; ok && !pwd && i < c->n; i++) {
		ok = strchr(c->argv[i].code, WORD_UNKNOWN) == NULL;
		word = word_text(c->argv[i].code);
		/* printf '%s\n' words: the words. */
		if (print && i == 1 && strchr(word, '%') != NULL) {
			ok &= strncmp(word, "%s", 2) == 0 ||
			    strncmp(word, "%b", 2) == 0;
		} else if (escapes) {
			unescape(&b, word);
		} else {
			buf_adds(&b, word);
		}
		if (b.len != 0 && i + 1 < c->n)
			buf_addc(&b, ' ');
		free(word);
	}
	if (!ok || b.len == 0)
		buf_free(&b);
	else
		*text = buf_detach(&b);
	return ok && *text != NULL;
}

/* ---- commands that start commands ---- */

void
sh_start(struct sh_ctx *c, size_t i, size_t from)
{
	struct sh_words w = { 0 };
	struct sh_cmd *k = &c->sh->cmd[i];

	if (from >= k->n || !sh_deeper(c))
		return;
	c->depth++;
	w.v = k->argv + from;
	w.n = k->n - from;
	sh_look(c, sh_add(c, &w));
	c->depth--;
}

void
sh_start_text(struct sh_ctx *c, size_t i, size_t from, size_t to)
{
	struct buf b = BUF_INIT;

	for (; from < to; from++) {
		const struct sh_word *w = &c->sh->cmd[i].argv[from];

		word_plain(&b, w->code);
		buf_addc(&b, ' ');
		if (w->from != w->to) {
			c->sh->cmd[i].flags |= SH_CODE_ARG;
			sh_feed(c, w->from, w->to, i, i + 1);
		}
		if (!w->sure || word_unknown(w->code))
			sh_opaque(&c->sh->cmd[i], "its text is not all known");
	}
	if (b.len != 0)
		sh_text(c, b.data, b.len);
	buf_free(&b);
}

/* What xargs starts, with the words that it reads when they are known. */
static void
start_xargs(struct sh_ctx *c, size_t i, size_t from)
{
	const struct sh_cmd *k = &c->sh->cmd[i];
	struct sh_words w = { 0 };
	struct vec more = VEC_INIT;

	if (!sh_deeper(c))
		return;
	for (size_t a = from; a < k->n; a++)
		sh_words_push(&w, k->argv[a].code, k->argv[a].sure);
	if (c->piped != NULL)
		vec_split(&more, c->piped, " \t\n");
	for (size_t a = 0; a < more.n; a++) {
		struct buf code = BUF_INIT;

		word_literal(&code, more.v[a], strlen(more.v[a]));
		sh_words_push(&w, buf_str(&code), false);
		buf_free(&code);
	}
	if (c->piped == NULL)
		sh_words_push(&w, "\1", false);
	c->depth++;
	sh_look(c, sh_add(c, &w));
	c->depth--;
	vec_free(&more);
	sh_words_free(&w);
}

/* Where the operands of a wrapper begin; *string is the word behind -c. */
static size_t
operands(const struct sh_cmd *k, const struct wrapper *w, size_t *string)
{
	size_t i = 1;

	for (; i < k->n; i++) {
		char *t = word_text(k->argv[i].code), *eq = strchr(t, '=');
		bool more = false, end = strcmp(t, "--") == 0;

		if (t[0] == '-' && t[1] == '-' && !end) {
			char *name = xasprintf(" %.*s ", eq != NULL ?
			    (int)(eq - t) - 2 : (int)strlen(t) - 2, t + 2);

			more = eq == NULL && strstr(w->longs, name) != NULL;
			if (strcmp(t, "--command") == 0 ||
			    strcmp(t, "--session-command") == 0)
				*string = i + 1;
			free(name);
		} else if (t[0] == '-' && t[1] != '\0' && !end) {
			const char *p = t + 1;

			while (*p != '\0' && strchr(w->args, *p) == NULL)
				p++;
			more = *p != '\0' && p[1] == '\0';
			if ((w->how & DASH_C) && t[strlen(t) - 1] == 'c')
				*string = i + 1;
		} else if (!end && !((w->how & ASSIGN) && eq != NULL)) {
			free(t);
			break;
		}
		free(t);
		i += more;
		if (end)
			return i + 1;
		if (*string == i + 1)
			return i + 1;
	}
	return i;
}

static void
unwrap(struct sh_ctx *c, size_t i, const struct wrapper *w)
{
	struct sh_cmd *k = &c->sh->cmd[i];
	size_t string = 0, at = operands(k, w, &string);
	bool looks = false;

	if ((w->how & LOOKS) && k->n > 1 && k->argv[1].code[0] == '-')
		looks = strpbrk(k->argv[1].code, "vV") != NULL;
	at += (size_t)(string == 0 ? w->skip : 0);
	if (string == 0 && (w->how & DASH_C) && w->skip == 1 && at < k->n &&
	    strcmp(k->argv[at].code, "-c") == 0)
		string = at + 1;
	/* su USER -c 'text' */
	for (size_t a = 1; string == 0 && w->skip == 9 && a + 1 < k->n; a++)
		if (strcmp(k->argv[a].code, "-c") == 0)
			string = a + 1;
	if (looks)
		return;
	if (string != 0 && string < k->n) {
		sh_start_text(c, i, string, string + 1);
	} else if (w->skip == 9 || at >= k->n) {
		return;
	} else if (w->how & STRING) {
		size_t end = k->n, from = c->sh->n;

		for (size_t a = at; a < end; a++)
			if (strncmp(k->argv[a].code, ":::", 3) == 0)
				end = a;
		sh_start_text(c, i, at, end);
		for (size_t a = from; a < c->sh->n && (w->how & REMOTE); a++)
			c->sh->cmd[a].flags |= SH_REMOTE;
	} else {
		if (w->how & CLEAR)
			k->flags |= SH_CLEAR;
		if (strcmp(w->name, "xargs") == 0)
			start_xargs(c, i, at);
		else
			sh_start(c, i, at);
	}
}

/* cd: what follows is relative to there. */
static void
follow(struct sh_ctx *c, const struct sh_cmd *k)
{
	const char *to = NULL;
	char *path;

	for (size_t i = 1; i < k->n && to == NULL; i++)
		if (k->argv[i].code[0] != '-' || k->argv[i].code[1] == '\0')
			to = k->argv[i].code;
	if (to != NULL && strcmp(to, "-") == 0)
		path = NULL;
	else if (to == NULL)
		path = c->home != NULL ? xstrdup(c->home) : NULL;
	else
		path = word_path(to, c->cwd);
	free(c->cwd);
	c->cwd = path;
}

/* export NAME=value and its like. */
static void
follow_values(struct sh_ctx *c, const struct sh_cmd *k)
{
	for (size_t i = 1; i < k->n; i++) {
		const char *code = k->argv[i].code, *eq = strchr(code, '=');
		char *text;

		if (eq == NULL || eq == code || *code == '-')
			continue;
		text = word_text(eq + 1);
		sh_var_set(c, code, (size_t)(eq - code),
		    strchr(eq, WORD_UNKNOWN) == NULL ? text : NULL);
		free(text);
	}
}

void
sh_look(struct sh_ctx *c, size_t i)
{
	static const char *const setters[] = { "export", "declare",
	    "typeset", "local", "readonly" };
	struct sh_cmd *k = &c->sh->cmd[i];
	char *name = sh_name(k);

	if (!sh_deeper(c) || k->n == 0) {
		free(name);
		return;
	}
	if (!k->argv[0].sure || word_unknown(k->argv[0].code))
		sh_opaque(k, "the name of the command is not written out");
	if (vec_has(&c->functions, name))
		sh_opaque(k, "it is a function");
	if (strcmp(name, "cd") == 0 || strcmp(name, "pushd") == 0)
		follow(c, k);
	for (size_t s = 0; s < BASE_NITEMS(setters); s++)
		if (strcmp(name, setters[s]) == 0)
			follow_values(c, k);
	if (!sh_look_own(c, i, name))
		for (size_t w = 0; w < BASE_NITEMS(wrappers); w++)
			if (strcmp(name, wrappers[w].name) == 0)
				unwrap(c, i, &wrappers[w]);
	sh_look_opaque(c, i, name);
	free(name);
}
