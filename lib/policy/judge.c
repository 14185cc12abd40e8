/*
 * judge.c - what the policy says to one call of a tool.
 */
#include "policy/judge.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "policy/effects.h"
#include "policy/match.h"
#include "policy/shparse.h"
#include "policy/word.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX	300

/* One thing to be decided. */
struct item {
	enum rule_kind	 kind;
	const struct sh	*sh;
	const struct sh_cmd *cmd;	/* run */
	const struct sh_feed *feed;	/* pipe */
	const char	*path, *real;	/* read, write: absolute, coded */
	const char	*text;		/* host, tool, shape */
	const char	*other;		/* the tool with its operation */
	bool		 allowable;	/* a rule may allow it */
	bool		 clear;		/* only others decide to allow */
};

struct judge {
	const struct policy *p;
	const struct policy_call *call;
	struct verdict	*v;
	bool		 any;
	char		*cwd;		/* coded */
	enum rule_kind	 kind;		/* for effects */
	const char	*base;
	bool		 exact;		/* an exact rule allows the call */
};

void
verdict_free(struct verdict *v)
{
	free(v->what);
	free(v->hint);
	v->what = v->hint = NULL;
}

/* ---- one rule and one thing ---- */

static bool
pipe_meets(const struct rule *r, const struct item *it)
{
	const struct sh_feed *f = it->feed;
	bool from = false, to = false;

	for (size_t i = f->from0; i < f->from1 && !from; i++)
		from = match_name(&r->word[0], &it->sh->cmd[i], false);
	for (size_t i = f->to0; i < f->to1 && from && !to; i++)
		to = (it->sh->cmd[i].flags & (SH_CODE_STDIN | SH_CODE_ARG)) !=
		    0 && match_name(&r->word[1], &it->sh->cmd[i], false);
	return to;
}

static bool
meets(const struct rule *r, const struct item *it, bool strict)
{
	switch (r->kind) {
	case RULE_RUN:
		return match_run(r, it->cmd, strict);
	case RULE_PIPE:
		return pipe_meets(r, it);
	case RULE_READ:
	case RULE_WRITE:
		return match_path(r, it->path, strict) ||
		    (it->real != NULL && match_path(r, it->real, strict));
	default:
		return match_text(r, it->text) ||
		    (it->other != NULL && match_text(r, it->other));
	}
}

/* The strictest rule of a place that speaks of it, or NULL. */
static const struct rule *
in_place(const struct judge *j, enum policy_place place,
    const struct item *it)
{
	const struct rule *best = NULL;
	const struct policy *p = j->p;

	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = p->rule[i];

		if (r->tainted && !j->call->tainted)
			continue;
		if (r->place != place || r->kind != it->kind || r->n == 0 ||
		    (best != NULL && best->decision >= r->decision))
			continue;
		if (r->decision == POLICY_ALLOW && (!it->allowable ||
		    place == PLACE_PROJECT))
			continue;
		if (meets(r, it, r->decision == POLICY_ALLOW))
			best = r;
	}
	return best;
}

static const struct rule *
default_of(const struct policy *p, enum policy_place place,
    enum rule_kind kind)
{
	return p->dflt[place][kind] != -1 ?
	    p->rule[p->dflt_rule[place][kind]] : NULL;
}

/* ---- what people are shown ---- */

static void
show_word(struct buf *b, const char *code)
{
	char *text = word_text(code);

	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\1");

		utf8_escape(b, p, n, UTF8_LINE);
		p += n;
		if (*p != '\0') {
			buf_adds(b, "\342\200\246");
			p++;
		}
	}
	free(text);
}

static void
show_cmd(struct buf *b, const struct sh_cmd *c)
{
	for (size_t i = 0; i < c->n && b->len < SHOWN_MAX; i++) {
		if (i != 0)
			buf_addc(b, ' ');
		show_word(b, c->argv[i].code);
	}
}

static char *
shown(const struct item *it)
{
	struct buf b = BUF_INIT;

	switch (it->kind) {
	case RULE_RUN:
		show_cmd(&b, it->cmd);
		break;
	case RULE_PIPE:
		show_cmd(&b, &it->sh->cmd[it->feed->from0]);
		buf_adds(&b, " | ");
		show_cmd(&b, &it->sh->cmd[it->feed->to0]);
		break;
	case RULE_READ:
	case RULE_WRITE:
		show_word(&b, it->path);
		break;
	default:
		utf8_escape(&b, it->text, strlen(it->text), UTF8_LINE);
	}
	if (b.len > SHOWN_MAX) {
		buf_cut(&b, utf8_cut(b.data, SHOWN_MAX));
		buf_adds(&b, "\342\200\246");
	}
	if (b.len == 0)
		buf_adds(&b, "\"\"");
	return buf_detach(&b);
}

