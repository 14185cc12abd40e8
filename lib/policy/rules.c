/*
 * rules.c - the policy as it stands in files.
 */
#include "policy/rules.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/opt.h"
#include "core/state.h"
#include "policy/word.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX	((size_t)1024 * 1024)
#define RULES_MAX	10000

static const char *const decisions[] = { "allow", "ask", "deny", NULL };
static const char *const kinds[] = { "run", "pipe", "read", "write", "host",
    "tool", "shape", "exact", NULL };
static const char *const places[] = { "session", "flag", "user", "system",
    "shipped", "project" };

const char *
policy_decision_name(enum decision d)
{
	return decisions[d];
}

const char *
policy_kind_name(enum rule_kind k)
{
	return kinds[k];
}

const char *
policy_place_name(enum policy_place p)
{
	return places[p];
}

static int
number_of(const char *s, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(s, names[i]) == 0)
			return i;
	return -1;
}

struct policy *
policy_new(const char *workspace, const char *home)
{
	struct policy *p = xcalloc(1, sizeof(*p));

	p->workspace = xstrdup(workspace);
	if (home != NULL && *home == '/')
		p->home = xstrdup(home);
	for (int i = 0; i < PLACES; i++)
		for (int k = 0; k < RULE_KINDS; k++)
			p->dflt[i][k] = -1;
	return p;
}

static void
rule_free(struct rule *r)
{
	for (size_t i = 0; i < r->n; i++)
		vec_free(&r->word[i]);
	free(r->word);
	free(r->text);
	free(r->reason);
	free(r->hint);
	free(r);
}

void
policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		rule_free(p->rule[i]);
	free(p->rule);
	vec_free(&p->files);
	free(p->home);
	free(p->workspace);
	free(p);
}

/* ---- a line ---- */

/* The next word at *s as coded text; false at the end.  Quotes work as in
 * the shell; a # behind a blank ends the words. */
static bool
next_word(const char **s, struct buf *code, bool *open)
{
	const char *p = *s;
	char quote = '\0';
	bool some = false;

	buf_reset(code);
	p += strspn(p, " \t");
	if (*p == '#')
		return false;
	for (; *p != '\0' && (quote != '\0' || !strchr(" \t", *p)); p++) {
		some = true;
		if (quote == '\0' && (*p == '\'' || *p == '"')) {
			quote = *p;
		} else if (*p == quote) {
			quote = '\0';
		} else if (quote != '\0') {
			word_literal(code, p, 1);
		} else {
			if (*p == '\\' && p[1] != '\0')
				buf_addc(code, *p++);
			buf_addc(code, *p);
		}
	}
	*open = quote != '\0';
	*s = p;
	return some;
}

static void
add_base(struct buf *b, const char *plain)
{
	word_literal(b, plain, strlen(plain));
	buf_addc(b, '/');
}

/* A word of a rule that means a path, absolute: ~ is the home, what has a
 * slash is below the workspace, and a bare name is it anywhere (deep). */
static char *
as_path(const struct policy *p, const char *code, bool deep)
{
	struct buf b = BUF_INIT;
	const char *home = p->home != NULL ? p->home : "/nonexistent";
	char *path;

	if (code[0] == '~' && (code[1] == '/' || code[1] == '\0')) {
		add_base(&b, home);
		buf_adds(&b, code + 1);
	} else if (code[0] != '/' && deep && strchr(code, '/') == NULL &&
	    strcmp(code, ".") != 0 && strcmp(code, "..") != 0) {
		buf_adds(&b, "/**/");
		buf_adds(&b, code);
	} else {
		if (code[0] != '/')
			add_base(&b, p->workspace);
		buf_adds(&b, code);
	}
	path = word_path(buf_str(&b), "/");
	buf_free(&b);
	return path;
}

/* Words of commands are paths when they begin like one. */
static bool
looks_like_path(const char *code)
{
	return code[0] == '/' || (code[0] == '~' && (code[1] == '/' ||
	    code[1] == '\0')) || strcmp(code, ".") == 0 ||
	    strcmp(code, "..") == 0 || strncmp(code, "./", 2) == 0 ||
	    strncmp(code, "../", 3) == 0;
}

static void
push_word(const struct policy *p, struct rule *r, const char *code)
{
	struct vec all = VEC_INIT, *v;
	bool path = r->kind == RULE_READ || r->kind == RULE_WRITE;

	r->word = xreallocarray(r->word, r->n + 1, sizeof(*r->word));
	v = &r->word[r->n++];
	*v = (struct vec)VEC_INIT;
	word_braces(&all, code);
	for (size_t i = 0; i < all.n; i++) {
		if (path || (r->kind == RULE_RUN && r->n > 1 &&
		    looks_like_path(all.v[i]))) {
			char *full = as_path(p, all.v[i], path);

			vec_push(v, full != NULL ? full : all.v[i]);
			free(full);
		} else {
			vec_push(v, all.v[i]);
		}
	}
	vec_free(&all);
}

