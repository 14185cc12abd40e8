/*
 * coproc.c - agent-mem as a coprocess, agent-protocol(7).
 *
 * A request is a line with a type that is a command and an id; it is
 * answered by lines of its own and then by done.  What the command line says
 * holds for all requests, what a request says goes before it.
 */
#include "mem/backfill.h"
#include "mem/cmd.h"

#include <string.h>
#include <unistd.h>

#include "core/event.h"
#include "json/jsonl.h"

struct serve {
	struct cmd	*base;		/* the command line; the file */
	struct store	 reader;	/* the same, mapped, for vectors */
	struct proc	 filler;	/* makes vectors, backfill.h */
	bool		 changed;	/* since that one was started */
	struct err	 err;		/* of writing */
};

static void
emit_take(struct serve *s, jv v)
{
	if (s->err.kind == ERR_NONE)
		jsonl_write(STDOUT_FILENO, v, &s->err);
	js_free(v);
}

/* A member that is a string or a list of strings. */
static void
words(jv line, const char *key, struct vec *out)
{
	jv v = js_get(line, key);

	if (js_cstr(v) != NULL)
		vec_push(out, js_cstr(v));
	for (size_t i = 0; js_is_arr(v) && i < js_len(v); i++) {
		jv w = js_at(v, i);

		if (js_cstr(w) != NULL)
			vec_push(out, js_cstr(w));
		js_free(w);
	}
	js_free(v);
}

static void
copy(struct vec *to, const struct vec *from)
{
	for (size_t i = 0; i < from->n; i++)
		vec_push(to, from->v[i]);
}

/* The command line with what the request says. */
static void
request(struct cmd *c, const struct cmd *base, jv line)
{
	const struct {
		const char *key, **to;
	} members[] = {
		{ "kind", &c->kind }, { "speaker", &c->speaker },
		{ "source", &c->source }, { "session", &c->session },
		{ "since", &c->since }, { "until", &c->until },
		{ "now", &c->now }, { "query", &c->query },
	};

	*c = *base;
	c->spaces = c->words = c->homes = c->tags = c->without =
	    (struct vec)VEC_INIT;
	c->out = (struct buf)BUF_INIT;
	c->text = false;
	words(line, "namespace", &c->spaces);
	if (c->spaces.n == 0)
		copy(&c->spaces, &base->spaces);
	words(line, "tags", &c->tags);
	if (c->tags.n == 0)
		copy(&c->tags, &base->tags);
	copy(&c->without, &base->without);
	words(line, "ids", &c->words);
	for (size_t i = 0; i < BASE_NITEMS(members); i++)
		if (js_str(line, members[i].key) != NULL)
			*members[i].to = js_str(line, members[i].key);
	js_int(line, "limit", 1, 1000000, &c->limit);
	js_int(line, "budget", 1, 10000000, &c->budget);
	c->explain = js_bool(line, "explain", base->explain);
	c->history = js_bool(line, "history", false);
	c->all = js_bool(line, "all", base->all);
}

/* The lines that a command left, as events of that type. */
static void
pass_on(struct serve *s, struct cmd *c, const char *type, const char *id)
{
	const char *p = buf_str(&c->out);

	while (*p != '\0') {
		size_t n = strcspn(p, "\n");
		struct err e = ERR_INIT;
		jv v = event_new(type);

		if (id != NULL)
			v = js_set_str(v, "id", id);
		emit_take(s, js_set(v, "memory", js_parse(p, n, &e)));
		p += n + (p[n] == '\n');
	}
}

static int
do_store(struct cmd *c, jv line, struct err *e)
{
	jv memory = js_get(line, "memory"), answer;
	int rc;

	if (!js_is_obj(memory)) {
		js_free(memory);
		return err_set(e, ERR_DATA, "store: memory, an object, is "
		    "needed");
	}
	/* Only what the line of the memory says counts. */
	c->kind = c->speaker = c->source = c->session = NULL;
	vec_free(&c->tags);
	rc = cmd_put_line_take(c, memory, &answer, e);
	if (rc == 0)
		cmd_line_take(c, answer);
	return rc;
}

