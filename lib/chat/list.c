/*
 * list.c - agent-chat sessions: list, search, name, export; and prompts.
 */
#include "chat/list.h"

#include "base/mem.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "chat/find.h"
#include "chat/import.h"
#include "chat/prompts.h"
#include "chat/session.h"
#include "chat/talk.h"
#include "core/msg.h"
#include "core/state.h"
#include "sys/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SNIPPET	100	/* bytes around what was found */

static int
print(const struct buf *b, struct err *e)
{
	if (fd_write_all(STDOUT_FILENO, buf_str(b), b->len) == 0)
		return 0;
	if (errno == EPIPE)
		return err_set(e, ERR_CANCELLED, "nobody reads");
	err_sys(e, "write standard output");
	e->kind = ERR_IO;
	return -1;
}

static void
put_json(struct buf *b, jv one)
{
	js_dump(b, one);
	buf_addc(b, '\n');
}

/* The stamp in local time, as far as people look at it. */
static void
put_time(struct buf *b, const char *stamp)
{
	struct tm tm = { .tm_isdst = 0 };
	time_t t;

	if (strptime(stamp, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return;
	t = timegm(&tm);
	if (localtime_r(&t, &tm) != NULL)
		buf_addf(b, "%04d-%02d-%02d %02d:%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
}

/* One session as a line for people. */
static void
put_line(struct buf *b, jv one)
{
	const char *id = js_str(one, "id"), *time = js_str(one, "time");
	const char *words = js_str(one, "words"), *name = js_str(one, "name");
	int64_t turns = 0;

	js_int(one, "turns", 0, INT32_MAX, &turns);
	utf8_escape(b, id, strlen(id), UTF8_LINE);
	buf_adds(b, "  ");
	put_time(b, time);
	buf_addf(b, "  %3d turn%s  ", (int)turns, turns == 1 ? " " : "s");
	if (name != NULL) {
		buf_addc(b, '[');
		utf8_escape(b, name, strlen(name), UTF8_LINE);
		buf_adds(b, "] ");
	}
	if (words != NULL)
		utf8_escape(b, words, strlen(words), UTF8_LINE);
	buf_addc(b, '\n');
}

static int
list_all(const char *dir, bool json, struct err *e)
{
	struct buf b = BUF_INIT;
	jv all = find_all(dir);
	int rc;

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);

		if (json)
			put_json(&b, one);
		else
			put_line(&b, one);
		js_free(one);
	}
	rc = print(&b, e);
	buf_free(&b);
	js_free(all);
	return rc;
}

/* ---- search ---- */

/* Where word is in the text, in any case of ASCII letters; NULL nowhere. */
static const char *
find_word(const struct buf *b, const char *word)
{
	return strcasestr(buf_str(b), word);
}

/* What the caller looks for in one file. */
struct search {
	const struct vec *words;	/* from the third on */
	struct buf	 said;		/* of a message */
	jv		 hit;		/* the first message with all words */
};

static void
look_at(void *arg, jv ev)
{
	struct search *s = arg;
	const char *at = NULL, *begin;
	size_t n;

	if (js_is_valid(s->hit) || msg_role(ev) == MSG_SYSTEM ||
	    msg_role(ev) == MSG_NONE)
		return;
	buf_reset(&s->said);
	msg_content(&s->said, ev);
	for (size_t i = 2; i < s->words->n; i++)
		if ((at = find_word(&s->said, s->words->v[i])) == NULL)
			return;
	if (at == NULL)
		return;
	begin = at - buf_str(&s->said) > SNIPPET / 2 ? at - SNIPPET / 2 :
	    buf_str(&s->said);
	while (((unsigned char)*begin & 0xc0) == 0x80)
		begin++;
	n = s->said.len - (size_t)(begin - buf_str(&s->said));
	if (n > SNIPPET)
		n = utf8_cut(begin, SNIPPET);
	s->hit = js_copy_key(js_obj(), "role", ev, "role");
	s->hit = js_set(s->hit, "text", js_from_bytes(begin, n));
}

static void
put_hit(struct buf *b, jv one, jv hit)
{
	const char *role = js_str(hit, "role"), *text = js_str(hit, "text");

	put_line(b, one);
	buf_adds(b, "    ");
	buf_addf(b, "%s: ", role != NULL ? role : "?");
	utf8_escape(b, text, text != NULL ? strlen(text) : 0, UTF8_LINE);
	buf_addc(b, '\n');
}

static int
search(const struct vec *words, const char *dir, bool json, struct err *e)
{
	struct search s = { .words = words, .hit = js_none() };
	struct buf b = BUF_INIT;
	jv all = find_all(dir);
	int rc = 0;

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);

		s.hit = js_none();
		find_events(js_str(one, "path"), look_at, &s);
		if (js_is_valid(s.hit) && json)
			put_json(&b, js_set(js_ref(one), "hit",
			    js_ref(s.hit)));
		else if (js_is_valid(s.hit))
			put_hit(&b, one, s.hit);
		js_free(s.hit);
		js_free(one);
	}
	if (b.len == 0)
		rc = err_set(e, ERR_NEGATIVE, "no session says that");
	else
		rc = print(&b, e);
	buf_free(&s.said);
	buf_free(&b);
	js_free(all);
	return rc;
}