static char *
trimmed(const char *s, size_t n)
{
	while (n != 0 && strchr(" \t", *s) != NULL) {
		s++;
		n--;
	}
	while (n != 0 && strchr(" \t", s[n - 1]) != NULL)
		n--;
	return n != 0 ? xmemdup(s, n) : NULL;
}

/* "# reason => hint" */
static void
comment(struct rule *r, const char *s)
{
	const char *arrow;

	s += strspn(s, " \t");
	s += *s == '#';
	arrow = strstr(s, "=>");
	r->reason = trimmed(s, arrow != NULL ? (size_t)(arrow - s) :
	    strlen(s));
	if (arrow != NULL)
		r->hint = trimmed(arrow + 2, strlen(arrow + 2));
}

static int
fault(struct err *e, const char *name, unsigned line, const char *what,
    const char *word, const char *const *names)
{
	const char *near = names != NULL ? opt_nearest(word, names) : NULL;

	return err_set(e, ERR_CONFIG, "%s:%u: %s%.60s%s%s%s; see "
	    "agent-policy(5)", name, line, what, word, near != NULL ?
	    "; did you mean " : "", near != NULL ? near : "", near != NULL ?
	    "?" : "");
}

/* default DECISION [KIND] */
static int
default_line(struct policy *p, struct rule *r, const char *s,
    struct err *e)
{
	struct buf word = BUF_INIT;
	bool open = false;
	int d = -1, k = -1, rc = 0;

	if (next_word(&s, &word, &open))
		d = number_of(buf_str(&word), decisions);
	if (d == -1)
		rc = fault(e, r->file, r->line, "default: expected allow, ask "
		    "or deny, not ", buf_str(&word), decisions);
	else if (next_word(&s, &word, &open) &&
	    (k = number_of(buf_str(&word), kinds)) == -1)
		rc = fault(e, r->file, r->line, "default: there is no kind ",
		    buf_str(&word), kinds);
	for (int i = 0; rc == 0 && i < RULE_KINDS; i++)
		if (k == i || (k == -1 && !p->dflt_own[r->place][i])) {
			p->dflt[r->place][i] = d;
			p->dflt_own[r->place][i] = k == i;
			p->dflt_rule[r->place][i] = p->n;
		}
	/* A default is kept as a rule without words, for what it says. */
	r->decision = d >= 0 ? (enum decision)d : POLICY_DENY;
	comment(r, s);
	buf_free(&word);
	return rc;
}

/* How many words a kind takes. */
static bool
counts(const struct rule *r)
{
	switch (r->kind) {
	case RULE_PIPE:
		return r->n == 2;
	case RULE_RUN:
		return r->n >= 1;
	default:
		return r->n == 1;
	}
}

static int
rule_words(struct policy *p, struct rule *r, const char *s, struct err *e)
{
	struct buf word = BUF_INIT;
	bool open = false, bad = false;
	char *rest;

	if (r->kind == RULE_EXACT) {
		/* TOOL JSON: the JSON as it is. */
		if (next_word(&s, &word, &open)) {
			push_word(p, r, buf_str(&word));
			rest = trimmed(s, strlen(s));
			if (rest != NULL) {
				r->word = xreallocarray(r->word, 2,
				    sizeof(*r->word));
				r->word[r->n] = (struct vec)VEC_INIT;
				vec_push(&r->word[r->n++], rest);
			}
			free(rest);
		}
		buf_free(&word);
		return r->n == 2 ? 0 : fault(e, r->file, r->line,
		    "exact takes a tool and its arguments as JSON", "",
		    NULL);
	}
	while (next_word(&s, &word, &open)) {
		push_word(p, r, buf_str(&word));
		bad |= open;
	}
	comment(r, s);
	buf_free(&word);
	if (bad)
		return fault(e, r->file, r->line, "a quote has no end", "",
		    NULL);
	return counts(r) ? 0 : fault(e, r->file, r->line, "wrong number of "
	    "words for ", kinds[r->kind], NULL);
}

static int
rule_line(struct policy *p, struct rule *r, const char *s, struct err *e)
{
	struct buf word = BUF_INIT;
	bool open = false;
	int d, k, rc = -1;

	next_word(&s, &word, &open);
	if (strcmp(buf_str(&word), "tainted") == 0) {
		r->tainted = true;
		next_word(&s, &word, &open);
	} else if (strcmp(buf_str(&word), "default") == 0) {
		rc = default_line(p, r, s, e);
		goto out;
	}
	d = number_of(buf_str(&word), decisions);
	if (d == -1) {
		fault(e, r->file, r->line, "expected allow, ask, deny or "
		    "default, not ", buf_str(&word), decisions);
		goto out;
	}
	r->decision = (enum decision)d;
	if (!next_word(&s, &word, &open) ||
	    (k = number_of(buf_str(&word), kinds)) == -1) {
		fault(e, r->file, r->line, "there is no kind of rule ",
		    buf_str(&word), kinds);
		goto out;
	}
	r->kind = (enum rule_kind)k;
	rc = rule_words(p, r, s, e);
out:
	buf_free(&word);
	return rc;
}

