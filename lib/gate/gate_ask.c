/*
 * gate_ask.c - one question of a conversation, and what becomes of its
 * answer.
 */
#include "gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/msg.h"

/* The delta callback of an answer: to the sink and into the recording. */
struct tee {
	struct gate	*g;
	const struct sink *sink;
};

static void
on_delta(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct tee *t = arg;

	if (t->g->mute && (kind == DELTA_TEXT || kind == DELTA_RECAST))
		return;
	if (t->g->rec.fd != -1)
		record_delta(&t->g->rec, kind, p, n, index, name);
	if (t->sink->delta != NULL)
		t->sink->delta(t->sink->arg, kind, p, n, index, name);
}

static int
flush(const struct sink *sink, struct err *e)
{
	return sink->flush != NULL ? sink->flush(sink->arg, e) : 0;
}

/*
 * What the server counted, against what there is.  Some servers cut the
 * front of a talk that is too long for the window they loaded, and answer
 * what is left as if nothing were amiss.
 */
static void
weigh(struct gate *g, jv usage)
{
	double raw = tally_messages(&g->tally, &g->req) +
	    tally_tools(&g->req);
	int64_t counted, about;
	char text[300];

	if (!js_int(usage, "prompt_tokens", 1, INT64_C(1) << 40, &counted) &&
	    !js_int(usage, "input_tokens", 1, INT64_C(1) << 40, &counted))
		return;
	/* A picture is 80 tokens to one server and 3000 to another. */
	if (g->tally.pictures)
		return;
	if (g->set->v[SET_MODEL].value == NULL)
		tally_learn(&g->book, NULL, raw, counted, &about);
	if (tally_learn(&g->book, g->model, raw, counted, &about) ==
	    TALLY_FINE)
		return;
	snprintf(text, sizeof(text), "the server read %lld tokens of about "
	    "%lld: it may have cut the front of the talk; try a larger "
	    "context there (Ollama: OLLAMA_CONTEXT_LENGTH), or a shorter "
	    "talk", (long long)counted, (long long)about);
	gate_say(g, "truncated", text);
}

/* What the server will count, about. */
static int64_t
reckon(struct gate *g)
{
	double raw = tally_messages(&g->tally, &g->req) +
	    tally_tools(&g->req);

	return (int64_t)(raw * tally_known(&g->book, g->model).factor +
	    0.999);
}

/* The answer of a server or of the rules. */
static int
live_answer(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e)
{
	struct tee tee = { g, sink };
	struct heal heal;
	struct delta d;
	int rc = 0;

	record_begin(&g->rec);
	heal_open(&heal, &g->heal, g->req.tools, stream ? on_delta : NULL,
	    &tee);
	delta_init(&d, stream ? heal_piece : NULL, &heal);
	d.used = g->req.used;
	if (g->kind == GATE_OFFLINE) {
		offline_answer(&g->off, g->req.tools, &d);
		rc = flush(sink, e);
	} else {
		g->ask.tokens = g->account != NULL ? reckon(g) : 0;
		rc = ask_run(&g->ask, &g->req, stream, sink, &d, e);
	}
	if (rc == 0 && g->kind == GATE_SERVER && js_is_valid(d.usage))
		weigh(g, d.usage);
	if (rc == 0)
		*msg = heal_message(&heal, &d, DELTA_DONE);
	else if (e->kind == ERR_CANCELLED)
		*msg = heal_message(&heal, &d, DELTA_CANCELLED);
	else if (d.pieces > 0)
		*msg = heal_message(&heal, &d, DELTA_CUT);
	delta_free(&d);
	heal_free(&heal);
	return rc == 0 ? flush(sink, e) : rc;
}

static int
replayed_answer(struct gate *g, const char *key, bool stream,
    const struct sink *sink, jv *msg, struct err *e)
{
	struct tee tee = { g, sink };

	*msg = record_answer(&g->rec, key, g->model,
	    stream ? on_delta : NULL, &tee, e);
	return js_is_valid(*msg) ? flush(sink, e) : -1;
}

/* Add what the model said to the history.  It came from the server, so it
 * fits but for what fit.c mends. */
static void
remember(struct gate *g, jv msg)
{
	struct err ignored = ERR_INIT;
	void (*note)(void *, const char *) = g->req.note;

	g->req.note = NULL;
	gate_push_value(g, msg, &ignored);
	g->req.note = note;
}

/* ---- answers in a form ------------------------------------------------ */

/* True when the message fits, or calls tools first; then its content is the
 * JSON text alone. */