/* ---- name ---- */

static int
give_name(const char *dir, const char *id, const char *name, struct err *e)
{
	char *path = find_id(dir, id, e);
	struct session s;
	jv ev;
	int rc = -1;

	if (path == NULL || session_open(&s, path, e) == -1)
		goto out;
	ev = js_set_str(event_new("notice"), "code", "name");
	rc = session_append_take(&s, js_set_str(ev, "text", name), e);
	session_close(&s);
out:
	free(path);
	return rc;
}

/* ---- remove ---- */

/* All of the ids and names, each of which has to mean one: else none. */
static int
remove_all(const char *dir, const struct vec *w, struct err *e)
{
	struct vec paths = VEC_INIT;
	int rc = 0;

	for (size_t i = 2; rc == 0 && i < w->n; i++) {
		char *path = find_id(dir, w->v[i], e);

		rc = path == NULL ? -1 : 0;
		if (path != NULL)
			vec_give(&paths, path);
	}
	for (size_t i = 0; rc == 0 && i < paths.n; i++)
		rc = session_remove(paths.v[i], e);
	vec_free(&paths);
	return rc;
}

/* ---- export ---- */

static void
on_event(void *arg, jv ev)
{
	/* What was shortened for the model is here in full. */
	if (!js_str_is(ev, "type", "compaction"))
		compact_event(arg, ev);
}

/* What stands in a message besides text, by its kind and size. */
static void
put_pictures(struct buf *b, jv m)
{
	jv parts = js_get(m, "content");

	for (size_t i = 0; js_is_arr(parts) && i < js_len(parts); i++) {
		jv part = js_at(parts, i), image = js_get(part, "image_url");
		size_t n = 0;
		const char *url = js_str_len(image, "url", &n);

		if (url != NULL && strncmp(url, "data:", 5) == 0)
			buf_addf(b, "\n(a picture: %.*s, about %zu bytes)\n",
			    (int)strcspn(url + 5, ";,"), url + 5, n / 4 * 3);
		js_free(image);
		js_free(part);
	}
	js_free(parts);
}

static void
put_markdown(struct buf *b, jv m)
{
	static const char *const titles[] = {
		[MSG_USER] = "## User\n\n",
		[MSG_ASSISTANT] = "## Assistant\n\n",
		[MSG_TOOL] = "### Result\n\n", [MSG_SYSTEM] = "## System\n\n",
	};
	enum msg_role role = msg_role(m);
	size_t fence = 3, run = 0;
	struct buf text = BUF_INIT;

	msg_content(&text, m);
	/* A fence longer than any in the text. */
	for (size_t i = 0; i < text.len; i++) {
		run = text.data[i] == '`' ? run + 1 : 0;
		fence = run >= fence ? run + 1 : fence;
	}
	buf_adds(b, titles[role]);
	for (size_t i = 0; role == MSG_TOOL && i < fence; i++)
		buf_addc(b, '`');
	if (role == MSG_TOOL)
		buf_addc(b, '\n');
	buf_add(b, text.data, text.len);
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buf_addc(b, '\n');
	for (size_t i = 0; role == MSG_TOOL && i < fence; i++)
		buf_addc(b, '`');
	put_pictures(b, m);
	for (size_t i = 0; i < msg_ncalls(m); i++) {
		const char *name, *args;
		size_t n;

		msg_call(m, i, NULL, &name, &args, &n);
		buf_addf(b, "\n- calls `%s` with `%.*s`\n", name,
		    (int)(n > 4000 ? 4000 : n), args);
	}
	buf_adds(b, "\n\n");
	buf_free(&text);
}

