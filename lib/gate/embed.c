/*
 * embed.c - texts in, vectors out: agent-gate embed.
 *
 * A group is what one request was made for; its texts wait there for their
 * results.  A part is a stretch of a group that is asked at once: all of it,
 * or a half, a quarter ... when the server refused more.
 */
#include "gate/embed.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "gate/batch.h"
#include "gate/embed_offline.h"
#include "gate/post.h"
#include "json/jsonl.h"
#include "json/scan.h"

#define GROUP_BYTES	((size_t)256 * 1024)	/* of text in a request */
#define HALVES_TRIES	2	/* before a refusal is taken for a text's */

struct text {
	uint64_t	 index;
	struct buf	 id;		/* JSON text, empty: none */
	struct buf	 json;		/* the text as a JSON string */
	struct buf	 result;	/* the members of its line; empty: none
					 * yet */
};

struct group {
	TAILQ_ENTRY(group) link;
	struct text	*texts;
	size_t		 n, left;	/* texts, and those without result */
	size_t		 bytes;
};

struct part {
	TAILQ_ENTRY(part) link;
	struct group	*g;
	size_t		 from, n;
};

TAILQ_HEAD(groups, group);
TAILQ_HEAD(parts, part);

struct embed {
	const struct embed_conf *conf;
	struct server	*srv;
	struct account	*account;	/* NULL: nothing is reserved */
	struct post	*post;		/* NULL: the offline model */
	struct out	*out;
	struct jsonl	 in;
	struct groups	 groups;	/* in the order of the input */
	struct parts	 waiting;	/* to be asked */
	struct parts	 asked;
	struct group	*open;		/* being gathered, not listed yet */
	size_t		 ngroups, at_once, dims;
	uint64_t	 lines, failed;
	bool		 eof;
	struct err	*e;		/* why it cannot go on */
};

/* ---- results ---- */

static void
fail_text(struct embed *m, struct text *t, const struct err *e)
{
	jv o = js_set_str(js_set_str(js_obj(), "code",
	    err_kind_name(e->kind)), "message", e->msg);

	buf_adds(&t->result, "\"error\":");
	js_dump(&t->result, o);
	js_free(o);
	m->failed++;
}

static void
group_free(struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		buf_free(&g->texts[i].id);
		buf_free(&g->texts[i].json);
		buf_free(&g->texts[i].result);
	}
	free(g->texts);
	free(g);
}

static void
write_group(struct embed *m, const struct group *g)
{
	struct buf *b = &m->out->b;

	for (size_t i = 0; i < g->n; i++) {
		const struct text *t = &g->texts[i];

		buf_addf(b, "{\"index\":%llu,", (unsigned long long)t->index);
		if (t->id.len > 0) {
			buf_adds(b, "\"id\":");
			buf_add(b, t->id.data, t->id.len);
			buf_addc(b, ',');
		}
		buf_add(b, t->result.data, t->result.len);
		buf_adds(b, "}\n");
	}
}

/* Write what is complete, as far as the order allows. */
static int
write_done(struct embed *m)
{
	struct group *g;

	while ((g = TAILQ_FIRST(&m->groups)) != NULL && g->left == 0) {
		TAILQ_REMOVE(&m->groups, g, link);
		m->ngroups--;
		write_group(m, g);
		group_free(g);
	}
	return m->out->b.len > 0 ? out_flush(m->out, m->e) : 0;
}

/* ---- asking ---- */

static void
wait_part(struct embed *m, struct group *g, size_t from, size_t n)
{
	struct part *p = xcalloc(1, sizeof(*p));

	p->g = g;
	p->from = from;
	p->n = n;
	TAILQ_INSERT_TAIL(&m->waiting, p, link);
}

static void
make_body(const struct embed *m, const struct part *p, struct buf *b)
{
	jv model = js_none();

	buf_addc(b, '{');
	if (m->srv->model != NULL) {
		model = js_from_str(m->srv->model);
		buf_adds(b, "\"model\":");
		js_dump(b, model);
		buf_addc(b, ',');
		js_free(model);
	}
	if (m->conf->dimensions > 0)
		buf_addf(b, "\"dimensions\":%lld,",
		    (long long)m->conf->dimensions);
	buf_adds(b, "\"input\":[");
	for (size_t i = 0; i < p->n; i++) {
		const struct buf *t = &p->g->texts[p->from + i].json;

		if (i > 0)
			buf_addc(b, ',');
		buf_add(b, t->data, t->len);
	}
	buf_adds(b, "]}");
}

static void
launch(struct embed *m)
{
	struct part *p;

	while (post_count(m->post) < m->at_once &&
	    (p = TAILQ_FIRST(&m->waiting)) != NULL) {
		struct buf body = BUF_INIT;

		TAILQ_REMOVE(&m->waiting, p, link);
		TAILQ_INSERT_TAIL(&m->asked, p, link);
		make_body(m, p, &body);
		post_ask(m->post, "/embeddings", &body,
		    p->n > 1 ? HALVES_TRIES : 0, p);
		buf_free(&body);
	}
}