/* What to do instead, where no rule says so. */
static char *
hint_of(const struct item *it, const struct rule *r, bool by_default)
{
	char *name, *hint;

	if (r != NULL && r->hint != NULL)
		return xstrdup(r->hint);
	if (!by_default)
		return NULL;
	if (it->kind != RULE_RUN)
		return xasprintf("a rule would allow it: allow %s PATTERN",
		    policy_kind_name(it->kind));
	if (it->cmd->flags & SH_OPAQUE)
		return xasprintf("write it so that it can be seen what runs "
		    "(%s)", it->cmd->why);
	name = sh_name(it->cmd);
	hint = xasprintf("a rule would allow it: allow run %.60s", name);
	free(name);
	return hint;
}

/* ---- deciding ---- */

static void
take(struct judge *j, const struct item *it, enum decision d,
    const struct rule *r, bool by_default)
{
	struct verdict *v = j->v;

	if (j->any && (v->decision > d || (v->decision == d &&
	    (by_default || !v->by_default))))
		return;
	j->any = true;
	verdict_free(v);
	*v = (struct verdict){ d, it->kind, r, by_default, shown(it),
	    d != POLICY_ALLOW ? hint_of(it, r, by_default) : NULL };
}

static void
decide(struct judge *j, const struct item *it)
{
	const struct policy *p = j->p;
	const struct rule *r = NULL, *mine;
	bool by_default = false;
	enum decision d;

	for (int i = PLACE_SESSION; i <= PLACE_SHIPPED && r == NULL; i++)
		r = in_place(j, (enum policy_place)i, it);
	for (int i = PLACE_FLAG; i <= PLACE_SHIPPED && r == NULL; i++) {
		r = default_of(p, (enum policy_place)i, it->kind);
		by_default = r != NULL;
	}
	d = r != NULL ? r->decision : POLICY_ASK;
	by_default |= r == NULL;
	/* The project can only make it stricter than what the user has not
	 * just said. */
	mine = r != NULL && r->place == PLACE_SESSION ? NULL :
	    in_place(j, PLACE_PROJECT, it);
	if (mine == NULL && by_default)
		mine = default_of(p, PLACE_PROJECT, it->kind);
	if (mine != NULL && mine->decision > d) {
		by_default = mine->n == 0;
		d = mine->decision;
		r = mine;
	}
	if (by_default && it->clear)
		return;
	take(j, it, d, r, by_default);
}

/* Where a path really leads, coded, or NULL; existing names only. */
static char *
really(const char *coded)
{
	char *path, link[64], to[4096];
	struct buf b = BUF_INIT;
	ssize_t n;
	int fd;

	if (word_unknown(coded))
		return NULL;
	path = word_text(coded);
	fd = open(path, O_PATH | O_CLOEXEC);
	free(path);
	if (fd == -1)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, to, sizeof(to));
	close(fd);
	if (n <= 0 || (size_t)n == sizeof(to) || to[0] != '/')
		return NULL;
	word_literal(&b, to, (size_t)n);
	if (strcmp(buf_str(&b), coded) == 0)
		buf_free(&b);
	return b.data != NULL ? buf_detach(&b) : NULL;
}

static void
decide_path(struct judge *j, enum rule_kind kind, const char *code,
    const char *cwd, bool sure)
{
	struct item it = { .kind = kind, .allowable = sure };
	char *path = word_path(code, cwd), *real;

	if (path == NULL) {
		it.path = code;
		it.allowable = false;
		decide(j, &it);
		return;
	}
	real = really(path);
	it.path = path;
	it.real = real;
	decide(j, &it);
	free(real);
	free(path);
}

static void
decide_text(struct judge *j, enum rule_kind kind, const char *text,
    bool sure)
{
	struct item it = { .kind = kind, .text = text, .allowable = sure };

	decide(j, &it);
}

static void
on_effect(void *arg, enum effect what, const char *code, bool sure)
{
	struct judge *j = arg;

	if (what == EFFECT_HOST)
		decide_text(j, RULE_HOST, code, sure);
	else if (*code != '\0')
		decide_path(j, what == EFFECT_READ ? RULE_READ : RULE_WRITE,
		    code, j->base, sure);
}

