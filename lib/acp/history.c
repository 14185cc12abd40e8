/*
 * history.c - sessions as the files that they are, found by agent-chat.
 */
#include "acp/acp_in.h"

#include "base/mem.h"
#include "core/msg.h"
#include "core/state.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/proc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX	((size_t)16 * 1024 * 1024)

/* ---- the list ---- */

/* What "agent-chat sessions --json" writes, whole. */
static int
ask_chat(const char *cwd, struct buf *out, struct err *e)
{
	struct vec argv = VEC_INIT;
	struct proc p;
	char *program = state_program("agent-chat"), b[BASE_PIECE];
	ssize_t n;
	int rc;

	vec_push(&argv, program);
	vec_push(&argv, "sessions");
	vec_push(&argv, "--json");
	if (cwd != NULL) {
		vec_push(&argv, "-w");
		vec_push(&argv, cwd);
	}
	proc_init(&p, vec_argv(&argv));
	p.how[0] = PROC_NULL;
	p.how[1] = PROC_PIPE;
	p.die_with_us = true;
	rc = proc_start(&p, e);
	while (rc == 0 && out->len < LIST_MAX &&
	    (n = fd_read(p.fd[1], b, sizeof(b))) > 0)
		buf_add(out, b, (size_t)n);
	if (rc == 0) {
		fd_close(&p.fd[1]);
		proc_wait(&p);
		if (proc_exit_code(p.status) > 1)
			rc = err_set(e, ERR_INTERNAL, "agent-chat sessions: "
			    "status %d", proc_exit_code(p.status));
	}
	free(program);
	vec_free(&argv);
	return rc;
}

static jv
info(jv line, const char *cwd)
{
	const char *id = js_str(line, "id"), *words = js_str(line, "words");
	const char *time = js_str(line, "time");
	jv out;

	if (id == NULL)
		return js_none();
	out = js_set_str(js_obj(), "sessionId", id);
	out = js_set_str(out, "cwd", cwd);
	if (words != NULL)
		out = js_set_str(out, "title", words);
	if (time != NULL)
		out = js_set_str(out, "updatedAt", time);
	return out;
}

jv
acp_history_list(const char *cwd, struct err *e)
{
	struct buf text = BUF_INIT;
	struct jsonl in;
	char *where;
	jv out = js_arr(), line;
	int fd = -1;

	where = state_workspace(cwd, &fd, e);
	fd_close(&fd);
	if (where == NULL || ask_chat(where, &text, e) == -1) {
		js_free(out);
		out = js_none();
	}
	jsonl_init(&in, "sessions");
	jsonl_feed(&in, buf_str(&text), text.len);
	jsonl_eof(&in);
	while (js_is_valid(out) && jsonl_next(&in, &line, NULL, NULL, e) ==
	    JSONL_ITEM) {
		jv one = info(line, where);

		if (js_is_valid(one))
			out = js_push(out, one);
		else
			js_free(one);
		js_free(line);
	}
	jsonl_free(&in);
	buf_free(&text);
	free(where);
	return out;
}

/* ---- one of them ---- */

char *
acp_history_path(const char *cwd, const char *id, struct err *e)
{
	char *where, *dir, *path = NULL;
	int fd = -1;

	/* It comes from outside and becomes a part of a path. */
	if (*id == '\0' || id[strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_")] != '\0') {
		err_set(e, ERR_DATA, "no session has such an id");
		return NULL;
	}
	where = state_workspace(cwd, &fd, e);
	fd_close(&fd);
	if (where == NULL)
		return NULL;
	dir = state_dir(where, "sessions", e);
	if (dir != NULL)
		path = xasprintf("%s/%s.jsonl", dir, id);
	if (path != NULL && access(path, R_OK) == -1) {
		err_set(e, ERR_DATA, "there is no session %s in this folder",
		    id);
		free(path);
		path = NULL;
	}
	free(dir);
	free(where);
	return path;
}

/* ---- what was taken back ---- */

/* Events of the file, counted from 0, that were taken back; and the prompts
 * that stand, each with what may take it back. */
struct undone {
	struct span { size_t from, to; } *v;
	size_t		 n;
	struct turn {
		size_t	 at;
		char	*id;
		bool	 gone;		/* not in the talk: left out of it */
	}		*turns;
	size_t		 nturns;
};

static void
undone_free(struct undone *u)
{
	while (u->nturns > 0)
		free(u->turns[--u->nturns].id);
	free(u->turns);
	free(u->v);
}

static void
begin_turn(struct undone *u, jv ev, size_t at)
{
	const char *id = js_str(ev, "id");
	struct turn t = { at, xstrdup(id != NULL ? id : ""), false };

	u->turns = xreallocarray(u->turns, u->nturns + 1, sizeof(*u->turns));
	u->turns[u->nturns++] = t;
}

static void
leave_out(struct undone *u, jv ev)
{
	jv gone = js_get(ev, "gone");

	for (size_t i = 0; js_is_arr(gone) && i < js_len(gone); i++) {
		jv id = js_at(gone, i);
		const char *s = js_cstr(id);

		for (size_t k = 0; s != NULL && k < u->nturns; k++)
			if (strcmp(u->turns[k].id, s) == 0)
				u->turns[k].gone = true;
		js_free(id);
	}
	js_free(gone);
}

/* The last turn that the talk has, and all behind it. */
static void
take_back(struct undone *u, size_t at)
{
	struct span s = { at, at };
	bool gone = true;

	while (gone && u->nturns > 0) {
		struct turn *t = &u->turns[--u->nturns];

		s.from = t->at;
		gone = t->gone;
		free(t->id);
	}
	while (u->n > 0 && u->v[u->n - 1].from >= s.from)
		u->n--;
	u->v = xreallocarray(u->v, u->n + 1, sizeof(*u->v));
	u->v[u->n++] = s;
}

static void
look_back(struct undone *u, jv ev, size_t at)
{
	if (msg_classify(ev) == MSG_LINE_MESSAGE) {
		if (msg_role(ev) == MSG_USER && !msg_is_ours(ev))
			begin_turn(u, ev, at);
	} else if (js_str_is(ev, "type", "compaction")) {
		leave_out(u, ev);
	} else if (js_str_is(ev, "type", "undo")) {
		take_back(u, at);
	}
}

/* ---- all of one ---- */

void
acp_history_replay(struct acp *a, struct acp_session *s, const char *path)
{
	struct err ignored = ERR_INIT;
	struct undone u = { 0 };
	struct jsonl in;
	enum jsonl_status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	jv ev;

	for (int tell = 0; fd != -1 && tell < 2; tell++) {
		size_t at = 0, span = 0;

		jsonl_init(&in, path);
		while ((st = jsonl_read(&in, fd, &ev, NULL, NULL,
		    &ignored)) != JSONL_END) {
			if (st != JSONL_ITEM)
				continue;
			while (tell && span < u.n && u.v[span].to < at)
				span++;
			if (!tell)
				look_back(&u, ev, at);
			else if (span == u.n || at < u.v[span].from)
				acp_update(a, s, ev, true);
			at++;
			js_free(ev);
		}
		jsonl_free(&in);
		if (lseek(fd, 0, SEEK_SET) == -1)
			break;
	}
	undone_free(&u);
	fd_close(&fd);
}