/* A part with its answer: whose vectors they are, as JSON. */
struct told {
	struct part	*p;
	struct scan_span model;		/* n 0: not known */
};

static void
on_vector(void *arg, size_t i, const char *json, size_t len)
{
	const struct told *told = arg;
	struct part *p = told->p;
	struct text *t = &p->g->texts[p->from + i];

	if (t->result.len > 0)
		return;
	buf_adds(&t->result, "\"embedding\":");
	buf_add(&t->result, json, len);
	if (told->model.n > 0) {
		buf_adds(&t->result, ",\"model\":");
		buf_add(&t->result, told->model.p, told->model.n);
	}
	p->g->left--;
}

/* The vectors of an answer.  The model is the one that was asked, or what the
 * server says when none was named. */
static int
read_vectors(struct embed *m, struct part *p, const struct buf *body,
    struct err *e)
{
	struct told told = { p, { NULL, 0 } };
	struct buf asked = BUF_INIT;
	int rc;
	jv model;

	if (m->srv->model != NULL) {
		model = js_from_str(m->srv->model);
		js_dump(&asked, model);
		js_free(model);
		told.model.p = buf_str(&asked);
		told.model.n = asked.len;
	} else if (!scan_find(buf_str(body), body->len, "model",
	    &told.model) || told.model.p[0] != '"' || told.model.n > 512) {
		told.model.n = 0;
	}
	rc = embed_read(buf_str(body), body->len, p->n, &m->dims, on_vector,
	    &told, e);
	buf_free(&asked);
	return rc;
}

/* True when another text might have been taken. */
static bool
blames_text(const struct post_reply *r)
{
	switch (r->status) {
	case 400: case 413: case 422: case 500:
		return true;
	default:
		return false;
	}
}

static void
on_reply(void *arg, void *tag, struct post_reply *r)
{
	struct embed *m = arg;
	struct part *p = tag;
	struct group *g = p->g;

	if (r->err.kind == ERR_NONE)
		read_vectors(m, p, &r->body, &r->err);
	if (r->err.kind == ERR_NONE) {
		/* All are there. */
	} else if (!blames_text(r)) {
		if (m->e->kind == ERR_NONE)
			*m->e = r->err;
	} else if (p->n > 1) {
		wait_part(m, g, p->from, p->n / 2);
		wait_part(m, g, p->from + p->n / 2, p->n - p->n / 2);
	} else {
		fail_text(m, &g->texts[p->from], &r->err);
		g->left--;
	}
	TAILQ_REMOVE(&m->asked, p, link);
	free(p);
}

/* ---- gathering ---- */

/* What was gathered is a group now, and is asked for. */
static void
close_group(struct embed *m)
{
	struct group *g = m->open;
	size_t from = 0;

	if (g == NULL)
		return;
	m->open = NULL;
	TAILQ_INSERT_TAIL(&m->groups, g, link);
	m->ngroups++;
	for (size_t i = 0; m->post != NULL && i <= g->n; i++) {
		/* Texts that failed already are left out. */
		if (i < g->n && g->texts[i].result.len == 0)
			continue;
		if (i > from)
			wait_part(m, g, from, i - from);
		from = i + 1;
	}
}

static struct text *
new_text(struct embed *m)
{
	struct text *t;

	if (m->open == NULL) {
		m->open = xcalloc(1, sizeof(*m->open));
		m->open->texts = xcalloc(m->conf->texts, sizeof(struct text));
	}
	t = &m->open->texts[m->open->n++];
	t->index = m->lines++;
	return t;
}

/* The text of a line, and its id where it has one; owned. */
static jv
read_line(const struct embed *m, struct text *t, const char *p, size_t n,
    struct err *e)
{
	struct scan_span id;
	jv v, s;

	if (!m->conf->jsonl)
		return js_from_bytes(p, n);
	v = js_parse(p, n, e);
	if (!js_is_valid(v))
		return v;
	/* Byte for byte: a number may be longer than a double. */
	if (scan_find(p, n, "id", &id))
		buf_add(&t->id, id.p, id.n);
	s = js_get(v, "text");
	js_free(v);
	if (js_is_str(s))
		return s;
	js_free(s);
	err_set(e, ERR_DATA, "no string \"text\" in it");
	return js_none();
}

static jv
with_prefix(const struct embed *m, jv s)
{
	struct buf b = BUF_INIT;
	const char *p;
	size_t n;

	if (m->conf->prefix == NULL)
		return s;
	p = js_bytes(s, &n);
	buf_adds(&b, m->conf->prefix);
	buf_add(&b, p, n);
	js_free(s);
	s = js_from_buf(&b);
	buf_free(&b);
	return s;
}

static void
answer_offline(struct text *t, jv s)
{
	float v[EMBED_OFFLINE_DIMS];
	size_t n;
	const char *p = js_bytes(s, &n);

	embed_offline(v, p, n);
	buf_adds(&t->result, "\"embedding\":");
	embed_offline_json(&t->result, v);
	buf_adds(&t->result, ",\"model\":\"offline\"");
}