static int
search(struct cmd *c, const char *text, size_t n, struct err *e)
{
	struct rank r;
	int rc;

	if (db_read_begin(c->s.db, e) == -1)
		return -1;
	rc = cmd_rank(c, text, n, &r, e);
	for (size_t i = 0; rc == 0 && i < r.nhits; i++) {
		jv v = cmd_hit(c, &r.hits[i], c->explain, e);

		if (js_is_valid(v))
			cmd_line_take(c, v);
	}
	if (rc == 0)
		rc = r.nhits == 0;
	rank_free(&r);
	db_read_end(c->s.db);
	return rc;
}

/* Only a connection that reads may have the file mapped, and blocks of vectors
 * are read from end to end. */
static int
do_search(struct cmd *c, jv line, struct store *reader, struct err *e)
{
	size_t n;
	const char *text = js_str_len(line, "query", &n);
	struct store writer = c->s;
	int rc;

	if (text == NULL)
		return err_set(e, ERR_DATA, "search: query, a string, is "
		    "needed");
	if (reader->db == NULL)
		return search(c, text, n, e);
	store_refresh(reader);
	c->s = *reader;
	rc = search(c, text, n, e);
	*reader = c->s;
	c->s = writer;
	return rc;
}

/* A command that needs no more than what request() has read. */
static int
do_command(struct cmd *c, int (*run)(struct cmd *c, struct err *e),
    struct err *e)
{
	int rc = db_read_begin(c->s.db, e);

	if (rc == 0)
		rc = run(c, e);
	db_read_end(c->s.db);
	return rc;
}

static int
do_recall(struct cmd *c, jv line, struct err *e)
{
	if (js_str(line, "query") != NULL)
		vec_push(&c->words, js_str(line, "query"));
	c->for_prompt = false;
	return do_command(c, cmd_recall, e);
}

static int
do_update(struct cmd *c, jv line, struct err *e)
{
	jv memory = js_get(line, "memory"), answer;
	int rc;

	if (!js_is_obj(memory)) {
		js_free(memory);
		return err_set(e, ERR_DATA, "update: memory, an object with "
		    "the id and what is new, is needed");
	}
	c->kind = c->speaker = c->source = c->session = NULL;
	vec_free(&c->tags);
	rc = cmd_update_line_take(c, memory, &answer, e);
	if (rc == 0)
		cmd_line_take(c, answer);
	return rc;
}

static int
do_forget(struct cmd *c, struct err *e)
{
	if (c->words.n == 0)
		return err_set(e, ERR_DATA, "forget: ids are needed");
	c->query = NULL;
	return cmd_forget(c, e);
}

/* What a request does: run it, or read or change what c says of it. */
static const struct request {
	const char	*type, *answer;
	int		(*run)(struct cmd *c, jv line, struct err *e);
	int		(*read)(struct cmd *c, struct err *e);
	int		(*change)(struct cmd *c, struct err *e);
	int64_t		 limit;
} requests[] = {
	{ "store", "stored", do_store, NULL, NULL, CMD_LIMIT },
	{ "search", "hit", NULL, NULL, NULL, CMD_LIMIT },
	{ "recall", "memory", do_recall, NULL, NULL, CMD_LIMIT },
	{ "get", "memory", NULL, cmd_get, NULL, CMD_LIMIT },
	{ "list", "memory", NULL, cmd_list, NULL, 100 },
	{ "update", "updated", do_update, NULL, NULL, CMD_LIMIT },
	{ "forget", "forgotten", NULL, NULL, do_forget, CMD_LIMIT },
	{ "namespaces", "namespace", NULL, cmd_namespaces, NULL, CMD_LIMIT },
	{ "stats", "stats", NULL, cmd_stats, NULL, CMD_LIMIT },
	{ "check", "checked", NULL, cmd_check, NULL, CMD_LIMIT },
};

