/*
 * cmd_put.c - store, update, import.
 */
#include "mem/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "json/jsonl.h"
#include "sys/fd.h"

#define LINES		20000	/* of an import, in one transaction */

/* ---- from the options ---- */

static jv
set(jv o, const char *key, const char *value)
{
	return value != NULL ? js_set_str(o, key, value) : o;
}

/* What the options say of a memory, over what a line says. */
static int
overlay(const struct cmd *c, jv *line, struct err *e)
{
	jv o = *line, tags;
	double importance;
	int64_t at, turn;

	o = set(o, "id", c->id);
	o = set(o, "kind", c->kind);
	o = set(o, "speaker", c->speaker);
	o = set(o, "source", c->source);
	o = set(o, "session", c->session);
	o = set(o, "date", c->date);
	if (c->turn != NULL) {
		if (num_int(c->turn, -1000000000, 1000000000, "--turn",
		    &turn, e) == -1)
			return -1;
		o = js_set_int(o, "turn", turn);
	}
	if (c->importance != NULL) {
		if (num_double(c->importance, 0, 1, "--importance",
		    &importance, e) == -1)
			return -1;
		o = js_set(o, "importance", js_from_num(importance));
	}
	if (c->expires != NULL) {
		/* An age is one to come. */
		if (cmd_time(c->expires, "--expires", 0, &at, e) == -1)
			return -1;
		if (at <= 0)
			at = c->s.now - at;
		o = js_set_int(o, "expires", at);
	}
	if (c->tags.n > 0) {
		tags = js_arr();
		for (size_t i = 0; i < c->tags.n; i++)
			tags = js_push(tags, js_from_str(c->tags.v[i]));
		o = js_set(o, "tags", tags);
	}
	*line = o;
	return 0;
}

/* The namespace that a memory goes to: that of its line, of the option, of
 * the project; owned by the store. */
static int
space_of(struct cmd *c, const struct item *it, struct store_ns **ns,
    struct err *e)
{
	const char *name = c->spaces.n > 0 ? c->spaces.v[0] : NULL;
	char *project = NULL;
	int rc;

	if (it->ns_name != NULL)
		name = it->ns_name;
	if (name == NULL) {
		project = cmd_project(e);
		if (project == NULL)
			return -1;
		vec_push(&c->spaces, project);
		free(project);
		name = c->spaces.v[0];
	}
	if (strlen(name) > ITEM_KEY_MAX || *name == '\0')
		return err_set(e, ERR_USAGE, "--namespace: from 1 to %d bytes",
		    ITEM_KEY_MAX);
	rc = store_space(&c->s, name, true, ns, e);
	return rc == -1 ? -1 : 0;
}

int
cmd_put(struct cmd *c, struct item *it, jv *line, struct err *e)
{
	static const char *const words[] = { "stored", "existing",
	    "updated" };
	enum store_status status;
	struct store_ns *ns;
	jv v;

	if (space_of(c, it, &ns, e) == -1 ||
	    store_put(&c->s, ns, it, &status, e) == -1)
		return -1;
	if (line == NULL)
		return (int)status;
	v = js_set_str(js_obj(), "id", it->id);
	v = js_set_str(v, "namespace", ns->name);
	*line = js_set_str(v, "status", words[status]);
	return (int)status;
}

/* Put a line durably and answer it; consumes line. */
static int
put_line_take(struct cmd *c, jv line, struct err *e)
{
	struct item it = { .id = NULL };
	jv answer = js_none();
	int rc = overlay(c, &line, e);

	if (rc == 0)
		rc = item_read(&it, line, c->s.now, e);
	js_free(line);
	if (rc == -1)
		return -1;
	rc = store_begin(&c->s, e);
	if (rc == 0) {
		rc = cmd_put(c, &it, &answer, e);
		if (rc == -1)
			store_rollback(&c->s);
		else
			rc = store_commit(&c->s, e);
	}
	item_free(&it);
	if (rc == -1) {
		js_free(answer);
		return -1;
	}
	if (c->text) {
		const char *id = js_str(answer, "id");

		buf_addf(&c->out, "%s %s\n", js_str(answer, "status"),
		    id != NULL ? id : "");
		js_free(answer);
	} else {
		cmd_line_take(c, answer);
	}
	return cmd_flush(c, e);
}