/* A line of the input; bad when it could not even be read as one. */
static void
take_line(struct embed *m, const char *p, size_t n, const struct err *bad)
{
	struct err e = bad != NULL ? *bad : (struct err)ERR_INIT;
	struct text *t = new_text(m);
	struct group *g = m->open;
	jv s = bad != NULL ? js_none() : read_line(m, t, p, n, &e);

	if (!js_is_valid(s)) {
		err_wrap(&e, "line %llu", (unsigned long long)m->in.lineno);
		fail_text(m, t, &e);
	} else {
		s = with_prefix(m, s);
		js_dump(&t->json, s);
		g->bytes += t->json.len;
		if (m->post == NULL)
			answer_offline(t, s);
	}
	js_free(s);
	if (t->result.len == 0)
		g->left++;
	if (g->n == m->conf->texts || g->bytes >= GROUP_BYTES)
		close_group(m);
}

static void
take_lines(struct embed *m)
{
	enum jsonl_status st;
	struct err e = ERR_INIT;
	const char *p;
	size_t n;

	while ((st = jsonl_line(&m->in, &p, &n, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		take_line(m, p, n, st == JSONL_ERROR ? &e : NULL);
		e = (struct err)ERR_INIT;
	}
}

/* ---- the loop ---- */

static bool
readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static int
read_input(struct embed *m, int fd)
{
	char chunk[BASE_PIECE];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n == -1)
		return err_sys(m->e, "standard input");
	if (n == 0) {
		jsonl_eof(&m->in);
		m->eof = true;
	} else {
		jsonl_feed(&m->in, chunk, (size_t)n);
	}
	take_lines(m);
	/* Nothing more at hand: whoever writes may wait for us. */
	if (m->eof || !readable(fd))
		close_group(m);
	return 0;
}

static bool
busy(const struct embed *m)
{
	return !m->eof || !TAILQ_EMPTY(&m->groups);
}

/* One turn: wait for input or answers and see to them. */
static int
turn(struct embed *m, int fd)
{
	bool room = !m->eof && m->ngroups < 2 * m->at_once + 2;
	struct pollfd p[] = {
	    { .fd = room ? fd : -1, .events = POLLIN },
	    { .fd = m->post != NULL ? post_fd(m->post) : -1,
		.events = POLLIN },
	    { .fd = m->post != NULL ? post_account_fd(m->post) : -1,
		.events = POLLIN },
	    { .fd = TAILQ_EMPTY(&m->groups) ? -1 :
		fd_piped(m->out->fd) } };
	int wait = m->post != NULL ? post_left(m->post) : -1;

	if (poll(p, BASE_NITEMS(p), wait) == -1 && errno != EINTR)
		return err_sys(m->e, "poll");
	if (p[3].fd != -1 && fd_left(p[3].fd)) {
		m->out->gone = true;
		return err_set(m->e, ERR_CANCELLED, "the reader has left");
	}
	if (room && p[0].revents != 0 && read_input(m, fd) == -1)
		return -1;
	if (m->post != NULL) {
		launch(m);
		post_run(m->post);
		launch(m);
	}
	if (write_done(m) == -1)
		return -1;
	return m->e->kind == ERR_NONE ? 0 : -1;
}

static void
drop_parts(struct parts *list)
{
	struct part *p;

	while ((p = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, p, link);
		free(p);
	}
}

static void
drop_all(struct embed *m)
{
	struct group *g;

	if (m->open != NULL)
		group_free(m->open);
	while ((g = TAILQ_FIRST(&m->groups)) != NULL) {
		TAILQ_REMOVE(&m->groups, g, link);
		group_free(g);
	}
	drop_parts(&m->waiting);
	drop_parts(&m->asked);
}

static void
on_account(void *arg, const char *code, const char *text)
{
	(void)arg;
	(void)code;
	log_note("%s", text);
}

int
embed_run(const struct embed_conf *conf, struct server *srv, int fd,
    struct out *out, struct err *e)
{
	struct embed m = { .conf = conf, .srv = srv, .out = out, .e = e };
	int rc = 0;

	TAILQ_INIT(&m.groups);
	TAILQ_INIT(&m.waiting);
	TAILQ_INIT(&m.asked);
	jsonl_init(&m.in, "<stdin>");
	m.at_once = conf->at_once > 0 ? conf->at_once : batch_slots(srv);
	if (!srv->offline) {
		m.post = post_open(srv, on_reply, &m, e);
		rc = m.post == NULL ? -1 : account_open(&m.account, srv->set,
		    on_account, NULL, e);
	}
	if (m.account != NULL)
		post_account(m.post, m.account);
	while (rc == 0 && busy(&m))
		rc = turn(&m, fd);
	post_close(m.post);
	account_close(m.account);
	drop_all(&m);
	jsonl_free(&m.in);
	if (rc == -1)
		return -1;
	return m.failed > 0 ? 1 : 0;
}
