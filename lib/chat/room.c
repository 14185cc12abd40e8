/*
 * room.c - make a talk that is too long for the model's window fit.
 *
 * What the rules of core/compact.h can do comes first; when whole steps have
 * to go, the model itself is asked what is worth keeping of them.  Then
 * agent-gate is given the talk anew, and the session file the changes.
 */
#include "chat/chat.h"

#include "base/log.h"
#include "core/ids.h"
#include "core/msg.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUMMARY_FILE	"prompts/summary.md"
#define SUMMARY_MAX	((size_t)64 * 1024)
#define SHARE_AFTER	60	/* percent of the room that is aimed at */
#define SHARE_GOOD	80	/* that is good enough without a summary */
#define TELL_MAX	((size_t)48 * 1024)

/* ---- results that are cut, kept in a file ---- */

bool
chat_keep_result(void *arg, jv msg, struct buf *path)
{
	struct chat *c = arg;
	const char *dir = js_str(c->tool.hello, "artifacts");
	struct buf b = BUF_INIT;
	char id[IDS_SIZE];
	bool good;
	int fd;

	if (dir == NULL)
		return false;
	ids_prefixed(id, "kept-");
	buf_addf(path, "%s/%s.txt", dir, id);
	msg_content(&b, msg);
	fd = open(buf_str(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	good = fd != -1 && fd_write_all(fd, buf_str(&b), b.len) == 0;
	if (fd != -1 && !good)
		unlink(buf_str(path));
	fd_close(&fd);
	buf_free(&b);
	if (!good)
		buf_reset(path);
	return good;
}

jv
chat_cap_result(struct chat *c, jv line)
{
	size_t max = context_result_max(&c->context);
	struct buf b = BUF_INIT, path = BUF_INIT;
	jv agent, m = js_ref(line);
	const char *artifact;

	if (msg_role(line) != MSG_TOOL)
		return m;
	/* What a skill says holds for all that follows: it is not left out
	 * when the talk is made shorter. */
	agent = js_get(line, "agent");
	if (js_str_is(agent, "tool", "skill") &&
	    js_str_is(agent, "status", "completed"))
		m = js_set(m, "agent", js_set_bool(js_ref(agent), "keep",
		    true));
	js_free(agent);
	if (max == 0)
		return m;
	msg_content(&b, line);
	if (b.len > max) {
		agent = js_get(line, "agent");
		artifact = js_str(agent, "artifact");
		if (artifact == NULL && chat_keep_result(c, line, &path))
			artifact = buf_str(&path);
		js_free(m);
		m = compact_cut(line, max / 2, max / 4, NULL, artifact);
		if (path.len > 0 && js_is_obj(agent)) {
			agent = js_set_str(agent, "artifact", buf_str(&path));
			m = js_set(m, "agent", js_ref(agent));
		}
		js_free(agent);
	}
	buf_free(&path);
	buf_free(&b);
	return m;
}

/* ---- the talk, given to agent-gate anew ---- */

void
chat_send_talk(struct chat *c)
{
	struct compact *t = &c->context.talk;

	for (size_t i = 0; i < t->n; i++) {
		jv m = compact_get(t, i);

		if (js_is_valid(m))
			coproc_send(&c->gate, m);
		js_free(m);
	}
}

void
chat_send_anew(struct chat *c)
{
	jv line = event_new("reset");

	coproc_send(&c->gate, line);
	js_free(line);
	chat_send_tools(c);
	chat_send_talk(c);
	c->context.last_in = 0;
}

/* ---- the summary ---- */

static int
summary_prompt(struct buf *b, struct err *e)
{
	char *path = state_share(SUMMARY_FILE);
	int rc = file_read(path, b, SUMMARY_MAX, e);

	free(path);
	return rc;
}

/* Ask the model what is worth keeping of what would go; that it cannot be
 * had is no reason to stop. */
static void
summarize(struct chat *c, int64_t budget)
{
	struct context *x = &c->context;
	size_t max = (size_t)(context_room(x) > 1000 ? context_room(x) :
	    1000) / 2 * 3;
	struct buf system = BUF_INIT, user = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	const char *old;

	if (x->mode != CONTEXT_AUTO || c->offline ||
	    summary_prompt(&system, &e) == -1)
		goto out;
	buf_adds(&user, "The user's first words were:\n");
	if (x->talk.goal < x->talk.n) {
		jv m = compact_cut(x->talk.v[x->talk.goal].msg, 1500, 500,
		    NULL, NULL);

		msg_content(&user, m);
		js_free(m);
	}
	if ((old = js_str(x->talk.facts, "summary")) != NULL)
		buf_addf(&user, "\n\nYour minutes so far:\n%s", old);
	buf_adds(&user, "\n\nThe part that is left out:\n");
	if (compact_tell(&x->talk, budget, max < TELL_MAX ? max : TELL_MAX,
	    &user) == 0)
		goto out;
	if (chat_aside(c, &system, &user, &text, &e) == 0)
		compact_summary(&x->talk, buf_str(&text), text.len);
	else if (e.kind != ERR_CANCELLED && !c->o->quiet)
		log_note("no summary of what is left out: %s", e.kind ==
		    ERR_NONE ? "the model said nothing" : e.msg);
out:
	buf_free(&system);
	buf_free(&user);
	buf_free(&text);
}

/* ---- making room ---- */

/* What the server's complaint, or its silence, tells of the window. */
static void
learn_window(struct chat *c, const struct err *why)
{
	struct context *x = &c->context;
	struct context_parts p;
	double raw;

	if (why == NULL)
		return;
	context_parts(x, &p);
	if (why->window > 0) {
		context_window(x, why->window, "server's refusal");
		raw = (double)(p.fixed + p.tools + p.history) / x->factor;
		if (why->need > 0 && raw > 0 && (double)why->need / raw >
		    x->factor && (double)why->need / raw < 4)
			x->factor = x->talk.factor = (double)why->need / raw;
	} else if (x->window == 0 || context_fits(x)) {
		context_window(x, (p.fixed + p.tools + p.history) * 3 / 4,
		    "server's refusal, without a number");
	}
}

static int
too_long(struct chat *c, struct err *e)
{
	struct context_parts p;

	context_parts(&c->context, &p);
	err_set(e, ERR_LIMIT, "the talk does not fit into the window: %lld "
	    "fixed + %lld tools + %lld history + %lld for the answer > %lld; "
	    "the session is kept, try --tools or --brief, a model with a "
	    "larger window, or a new session", (long long)p.fixed,
	    (long long)p.tools, (long long)p.history, (long long)p.reserve,
	    (long long)p.window);
	e->window = p.window;
	return -1;
}

/* Shorten to the share of the room that leaves some steps' worth free. */
static bool
shorten(struct chat *c, int64_t room, enum compact_tier *tier)
{
	struct compact *t = &c->context.talk;
	int64_t aim = room * SHARE_AFTER / 100;
	enum compact_tier used = COMPACT_NONE;

	t->save = chat_keep_result;
	t->arg = c;
	compact_run(t, aim, COMPACT_SHRINK, tier);
	if (compact_tokens(t) > room * SHARE_GOOD / 100) {
		summarize(c, aim);
		compact_run(t, aim, COMPACT_DROP, &used);
	}
	if (compact_tokens(t) > room)
		compact_run(t, room * 9 / 10, COMPACT_HARD, &used);
	if (used > *tier)
		*tier = used;
	return compact_tokens(t) <= room;
}

int
chat_make_room(struct chat *c, const struct err *why, struct err *e)
{
	struct context *x = &c->context;
	enum compact_tier tier = COMPACT_NONE;
	int64_t before, after;
	bool fits;
	jv ev;

	learn_window(c, why);
	if (x->mode == CONTEXT_OFF || x->window == 0)
		return why != NULL ? too_long(c, e) : 0;
	before = compact_tokens(&x->talk);
	fits = shorten(c, context_room(x), &tier);
	after = compact_tokens(&x->talk);
	if (tier != COMPACT_NONE) {
		ev = talk_changes(&x->talk, before, after,
		    compact_tier_name(tier));
		x->runs++;
		chat_event(c, ev, true);
		js_free(ev);
		compact_sweep(&x->talk);
	}
	chat_send_anew(c);
	return fits ? 0 : too_long(c, e);
}

int
chat_compact(struct chat *c, struct err *e)
{
	struct context *x = &c->context;
	int64_t before = compact_tokens(&x->talk);
	enum context_mode mode = x->mode;
	int64_t window = x->window;
	int rc;

	/* As if the window were just too small for it. */
	if (mode == CONTEXT_OFF)
		x->mode = CONTEXT_RULES;
	x->window = before + (int64_t)(x->tools * x->factor) + 1;
	rc = chat_make_room(c, NULL, e);
	x->mode = mode;
	x->window = window;
	if (rc == -1 && e->kind == ERR_LIMIT)
		err_set(e, ERR_LIMIT, "the talk is as short as it can be: "
		    "about %lld tokens", (long long)compact_tokens(&x->talk));
	return rc;
}