/* Lines of JSON, each on the disk before it is answered. */
static int
store_lines(struct cmd *c, struct jsonl *in, struct err *e)
{
	enum jsonl_status st;
	jv v = js_none();

	while ((st = jsonl_read(in, STDIN_FILENO, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		if (st == JSONL_ERROR)
			return -1;
		if (!js_is_obj(v)) {
			js_free(v);
			return err_set(e, ERR_DATA, "<stdin>:%llu: an object "
			    "is needed", (unsigned long long)in->lineno);
		}
		if (put_line_take(c, v, e) == -1)
			return err_wrap(e, "<stdin>:%llu",
			    (unsigned long long)in->lineno);
	}
	return 0;
}

/* Standard input is lines of JSON when it begins like one, else a text. */
static int
store_input(struct cmd *c, struct err *e)
{
	struct jsonl in;
	struct buf text = BUF_INIT;
	char first[4096];
	size_t skip = 0;
	ssize_t n;
	int rc;

	if (isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "what to store? Give the text, "
		    "or pipe it in");
	do {
		n = fd_read(STDIN_FILENO, first, sizeof(first));
		if (n > 0)
			buf_add(&text, first, (size_t)n);
		while (skip < text.len && strchr(" \t\r\n", text.data[skip]))
			skip++;
	} while (n > 0 && skip == text.len);
	if (skip < text.len && text.data[skip] == '{') {
		jsonl_init(&in, "<stdin>");
		jsonl_feed(&in, text.data, text.len);
		rc = store_lines(c, &in, e);
		jsonl_free(&in);
	} else if (n > 0 && fd_slurp(STDIN_FILENO, &text, ITEM_TEXT_MAX) ==
	    -1) {
		rc = errno == EFBIG ? err_set(e, ERR_DATA, "the text: more "
		    "than %zu bytes", ITEM_TEXT_MAX) : err_sys(e, "<stdin>");
	} else {
		while (text.len > 0 && text.data[text.len - 1] == '\n')
			buf_cut(&text, text.len - 1);
		rc = put_line_take(c, js_set(js_obj(), "text",
		    js_from_buf(&text)), e);
	}
	buf_free(&text);
	return rc;
}

int
cmd_store(struct cmd *c, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	if (c->words.n == 0)
		return store_input(c, e);
	for (size_t i = 0; i < c->words.n; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, c->words.v[i]);
	}
	rc = put_line_take(c, js_set(js_obj(), "text", js_from_buf(&b)), e);
	buf_free(&b);
	return rc;
}

/* ---- update ---- */

/* The memory of that id in the namespaces named, or in all. */
static int
find(struct cmd *c, const char *id, struct store_ns **ns, struct item *it,
    struct err *e)
{
	struct vec names = VEC_INIT;
	int rc;

	if (c->spaces.n == 0)
		c->all = true;
	rc = cmd_spaces(c, &names, e);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		rc = store_space(&c->s, names.v[i], false, ns, e);
		if (rc == 1)
			rc = store_get(&c->s, *ns, id, it, e);
	}
	vec_free(&names);
	return rc;
}

/* The old memory with what is new in it. */
static int
updated(struct cmd *c, const struct item *old, struct item *new,
    struct err *e)
{
	jv line = item_json(old, NULL);
	struct buf b = BUF_INIT;
	int rc;

	for (size_t i = 1; i < c->words.n; i++) {
		if (i > 1)
			buf_addc(&b, ' ');
		buf_adds(&b, c->words.v[i]);
	}
	if (b.len > 0)
		line = js_set(line, "text", js_from_buf(&b));
	buf_free(&b);
	line = js_set_int(line, "updated", c->s.now);
	rc = overlay(c, &line, e);
	if (rc == 0)
		rc = item_read(new, line, old->created, e);
	js_free(line);
	return rc;
}