static void
shapes(struct judge *j, const struct sh *sh)
{
	unsigned flags = 0;

	for (size_t i = 0; i < sh->n; i++)
		flags |= sh->cmd[i].flags;
	if (sh->bomb)
		decide_text(j, RULE_SHAPE, "fork-bomb", true);
	if (sh->malformed)
		decide_text(j, RULE_SHAPE, "malformed", true);
	if (sh->complex)
		decide_text(j, RULE_SHAPE, "too-complex", true);
	if (flags & SH_OPAQUE)
		decide_text(j, RULE_SHAPE, "opaque", true);
	if (flags & SH_REMOTE)
		decide_text(j, RULE_SHAPE, "remote", true);
}

static void
judge_shell(struct judge *j, const char *text, size_t n)
{
	char *cwd = word_text(j->cwd);
	struct sh *sh = sh_parse(text, n, j->p->home, cwd);

	for (size_t i = 0; i < sh->n; i++) {
		const struct sh_cmd *c = &sh->cmd[i];
		struct item it = { .kind = RULE_RUN, .sh = sh, .cmd = c,
		    .allowable = (c->flags & SH_OPAQUE) == 0,
		    .clear = (c->flags & (SH_CLEAR | SH_OPAQUE)) ==
		    SH_CLEAR };

		j->base = c->cwd;
		/* Redirections or variables alone are no command, unless
		 * they change what the others are. */
		if (c->n != 0 || (c->flags & SH_OPAQUE) != 0)
			decide(j, &it);
		if ((c->flags & SH_REMOTE) == 0)
			effects_of(c, on_effect, j);
	}
	for (size_t i = 0; i < sh->nfeed; i++) {
		struct item it = { .kind = RULE_PIPE, .sh = sh,
		    .feed = &sh->feed[i], .allowable = true, .clear = true };

		decide(j, &it);
	}
	shapes(j, sh);
	free(cwd);
	sh_free(sh);
}

/* Where the command begins: cwd below the workspace. */
static void
set_cwd(struct judge *j)
{
	const char *sub = js_str(j->call->args, "cwd");
	struct buf base = BUF_INIT, code = BUF_INIT;

	word_literal(&base, j->p->workspace, strlen(j->p->workspace));
	if (sub != NULL && j->call->runs)
		word_literal(&code, sub, strlen(sub));
	else
		buf_addc(&code, '.');
	j->cwd = word_path(buf_str(&code), buf_str(&base));
	if (j->cwd == NULL)
		j->cwd = xstrdup(buf_str(&base));
	buf_free(&base);
	buf_free(&code);
}

/* The tool, and where it does several things which one: memory:store. */
static void
judge_tool(struct judge *j)
{
	static const char *const which[] = { "operation", "action", "op" };
	struct item it = { .kind = RULE_TOOL, .text = j->call->tool,
	    .allowable = true };
	const char *s = NULL;
	char *both = NULL;

	for (size_t i = 0; i < BASE_NITEMS(which) && s == NULL; i++)
		s = js_str(j->call->args, which[i]);
	if (s != NULL)
		both = xasprintf("%s:%s", j->call->tool, s);
	it.other = both;
	decide(j, &it);
	free(both);
}

/* Does the call send something to somebody? */
static void
judge_sending(struct judge *j)
{
	static const char *const bodies[] = { "body", "data" };
	const char *url = js_str(j->call->args, "url");
	bool sends = url != NULL && effects_carries(url);

	for (size_t i = 0; i < BASE_NITEMS(bodies) && url != NULL; i++)
		sends |= js_str(j->call->args, bodies[i]) != NULL;
	if (sends)
		decide_text(j, RULE_SHAPE, "sends-data", true);
}

