/*
 * foreign.c - prompts of other programs, made into prompt files of ours.
 */
#include "chat/foreign.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/foreign_in.h"
#include "chat/prompt.h"
#include "core/front.h"
#include "core/yaml.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN	60
#define EXAMPLE_IN	"### INPUT:"
#define EXAMPLE_OUT	"### OUTPUT:"

/* ---- the list ---- */

void
foreigns_free(struct foreigns *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].name);
		free(all->v[i].file);
		buf_free(&all->v[i].text);
		buf_free(&all->v[i].schema);
		vec_free(&all->v[i].notes);
	}
	free(all->v);
	*all = (struct foreigns){ NULL, 0 };
}

/* A name that is no path and that can be typed: what is neither letter nor
 * digit is a dash, and none is at its ends. */
static char *
clean_name(const char *raw)
{
	struct buf b = BUF_INIT;

	for (; *raw != '\0' && b.len < NAME_MAX_LEN; raw++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
		    "WXYZ0123456789_", *raw) != NULL)
			buf_addc(&b, *raw);
		else if (b.len > 0 && b.data[b.len - 1] != '-')
			buf_addc(&b, '-');
	}
	while (b.len > 0 && b.data[b.len - 1] == '-')
		buf_cut(&b, b.len - 1);
	buf_addc(&b, '\0');
	return buf_detach(&b);
}

/* One more; NULL with e filled when it can have no such name. */
static struct foreign *
add(struct foreigns *all, const char *from, const char *file,
    const char *name, struct err *e)
{
	char *clean = clean_name(name);
	struct foreign *f;

	if (*clean == '\0' || prompt_reserved(clean)) {
		err_set(e, ERR_DATA, "%.300s: '%.60s' can be no name of a "
		    "prompt; call it otherwise", file, name);
		free(clean);
		return NULL;
	}
	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	f = &all->v[all->n++];
	*f = (struct foreign){ .name = clean, .file = xstrdup(file),
	    .from = from };
	return f;
}

/* The head, and what was put together behind it. */
static int
finish(struct foreign *f, const struct places *k, const char *model,
    const struct buf *body, struct err *e)
{
	struct buf hint = BUF_INIT;

	places_hint(k, &hint);
	buf_addf(&f->text, "---\n# a prompt of %s, by agent-chat prompts "
	    "import\n", f->from);
	if (hint.len > 0)
		buf_addf(&f->text, "argument-hint: \"%s\"\n", buf_str(&hint));
	buf_free(&hint);
	/* Models have other names here, and a wrong one answers nothing. */
	if (model != NULL && utf8_plain(model) && strlen(model) <= 200) {
		buf_addf(&f->text, "# model: %s\n", model);
		vec_pushf(&f->notes, "its model %.60s is a remark in its head",
		    model);
	}
	buf_adds(&f->text, "---\n");
	buf_add(&f->text, body->data, body->len);
	buf_addc(&f->text, '\n');
	return f->text.len > FOREIGN_MAX ? err_set(e, ERR_DATA, "%.300s: has "
	    "more than 1 MiB as a prompt file", f->file) : 0;
}

/* One note on the members of o that have no counterpart. */
static void
left_out(struct foreign *f, jv o, const char *const *taken)
{
	jv keys = js_keys(o);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < js_len(keys); i++) {
		jv key = js_at(keys, i), v = js_none();
		const char *s = js_cstr(key);
		bool known = s == NULL;

		for (const char *const *t = taken; !known && *t != NULL; t++)
			known = strcmp(*t, s) == 0;
		if (!known)
			v = js_get(o, s);
		if (js_is_valid(v) && !js_is_null(v)) {
			buf_adds(&b, b.len == 0 ? "left out: " : ", ");
			utf8_escape(&b, s, strlen(s) > 40 ? utf8_cut(s, 40) :
			    strlen(s), UTF8_LINE);
		}
		js_free(v);
		js_free(key);
	}
	if (b.len > 0)
		vec_push(&f->notes, buf_str(&b));
	buf_free(&b);
	js_free(keys);
}