int
cmd_update(struct cmd *c, struct err *e)
{
	struct item old, new = { .id = NULL };
	struct store_ns *ns;
	jv v;
	int rc;

	if (c->words.n == 0)
		return err_set(e, ERR_USAGE, "update: which? Give its id and "
		    "the new text, or options");
	if (store_begin(&c->s, e) == -1)
		return -1;
	rc = find(c, c->words.v[0], &ns, &old, e);
	if (rc != 1) {
		store_rollback(&c->s);
		return rc == -1 ? -1 : err_set(e, ERR_NEGATIVE, "no memory "
		    "has the id '%.80s'", c->words.v[0]);
	}
	rc = updated(c, &old, &new, e);
	if (rc == 0)
		rc = store_replace(&c->s, &old, &new, STORE_KEEP_HISTORY, e);
	if (rc == 0)
		rc = store_commit(&c->s, e);
	else
		store_rollback(&c->s);
	if (rc == 0) {
		v = js_set_str(js_obj(), "id", new.id);
		cmd_line_take(c, js_set_str(v, "status", "updated"));
	}
	item_free(&old);
	item_free(&new);
	return rc;
}

/* ---- import ---- */

struct import {
	uint64_t	 stored, existing, updated, bad;
	int64_t		 open;		/* lines since the last commit */
	struct err	 first;		/* what was bad first */
};

static int
import_line(struct cmd *c, jv line, struct import *im, struct err *e)
{
	struct item it;
	int rc;

	if (item_read(&it, line, c->s.now, e) == -1)
		return -1;
	rc = cmd_put(c, &it, NULL, e);
	item_free(&it);
	if (rc == STORE_NEW)
		im->stored++;
	else if (rc == STORE_SAME)
		im->existing++;
	else if (rc == STORE_CHANGED)
		im->updated++;
	return rc == -1 ? -1 : 0;
}

/* A bad line is told and left out; the rest is imported. */
static void
bad_line(struct import *im, const char *name, uint64_t lineno,
    struct err *e)
{
	err_wrap(e, "%s:%llu", name, (unsigned long long)lineno);
	if (im->bad++ == 0)
		im->first = *e;
	if (im->bad <= 10)
		log_warn("%s", e->msg);
	*e = (struct err)ERR_INIT;
}

static int
import_from(struct cmd *c, int fd, const char *name, struct import *im,
    struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&in, name);
	while (rc == 0 && (st = jsonl_read(&in, fd, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		if (st == JSONL_ERROR) {
			if (e->kind != ERR_DATA) {
				rc = -1;
				break;
			}
			bad_line(im, name, in.lineno, e);
			continue;
		}
		rc = import_line(c, v, im, e);
		js_free(v);
		if (rc == -1 && e->kind == ERR_DATA) {
			bad_line(im, name, in.lineno, e);
			rc = 0;
		}
		if (rc == 0 && ++im->open >= LINES) {
			im->open = 0;
			rc = store_commit(&c->s, e);
			if (rc == 0)
				rc = store_begin(&c->s, e);
		}
	}
	jsonl_free(&in);
	return rc;
}

static int
import_all(struct cmd *c, struct import *im, struct err *e)
{
	int rc = 0;

	if (c->words.n == 0)
		return import_from(c, STDIN_FILENO, "<stdin>", im, e);
	for (size_t i = 0; rc == 0 && i < c->words.n; i++) {
		const char *name = c->words.v[i];
		int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) :
		    open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

		if (fd == -1)
			return err_sys(e, "%s", name);
		rc = import_from(c, fd, name, im, e);
		close(fd);
	}
	return rc;
}

int
cmd_import(struct cmd *c, struct err *e)
{
	struct import im = { .first = ERR_INIT };
	jv v;

	if (c->words.n == 0 && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "import: from where? Name files "
		    "or pipe lines in");
	db_cache(c->s.db, 262144, 0);
	if (store_begin(&c->s, e) == -1)
		return -1;
	if (import_all(c, &im, e) == -1) {
		store_rollback(&c->s);
		return -1;
	}
	if (store_commit(&c->s, e) == -1)
		return -1;
	v = js_set_int(js_obj(), "stored", (int64_t)im.stored);
	v = js_set_int(v, "existing", (int64_t)im.existing);
	v = js_set_int(v, "updated", (int64_t)im.updated);
	v = js_set_int(v, "bad", (int64_t)im.bad);
	cmd_line_take(c, v);
	if (im.bad > 0)
		return err_set(e, ERR_DATA, "%llu lines were left out; the "
		    "first: %.300s", (unsigned long long)im.bad,
		    im.first.msg);
	return 0;
}