static int
run(struct serve *s, const struct request *r, struct cmd *c, jv line,
    struct err *e)
{
	if (r->run != NULL)
		return r->run(c, line, e);
	if (r->read != NULL)
		return do_command(c, r->read, e);
	if (r->change != NULL)
		return r->change(c, e);
	return do_search(c, line, &s->reader, e);
}

static void
answer(struct serve *s, size_t which, jv line)
{
	const char *id = js_str(line, "id");
	struct err e = ERR_INIT;
	struct cmd c;
	int rc;
	jv v;

	request(&c, s->base, line);
	if (c.limit == 0)
		c.limit = requests[which].limit;
	store_refresh(&c.s);
	rc = run(s, &requests[which], &c, line, &e);
	pass_on(s, &c, requests[which].answer, id);
	if (rc == -1) {
		v = event_error(&e);
		emit_take(s, id != NULL ? js_set_str(v, "id", id) : v);
	}
	v = js_set(event_new("done"), "id", id != NULL ? js_from_str(id) :
	    js_null());
	emit_take(s, js_set_int(v, "exit_code", rc == -1 ? err_exit(&e) :
	    rc));
	if (rc == 0 && (requests[which].run == do_store ||
	    requests[which].run == do_update))
		s->changed = true;
	if (c.unfilled)
		s->changed = true;
	/* The file is the base's: what was seen of it goes back there. */
	s->base->s = c.s;
	vec_free(&c.spaces);
	vec_free(&c.words);
	vec_free(&c.homes);
	vec_free(&c.tags);
	vec_free(&c.without);
	buf_free(&c.out);
}

/* Have vectors made for what has changed, one process after the other. */
static void
see_to_vectors(struct serve *s)
{
	if (!s->base->vectors || !s->changed || (s->filler.running &&
	    !proc_poll(&s->filler)))
		return;
	s->changed = false;
	backfill_start(s->base, &s->filler);
}

static void
ready(struct serve *s, const char *version)
{
	jv v = js_set_str(event_new("ready"), "protocol",
	    "agent-protocol/1");

	v = js_set_str(v, "program", "agent-mem");
	v = js_set_str(v, "version", version);
	v = js_set_str(v, "db", s->base->s.path);
	if (db_note(s->base->s.db) != NULL)
		v = js_set_str(v, "note", db_note(s->base->s.db));
	emit_take(s, v);
}

int
cmd_coprocess(struct cmd *c, const char *version, struct err *e)
{
	struct serve s = { .base = c, .reader = { .db = NULL } };
	enum jsonl_status st;
	struct jsonl in;
	struct err fault = ERR_INIT;
	jv v = js_none();

	c->vectors = backfill_wanted(c);
	if (c->vectors && store_open(&s.reader, c->db, DB_READ, e) == -1)
		return -1;
	if (s.reader.db != NULL)
		db_cache(s.reader.db, 8192, (int64_t)2 << 30);
	jsonl_init(&in, "<stdin>");
	ready(&s, version);
	while (s.err.kind == ERR_NONE && (st = jsonl_read(&in, STDIN_FILENO,
	    &v, NULL, NULL, &fault)) != JSONL_END) {
		if (st == JSONL_ERROR && fault.kind != ERR_DATA) {
			s.err = fault;
			break;
		}
		if (st == JSONL_ERROR) {
			emit_take(&s, js_set_int(event_error(&fault), "line",
			    (int64_t)in.lineno));
			fault = (struct err)ERR_INIT;
			continue;
		}
		for (size_t i = 0; i < BASE_NITEMS(requests); i++)
			if (js_str_is(v, "type", requests[i].type))
				answer(&s, i, v);
		js_free(v);
		see_to_vectors(&s);
	}
	jsonl_free(&in);
	if (s.reader.db != NULL)
		store_close(&s.reader);
	if (s.err.kind != ERR_NONE)
		*e = s.err;
	return s.err.kind == ERR_NONE ? 0 : -1;
}