/* The paths, hosts and commands among the arguments. */
static void
judge_arguments(struct judge *j)
{
	static const char *const paths[] = { "path", "file", "file_path",
	    "filename", "source", "target", "destination" };
	static const char *const urls[] = { "url", "uri" };
	static const char *const commands[] = { "command", "cmd" };
	const struct policy_call *c = j->call;
	size_t n = 0;

	for (size_t i = 0; i < BASE_NITEMS(paths); i++) {
		const char *s = js_str(c->args, paths[i]);
		struct buf code = BUF_INIT;

		if (s == NULL)
			continue;
		if (*s == '~' && s[1] == '/' && j->p->home != NULL)
			word_literal(&code, j->p->home,
			    strlen(j->p->home));
		word_literal(&code, s + (code.len != 0), strlen(s) -
		    (code.len != 0));
		if (c->reads)
			decide_path(j, RULE_READ, buf_str(&code), j->cwd,
			    true);
		if (c->writes)
			decide_path(j, RULE_WRITE, buf_str(&code), j->cwd,
			    true);
		buf_free(&code);
	}
	for (size_t i = 0; i < BASE_NITEMS(urls); i++) {
		const char *s = js_str(c->args, urls[i]);
		char *host = s != NULL ? effects_host(s) : NULL;

		if (host != NULL)
			decide_text(j, RULE_HOST, host, true);
		free(host);
	}
	for (size_t i = 0; i < BASE_NITEMS(commands) && c->runs; i++) {
		const char *s = js_str_len(c->args, commands[i], &n);

		if (s != NULL)
			judge_shell(j, s, n);
	}
}

void
policy_exact(struct buf *b, jv args)
{
	jv a = js_del(js_ref(args), "timeout");

	js_dump_sorted(b, a);
	js_free(a);
}

/* Rules about this very call. */
static void
judge_exact(struct judge *j)
{
	const struct policy *p = j->p;
	struct item it = { .kind = RULE_EXACT, .text = j->call->tool };
	struct buf mine = BUF_INIT;

	policy_exact(&mine, j->call->args);
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = p->rule[i];
		struct err ignored = ERR_INIT;
		struct buf theirs = BUF_INIT;
		jv v;

		if (r->kind != RULE_EXACT || r->n != 2 ||
		    strcmp(r->word[0].v[0], j->call->tool) != 0 ||
		    (r->place == PLACE_PROJECT &&
		    r->decision == POLICY_ALLOW))
			continue;
		v = js_parse(r->word[1].v[0], strlen(r->word[1].v[0]),
		    &ignored);
		if (js_is_valid(v))
			policy_exact(&theirs, v);
		js_free(v);
		if (theirs.len == mine.len && mine.len != 0 &&
		    memcmp(mine.data, theirs.data, mine.len) == 0) {
			if (r->decision != POLICY_ALLOW)
				take(j, &it, r->decision, r, false);
			else if (j->v->decision == POLICY_ASK) {
				j->any = false;
				take(j, &it, POLICY_ALLOW, r, false);
			}
		}
		buf_free(&theirs);
	}
	buf_free(&mine);
}

void
policy_judge(const struct policy *p, const struct policy_call *call,
    struct verdict *v)
{
	struct judge j = { .p = p, .call = call, .v = v };

	*v = (struct verdict){ .kind = RULE_TOOL };
	set_cwd(&j);
	judge_tool(&j);
	judge_arguments(&j);
	judge_sending(&j);
	judge_exact(&j);
	free(j.cwd);
}

/* ---- saying it ---- */

void
verdict_text(struct buf *b, const struct verdict *v)
{
	const struct rule *r = v->rule;

	buf_addf(b, "%s", v->what);
	if (r != NULL && r->reason != NULL) {
		buf_adds(b, ": ");
		utf8_escape(b, r->reason, strlen(r->reason), UTF8_LINE);
	}
	buf_adds(b, " (");
	if (r == NULL)
		buf_adds(b, "no rule allows it");
	else
		buf_addf(b, "%s:%u", r->file, r->line);
	buf_addc(b, ')');
	if (v->hint != NULL) {
		buf_addc(b, '\n');
		utf8_escape(b, v->hint, strlen(v->hint), UTF8_LINE);
	}
}

jv
verdict_json_take(jv o, const struct verdict *v)
{
	const struct rule *r = v->rule;

	o = js_set_str(o, "decision", policy_decision_name(v->decision));
	o = js_set_str(o, "kind", policy_kind_name(v->kind));
	o = js_set_str(o, "what", v->what);
	if (r != NULL) {
		o = js_set_str(o, "rule", r->text);
		o = js_set_str(o, "file", r->file);
		o = js_set_int(o, "line", r->line);
		o = js_set_str(o, "place", policy_place_name(r->place));
		if (r->reason != NULL)
			o = js_set_str(o, "reason", r->reason);
	}
	if (v->hint != NULL)
		o = js_set_str(o, "hint", v->hint);
	return o;
}