static int
export(const char *dir, const char *id, bool json, struct err *e)
{
	char *path = id != NULL ? find_id(dir, id, e) : find_last(dir, e);
	struct compact talk;
	struct replay r;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (path == NULL)
		return -1;
	compact_init(&talk);
	replay_init(&r, on_event, &talk);
	find_events(path, find_replay, &r);
	replay_end(&r);
	for (size_t i = 0; i < talk.n; i++) {
		jv bare = msg_strip(talk.v[i].msg);

		if (json)
			put_json(&b, bare);
		else
			put_markdown(&b, bare);
		js_free(bare);
	}
	rc = print(&b, e);
	replay_free(&r);
	compact_free(&talk);
	buf_free(&b);
	free(path);
	return rc;
}

/* ---- all of them ---- */

static const char *const session_words[] = {
	"search", "name", "export", "remove", NULL,
};

static const char *const prompt_words[] = { "import", NULL };

bool
list_is(const struct vec *words)
{
	const char *first = words->n > 0 ? words->v[0] : "";
	const char *const *w = strcmp(first, "sessions") == 0 ?
	    session_words : prompt_words;

	if (w == prompt_words && strcmp(first, "prompts") != 0)
		return false;
	for (; words->n > 1 && *w != NULL; w++)
		if (strcmp(words->v[1], *w) == 0)
			return true;
	return words->n == 1;
}

static int
sessions(const struct vec *w, const char *dir, bool json, struct err *e)
{
	const char *what = w->n > 1 ? w->v[1] : NULL, *near;

	if (what == NULL)
		return list_all(dir, json, e);
	if (strcmp(what, "search") == 0 && w->n > 2)
		return search(w, dir, json, e);
	if (strcmp(what, "name") == 0 && w->n == 4)
		return give_name(dir, w->v[2], w->v[3], e);
	if (strcmp(what, "export") == 0 && w->n <= 3)
		return export(dir, w->n == 3 ? w->v[2] : NULL, json, e);
	if (strcmp(what, "remove") == 0 && w->n > 2)
		return remove_all(dir, w, e);
	near = opt_nearest(what, session_words);
	if (near != NULL && strcmp(near, what) == 0)
		near = NULL;
	return err_set(e, ERR_USAGE, "sessions %.40s: %s%s%sit takes search "
	    "WORD..., name ID NAME, export [ID] or remove ID...", what,
	    near != NULL ? "did you mean " : "", near != NULL ? near : "",
	    near != NULL ? "? " : "");
}

static int
prompts(const struct vec *w, const char *workspace,
    const struct list_opts *o, struct err *e)
{
	struct buf b = BUF_INIT;
	struct err unread = ERR_INIT;
	int kind, rc = import_kind(o->from, &kind, e);

	if (rc == 0 && w->n > 1)
		rc = import_run(w, 2, kind, o->force, o->json, &b, e);
	else if (rc == 0)
		prompts_list(workspace, o->json, &b);
	/* Also what was written until it failed. */
	if (print(&b, rc == 0 ? e : &unread) == -1)
		rc = -1;
	buf_free(&b);
	return rc;
}

int
list_run(const struct vec *words, const struct list_opts *o, struct err *e)
{
	int fd = -1, rc = -1;
	bool import = strcmp(words->v[0], "prompts") == 0 && words->n > 1;
	char *path, *dir = NULL, *project = NULL;

	if (o->from != NULL && !import)
		return err_set(e, ERR_USAGE, "--from: only for 'agent-chat "
		    "prompts import'");
	path = state_workspace(o->workspace, &fd, e);
	if (path != NULL && strcmp(words->v[0], "prompts") == 0)
		rc = prompts(words, path, o, e);
	else if (path != NULL && (project = state_project(path, e)) != NULL) {
		dir = xasprintf("%s/sessions", project);
		rc = sessions(words, dir, o->json, e);
	}
	free(dir);
	free(project);
	free(path);
	fd_close(&fd);
	return rc;
}