static bool
fits(const struct gate *g, jv *msg, struct buf *why)
{
	jv content = js_get(*msg, "content");
	size_t n = 0, len;
	const char *p = js_bytes(content, &n), *text;
	bool good = msg_ncalls(*msg) > 0 || form_fits(g->form,
	    p != NULL ? p : "", n, &text, &len, why);

	if (good && msg_ncalls(*msg) == 0)
		*msg = js_set(*msg, "content", js_from_bytes(text, len));
	js_free(content);
	return good;
}

static bool
has_mark(jv msg, const char *mark)
{
	jv agent = js_get(msg, "agent");
	bool yes = js_bool(agent, mark, false);

	js_free(agent);
	return yes;
}

/* Show the model its answer and what is wrong with it, and ask once more;
 * nothing of this stays in the history. */
static int
ask_again(struct gate *g, const char *why, bool stream,
    const struct sink *sink, jv *msg, struct err *e)
{
	struct request_mark here = request_here(&g->req);
	struct err ignored = ERR_INIT;
	char *text = xasprintf("That answer does not fit the schema:\n%s\n"
	    "Write the whole JSON value again, mended, and nothing else.", why);
	jv m = js_set_str(js_set_str(js_obj(), "role", "user"), "content",
	    text);
	int rc;

	remember(g, *msg);
	gate_push_value(g, m, &ignored);
	js_free(*msg);
	*msg = js_none();
	rc = live_answer(g, stream, sink, msg, e);
	request_rewind(&g->req, here);
	g->tally = (struct tally){ 0 };
	js_free(m);
	free(text);
	return rc;
}

/* Text was held back until it was certain. */
static void
tell_text(struct gate *g, const struct sink *sink, jv msg)
{
	struct tee tee = { g, sink };
	jv content = js_get(msg, "content");
	size_t n = 0;
	const char *p = js_bytes(content, &n);

	g->mute = false;
	if (p != NULL && n > 0)
		on_delta(&tee, DELTA_TEXT, p, n, -1, NULL);
	js_free(content);
}

static int
misfit(jv msg, const struct buf *why, struct err *e)
{
	if (has_mark(msg, "cut"))
		return err_set(e, ERR_FORM, "the limit of tokens cut the "
		    "answer before its JSON was whole; try a larger "
		    "--max-tokens");
	return err_set(e, ERR_FORM, "the answer does not fit the schema: "
	    "%.*s", (int)strcspn(buf_str(why), "\n"), buf_str(why));
}

/* See to it that the answer fits; once more when it does not. */
static int
formed(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e)
{
	struct buf why = BUF_INIT;
	bool good = has_mark(*msg, "refused") || fits(g, msg, &why);
	int rc = 0;

	if (!good && g->kind == GATE_SERVER && !has_mark(*msg, "cut")) {
		gate_say(g, "schema", "the answer does not fit its schema: "
		    "asking once more");
		rc = ask_again(g, buf_str(&why), stream, sink, msg, e);
		buf_reset(&why);
		good = rc == 0 && fits(g, msg, &why);
	}
	if (rc == 0 && !good)
		rc = misfit(*msg, &why, e);
	if (rc == 0 && stream)
		tell_text(g, sink, *msg);
	buf_free(&why);
	return rc == 0 ? flush(sink, e) : rc;
}

int
gate_ask(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e)
{
	char key[REQUEST_KEY_SIZE] = "";
	int rc;

	*msg = js_none();
	if (!gate_has_messages(g))
		return err_set(e, ERR_NOINPUT, "there is no message to "
		    "answer");
	request_close_calls(&g->req);
	gate_choose(g);
	if (g->kind == GATE_REPLAY || g->rec.fd != -1)
		request_key(&g->req, key);
	g->mute = g->form != NULL;
	if (g->kind == GATE_REPLAY)
		rc = replayed_answer(g, key, stream, sink, msg, e);
	else
		rc = live_answer(g, stream, sink, msg, e);
	if (rc == 0 && g->form != NULL)
		rc = formed(g, stream, sink, msg, e);
	g->mute = false;
	if (rc == 0 && g->rec.fd != -1)
		rc = record_save(&g->rec, key, g->model, *msg, e);
	if (rc == 0 || (e->kind == ERR_CANCELLED && js_is_valid(*msg)))
		remember(g, *msg);
	return rc;
}

void
gate_verdict(jv msg, struct err *e)
{
	jv agent = js_get(msg, "agent");

	if (js_bool(agent, "refused", false))
		err_set(e, ERR_REFUSED, "the model refused to answer");
	else if (js_str_is(agent, "finish_reason", "content_filter"))
		err_set(e, ERR_REFUSED, "a content filter ended the answer");
	js_free(agent);
}