/* The member is a text, or not there. */
static int
text_of(jv o, const char *key, const char *file, const char **s,
    struct err *e)
{
	jv v = js_get(o, key);
	bool good = !js_is_valid(v) || js_is_null(v) || js_cstr(v) != NULL;

	js_free(v);
	*s = js_str(o, key);
	return good ? 0 : err_set(e, ERR_DATA, "%.300s: '%s' is no text",
	    file, key);
}

/* ---- llm ---- */

/* What the system is told comes first, in the same message. */
static void
put_llm(const struct places *k, const char *system, const char *prompt,
    struct buf *body)
{
	bool places = k->needed.n + k->optional.n > 0 || k->input;

	if (system != NULL)
		places_put(k, system, body);
	if (prompt != NULL) {
		buf_adds(body, body->len > 0 ? "\n\n" : "");
		places_put(k, prompt, body);
	}
	/* Without any place the words follow by themselves. */
	if (places && !k->input) {
		buf_adds(body, body->len > 0 ? "\n\n" : "");
		places_input(k, body);
	}
}

static int
llm(struct foreigns *all, jv o, const char *file, const char *name,
    struct err *e)
{
	static const char *const taken[] = { "name", "prompt", "system",
		"model", "defaults", "schema_object", NULL };
	struct places k = { .how = FOREIGN_LLM };
	const char *prompt, *system, *model;
	jv schema = js_get(o, "schema_object"), defaults = js_get(o,
	    "defaults");
	struct buf body = BUF_INIT;
	struct foreign *f = NULL;
	int rc = -1;

	if (text_of(o, "prompt", file, &prompt, e) == -1 ||
	    text_of(o, "system", file, &system, e) == -1 ||
	    text_of(o, "model", file, &model, e) == -1)
		goto out;
	if (prompt == NULL && system == NULL && !js_is_obj(schema))
		err_set(e, ERR_DATA, "%.300s: is no template of llm: it has "
		    "neither prompt nor system", file);
	else
		f = add(all, "llm", file, name, e);
	if (f == NULL)
		goto out;
	if (system != NULL)
		places_find(&k, system, defaults, &f->notes);
	if (prompt != NULL)
		places_find(&k, prompt, defaults, &f->notes);
	put_llm(&k, system, prompt, &body);
	left_out(f, o, taken);
	if (js_is_obj(schema)) {
		js_dump_pretty(&f->schema, schema);
		buf_addc(&f->schema, '\n');
	}
	rc = finish(f, &k, model, &body, e);
out:
	places_free(&k);
	buf_free(&body);
	js_free(schema);
	js_free(defaults);
	return rc;
}

/* ---- aichat ---- */

/* A role: o has the members of its head. */
static int
role(struct foreigns *all, jv o, const char *prompt, const char *file,
    const char *name, struct err *e)
{
	static const char *const taken[] = { "name", "prompt", "model",
		NULL };
	struct places k = { .how = FOREIGN_AICHAT };
	struct buf body = BUF_INIT;
	const char *model;
	struct foreign *f;
	int rc = -1;

	if (text_of(o, "model", file, &model, e) == -1)
		return -1;
	f = add(all, "aichat", file, name, e);
	if (f != NULL) {
		places_find(&k, prompt, js_none(), &f->notes);
		places_put(&k, prompt, &body);
		/* Examples end with the question that is one more of them. */
		if (!k.input && strstr(prompt, EXAMPLE_IN) != NULL &&
		    strstr(prompt, EXAMPLE_OUT) != NULL) {
			buf_adds(&body, "\n\n" EXAMPLE_IN "\n");
			places_input(&k, &body);
			k.input = true;
		}
		left_out(f, o, taken);
		rc = finish(f, &k, model, &body, e);
	}
	places_free(&k);
	buf_free(&body);
	return rc;
}

/* A list of them. */
static int
roles(struct foreigns *all, jv list, const char *file, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(list); i++) {
		jv one = js_at(list, i);
		const char *name = js_str(one, "name");
		const char *prompt = js_str(one, "prompt");

		if (name == NULL || prompt == NULL)
			rc = err_set(e, ERR_DATA, "%.300s: role %zu has no "
			    "name or no prompt", file, i + 1);
		else
			rc = role(all, one, prompt, file, name, e);
		js_free(one);
	}
	return rc;
}

