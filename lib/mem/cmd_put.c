/*
 * cmd_put.c - store, update.
 */
#include "mem/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "json/jsonl.h"
#include "mem/same.h"
#include "sys/fd.h"

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
		vec_give(&c->spaces, project);
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
	struct item old = { .id = NULL };
	enum store_status status;
	struct store_ns *ns;
	int rc = 0;
	jv v;

	if (space_of(c, it, &ns, e) == -1)
		return -1;
	if (c->near != CMD_NEAR_KEEP)
		rc = same_find(c, ns, it, &old, e);
	if (rc == 1 && c->near == CMD_NEAR_MERGE && it->id == NULL)
		it->id = xstrdup(old.id);
	if (rc == -1 || store_put(&c->s, ns, it, &status, e) == -1) {
		item_free(&old);
		return -1;
	}
	if (line != NULL) {
		v = js_set_str(js_obj(), "id", it->id);
		v = js_set_str(v, "namespace", ns->name);
		v = js_set_str(v, "status", words[status]);
		if (rc == 1 && strcmp(old.id, it->id) != 0)
			v = js_set_str(v, "near", old.id);
		*line = v;
	}
	item_free(&old);
	return (int)status;
}

int
cmd_put_line_take(struct cmd *c, jv line, jv *answer, struct err *e)
{
	struct item it = { .id = NULL };
	int rc = overlay(c, &line, e);

	*answer = js_none();
	if (rc == 0)
		rc = item_read(&it, line, c->s.now, e);
	js_free(line);
	if (rc == -1)
		return -1;
	rc = store_begin(&c->s, e);
	if (rc == 0) {
		rc = cmd_put(c, &it, answer, e);
		if (rc == -1)
			store_rollback(&c->s);
		else
			rc = store_commit(&c->s, e);
	}
	item_free(&it);
	if (rc == -1) {
		js_free(*answer);
		*answer = js_none();
	}
	return rc;
}

/* Put a line durably and answer it; consumes line. */
static int
put_line_take(struct cmd *c, jv line, struct err *e)
{
	jv answer;

	if (cmd_put_line_take(c, line, &answer, e) == -1)
		return -1;
	if (c->text) {
		buf_addf(&c->out, "%s ", js_str(answer, "status"));
		cmd_escape(&c->out, js_str(answer, "id"), 80);
		buf_addc(&c->out, '\n');
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
		n = fd_read_wait(STDIN_FILENO, first, sizeof(first));
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

/* The memory of that id in home, or in the namespaces named, or in all. */
static int
find(struct cmd *c, const char *id, const char *home, struct store_ns **ns,
    struct item *it, struct err *e)
{
	struct vec names = VEC_INIT;
	int rc = 0;

	if (c->spaces.n == 0)
		c->all = true;
	if (home != NULL)
		vec_push(&names, home);
	else
		rc = cmd_spaces(c, &names, e);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		rc = store_space(&c->s, names.v[i], false, ns, e);
		if (rc == 1)
			rc = store_get(&c->s, *ns, id, it, e);
	}
	vec_free(&names);
	return rc;
}

/* The old memory with what is new in it; consumes changes. */
static int
updated_take(struct cmd *c, const struct item *old, jv changes,
    struct item *new, struct err *e)
{
	jv line = item_json(old, NULL), keys = js_keys(changes);
	int rc;

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		if (strcmp(js_cstr(k), "namespace") != 0)
			line = js_copy_key(line, js_cstr(k), changes,
			    js_cstr(k));
		js_free(k);
	}
	js_free(keys);
	js_free(changes);
	line = js_set_int(line, "updated", c->s.now);
	rc = overlay(c, &line, e);
	if (rc == 0)
		rc = item_read(new, line, old->created, e);
	js_free(line);
	return rc;
}

/* In a transaction; home is a namespace or NULL. */
static int
update_take(struct cmd *c, const char *id, const char *home, jv changes,
    jv *answer, struct err *e)
{
	struct item old, new = { .id = NULL };
	struct store_ns *ns;
	int rc = find(c, id, home, &ns, &old, e);

	if (rc != 1) {
		js_free(changes);
		return rc == -1 ? -1 : err_set(e, ERR_NEGATIVE, "no memory "
		    "has the id '%.80s'", id);
	}
	rc = updated_take(c, &old, changes, &new, e);
	if (rc == 0)
		rc = store_replace(&c->s, &old, &new, STORE_KEEP_HISTORY, e);
	if (rc == 0)
		*answer = js_set_str(js_set_str(js_obj(), "id", new.id),
		    "status", "updated");
	item_free(&old);
	item_free(&new);
	return rc;
}

int
cmd_update_line_take(struct cmd *c, jv line, jv *answer, struct err *e)
{
	const char *id = js_str(line, "id");
	char *which, *home;
	int rc;

	*answer = js_none();
	if (id == NULL) {
		js_free(line);
		return err_set(e, ERR_DATA, "id: missing");
	}
	which = xstrdup(id);
	home = js_str(line, "namespace") != NULL ? xstrdup(js_str(line,
	    "namespace")) : NULL;
	rc = store_begin(&c->s, e);
	if (rc == 0) {
		rc = update_take(c, which, home, line, answer, e);
		if (rc == 0)
			rc = store_commit(&c->s, e);
		else
			store_rollback(&c->s);
	} else {
		js_free(line);
	}
	free(which);
	free(home);
	if (rc == -1) {
		js_free(*answer);
		*answer = js_none();
	}
	return rc;
}

/* Lines of JSON, each on the disk before it is answered. */
static int
update_lines(struct cmd *c, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none(), answer;
	int rc = 0;

	jsonl_init(&in, "<stdin>");
	while (rc == 0 && (st = jsonl_read(&in, STDIN_FILENO, &v, NULL, NULL,
	    e)) != JSONL_END) {
		if (st == JSONL_ERROR) {
			rc = -1;
			break;
		}
		rc = cmd_update_line_take(c, v, &answer, e);
		if (rc == -1) {
			err_wrap(e, "<stdin>:%llu",
			    (unsigned long long)in.lineno);
			break;
		}
		cmd_line_take(c, answer);
		rc = cmd_flush(c, e);
	}
	jsonl_free(&in);
	return rc;
}

int
cmd_update(struct cmd *c, struct err *e)
{
	struct buf b = BUF_INIT;
	jv line = js_obj(), answer;
	int rc;

	if (c->words.n == 0) {
		js_free(line);
		return err_set(e, ERR_USAGE, "update: which? Give its id and "
		    "the new text, or options, or - and lines on standard "
		    "input");
	}
	if (c->words.n == 1 && strcmp(c->words.v[0], "-") == 0) {
		js_free(line);
		return update_lines(c, e);
	}
	for (size_t i = 1; i < c->words.n; i++) {
		if (i > 1)
			buf_addc(&b, ' ');
		buf_adds(&b, c->words.v[i]);
	}
	if (b.len > 0)
		line = js_set(line, "text", js_from_buf(&b));
	buf_free(&b);
	rc = cmd_update_line_take(c, js_set_str(line, "id", c->words.v[0]),
	    &answer, e);
	if (rc == 0)
		cmd_line_take(c, answer);
	return rc;
}
