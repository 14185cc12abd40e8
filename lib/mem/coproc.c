/*
 * coproc.c - agent-mem as a coprocess, agent-protocol(7).
 *
 * A request is a line with a type that is a command and an id; it is
 * answered by lines of its own and then by done.  What the command line says
 * holds for all requests, what a request says goes before it.
 */
#include "mem/cmd.h"

#include <string.h>
#include <unistd.h>

#include "core/event.h"
#include "json/jsonl.h"

struct serve {
	struct cmd	*base;		/* the command line; the file */
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
	c->spaces = c->words = c->tags = c->without = (struct vec)VEC_INIT;
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
do_search(struct cmd *c, jv line, struct err *e)
{
	size_t n;
	const char *text = js_str_len(line, "query", &n);
	struct rank r;
	int rc;

	if (text == NULL)
		return err_set(e, ERR_DATA, "search: query, a string, is "
		    "needed");
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

static int
do_get(struct cmd *c, jv line, struct err *e)
{
	(void)line;
	return cmd_get(c, e);
}

static int
do_list(struct cmd *c, jv line, struct err *e)
{
	(void)line;
	return cmd_list(c, e);
}

static int
do_forget(struct cmd *c, jv line, struct err *e)
{
	(void)line;
	if (c->words.n == 0)
		return err_set(e, ERR_DATA, "forget: ids are needed");
	c->query = NULL;
	return cmd_forget(c, e);
}

static const struct {
	const char	*type, *answer;
	int		(*run)(struct cmd *c, jv line, struct err *e);
} requests[] = {
	{ "store", "stored", do_store }, { "search", "hit", do_search },
	{ "get", "memory", do_get }, { "list", "memory", do_list },
	{ "forget", "forgotten", do_forget },
};

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
		c.limit = strcmp(requests[which].type, "list") == 0 ? 100 :
		    CMD_LIMIT;
	store_refresh(&c.s);
	rc = requests[which].run(&c, line, &e);
	pass_on(s, &c, requests[which].answer, id);
	if (rc == -1) {
		v = event_error(&e);
		emit_take(s, id != NULL ? js_set_str(v, "id", id) : v);
	}
	v = js_set(event_new("done"), "id", id != NULL ? js_from_str(id) :
	    js_null());
	emit_take(s, js_set_int(v, "exit_code", rc == -1 ? err_exit(&e) :
	    rc));
	/* The file is the base's: what was seen of it goes back there. */
	s->base->s = c.s;
	vec_free(&c.spaces);
	vec_free(&c.words);
	vec_free(&c.tags);
	vec_free(&c.without);
	buf_free(&c.out);
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
	struct serve s = { .base = c };
	enum jsonl_status st;
	struct jsonl in;
	struct err fault = ERR_INIT;
	jv v = js_none();

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
	}
	jsonl_free(&in);
	if (s.err.kind != ERR_NONE)
		*e = s.err;
	return s.err.kind == ERR_NONE ? 0 : -1;
}