/* The members of a head, read as strictly as YAML is. */
static jv
head_of(const struct buf *text, size_t body, const char *file, struct err *e)
{
	const char *p = buf_str(text);
	size_t end = body, from;

	if (body == 0)
		return js_obj();
	/* Its last line is one of dashes; the first begins a document. */
	while (end > 0 && p[end - 1] != '-')
		end--;
	while (end > 0 && p[end - 1] != '\n')
		end--;
	for (from = 0; from < end && p[from] != '\n'; from++)
		;
	return yaml_read(p, end > from ? end : from, file, e);
}

/* ---- all ---- */

int
foreign_yaml(struct foreigns *all, enum foreign_kind kind,
    const struct buf *text, const char *file, const char *name,
    struct err *e)
{
	jv v = yaml_read(buf_str(text), text->len, file, e), o;
	int rc = -1;

	if (js_is_obj(v) && kind != FOREIGN_AICHAT) {
		rc = llm(all, v, file, name, e);
	} else if (js_is_str(v) && kind != FOREIGN_AICHAT) {
		o = js_set(js_obj(), "prompt", js_ref(v));
		rc = llm(all, o, file, name, e);
		js_free(o);
	} else if (js_is_arr(v) && kind != FOREIGN_LLM) {
		rc = roles(all, v, file, e);
	} else if (js_is_valid(v)) {
		err_set(e, ERR_DATA, "%.300s: is neither a template of llm "
		    "nor a list of roles of aichat", file);
	}
	js_free(v);
	return rc;
}

int
foreign_role(struct foreigns *all, enum foreign_kind kind,
    const struct buf *text, const char *file, const char *name,
    struct err *e)
{
	static const char *const ours[] = { "description", "argument-hint",
		"allowed-tools", "tools" };
	size_t body = 0;
	jv head = front_read(buf_str(text), text->len, &body), o = js_none();
	const char *why = NULL;
	int rc = -1;

	if (strlen(buf_str(text)) != text->len || !utf8_valid(buf_str(text),
	    text->len))
		why = "is no UTF-8 text";
	for (size_t i = 0; why == NULL && kind == FOREIGN_ANY &&
	    i < BASE_NITEMS(ours); i++)
		if (js_has(head, ours[i]))
			why = "is a prompt file already: copy it to "
			    "~/.config/agent/prompts";
	js_free(head);
	if (why != NULL)
		return err_set(e, ERR_DATA, "%.300s: %s", file, why);
	o = head_of(text, body, file, e);
	if (js_is_null(o)) {
		js_free(o);
		o = js_obj();
	}
	if (js_is_obj(o))
		rc = role(all, o, buf_str(text) + body, file, name, e);
	else if (js_is_valid(o))
		err_set(e, ERR_DATA, "%.300s: its head is no map", file);
	js_free(o);
	return rc;
}

int
foreign_pattern(struct foreigns *all, const struct buf *system,
    const struct buf *user, const char *file, const char *name,
    struct err *e)
{
	const struct buf *parts[] = { system, user };
	struct places k = { .how = FOREIGN_FABRIC };
	struct buf body = BUF_INIT;
	struct foreign *f = NULL;
	int rc = -1;

	for (size_t i = 0; i < 2; i++)
		if (strlen(buf_str(parts[i])) != parts[i]->len ||
		    !utf8_valid(buf_str(parts[i]), parts[i]->len))
			return err_set(e, ERR_DATA, "%.300s: is no UTF-8 text",
			    file);
	f = add(all, "fabric", file, name, e);
	if (f != NULL) {
		for (size_t i = 0; i < 2; i++)
			places_find(&k, buf_str(parts[i]), js_none(),
			    &f->notes);
		put_llm(&k, buf_str(system), strspn(buf_str(user),
		    " \t\r\n") == user->len ? NULL : buf_str(user), &body);
		rc = finish(f, &k, NULL, &body, e);
	}
	places_free(&k);
	buf_free(&body);
	return rc;
}