static int
one_line(struct policy *p, enum policy_place place, const char *name,
    unsigned number, char *text, struct err *e)
{
	struct rule *r;
	size_t n = strlen(text);
	const char *start = text + strspn(text, " \t");

	while (n != 0 && strchr(" \t\r", text[n - 1]) != NULL)
		text[--n] = '\0';
	if (*start == '\0' || *start == '#')
		return 0;
	if (p->n >= RULES_MAX)
		return fault(e, name, number, "too many rules", "", NULL);
	r = xmalloc(sizeof(*r));
	*r = (struct rule){ .place = place, .file = name, .line = number,
	    .text = xstrdup(start) };
	if (rule_line(p, r, start, e) == -1) {
		rule_free(r);
		return -1;
	}
	if (r->reason != NULL) {
		char *hash = strchr(r->text, '#');

		while (hash != NULL && hash != r->text &&
		    strchr(" \t", hash[-1]) == NULL)
			hash = strchr(hash + 1, '#');
		while (hash != NULL && hash != r->text &&
		    strchr(" \t", hash[-1]) != NULL)
			*--hash = '\0';
	}
	if (p->n == p->cap) {
		p->cap = p->cap != 0 ? 2 * p->cap : 64;
		p->rule = xreallocarray(p->rule, p->cap, sizeof(*p->rule));
	}
	p->rule[p->n++] = r;
	return 0;
}

int
policy_add(struct policy *p, enum policy_place place, const char *name,
    const char *text, size_t n, struct err *e)
{
	const char *end = text + n;
	unsigned number = 0;
	int rc = 0;

	vec_push(&p->files, name);
	name = p->files.v[p->files.n - 1];
	while (rc == 0 && text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t len = nl != NULL ? (size_t)(nl - text) :
		    (size_t)(end - text);
		char *line = xmemdup(text, len);

		number++;
		rc = one_line(p, place, name, number, line, e);
		free(line);
		text += len + (nl != NULL);
	}
	return rc;
}

/* ---- files ---- */

static int
add_file(struct policy *p, enum policy_place place, const char *path, bool must,
    struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	if (path == NULL)
		return 0;
	if (!must && access(path, F_OK) == -1 && errno != EACCES)
		return 0;
	rc = file_read(path, &text, FILE_MAX, e);
	if (rc == 0)
		rc = policy_add(p, place, path, buf_str(&text), text.len, e);
	else
		err_wrap(e, "policy");
	if (rc == -1)
		e->kind = ERR_CONFIG;
	buf_free(&text);
	return rc;
}

char *
policy_user_file(void)
{
	return xdg_config("policy");
}

struct policy *
policy_open(const char *workspace, const char *extra, struct err *e)
{
	char *home = xdg_home("");
	struct policy *p = policy_new(workspace, home);
	char *user = policy_user_file(), *shipped, *project;
	int rc;

	shipped = state_share("policy/default");
	project = xasprintf("%s/.agents/policy", workspace);
	rc = add_file(p, PLACE_FLAG, extra, true, e) == -1 ||
	    add_file(p, PLACE_USER, user, false, e) == -1 ||
	    add_file(p, PLACE_SYSTEM, "/etc/xdg/agent/policy", false, e) ==
	    -1 || add_file(p, PLACE_SHIPPED, shipped != NULL ? shipped :
	    "share/agent/policy/default", true, e) == -1 ||
	    add_file(p, PLACE_PROJECT, project, false, e) == -1 ? -1 : 0;
	free(home);
	free(user);
	free(shipped);
	free(project);
	if (rc == 0)
		return p;
	policy_free(p);
	return NULL;
}

int
policy_append(const char *line, char **file, struct err *e)
{
	struct buf text = BUF_INIT;
	char *path = policy_user_file(), *slash;
	int rc, lock = -1;

	*file = path;
	if (path == NULL)
		return err_set(e, ERR_CONFIG, "there is no folder for the "
		    "user's policy; set HOME");
	slash = strrchr(path, '/');
	*slash = '\0';
	rc = file_mkdirs(path, 0700, e);
	*slash = '/';
	if (rc == -1)
		goto out;
	lock = file_change_lock(path);
	rc = access(path, F_OK) == 0 ? file_read(path, &text, FILE_MAX, e) : 0;
	if (rc == -1)
		goto out;
	if (text.len != 0 && text.data[text.len - 1] != '\n')
		buf_addc(&text, '\n');
	buf_addf(&text, "%s\n", line);
	rc = file_replace(path, text.data, text.len, 0600, e);
out:
	fd_close(&lock);
	buf_free(&text);
	return rc;
}
