/*
 * brief_skills.c - skills: what the system prompt says of them, and the text of
 * one.
 *
 * Which there are, and which of several of a name counts, is agent-tool's
 * answer as well (skills.h, skill_tool.c there): a model is told of those that
 * its tool "skill" gives.
 */
#include "chat/brief.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/sibling.h"
#include "core/skills.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	1024	/* bytes of a description */
#define TRUST_MS	10000	/* that agent-tool has to look at the project */
#define TRUST_MAX	((size_t)16 * 1024 * 1024)

/* ---- trust ---- */

/* What agent-tool says of the project's files; it is asked for the first of
 * the project's skills. */
struct judge {
	const char	*workspace;
	jv		 files;		/* path to whether it is trusted */
	bool		 asked;
};

static jv
trusted(const char *workspace)
{
	struct buf b = BUF_INIT;
	struct vec v = VEC_INIT;
	jv set = js_obj();
	int status;

	vec_give(&v, state_program("agent-tool"));
	vec_push(&v, "trust");
	vec_push(&v, "--json");
	/* Half of what it says would let files pass that it names later. */
	status = sibling_run_for(&b, &v, workspace, TRUST_MS, TRUST_MAX);
	if (status != 0 && status != 1)
		buf_reset(&b);
	for (const char *p = buf_str(&b), *nl; *p != '\0'; p = nl + 1) {
		struct err ignored = ERR_INIT;
		jv o;
		const char *path;

		nl = strchr(p, '\n');
		if (nl == NULL)
			break;
		o = js_parse(p, (size_t)(nl - p), &ignored);
		path = js_str(o, "path");
		if (path != NULL && !js_str_is(o, "state", "gone"))
			set = js_set_bool(set, path, js_str_is(o, "state",
			    "trusted"));
		js_free(o);
	}
	vec_free(&v);
	buf_free(&b);
	return set;
}

/* It and all that lies beside it, which it may tell a model to run, are as
 * the user trusted them. */
static bool
is_trusted(jv set, const char *folder)
{
	char *beside = xasprintf("%s/", folder);
	char *rel = xasprintf("%s" SKILL_FILE, beside);
	bool good = js_bool(set, rel, false);
	jv keys = js_keys(set);

	for (size_t i = 0; good && i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		good = strncmp(js_cstr(k), beside, strlen(beside)) != 0 ||
		    js_bool(set, js_cstr(k), false);
		js_free(k);
	}
	js_free(keys);
	free(rel);
	free(beside);
	return good;
}

static bool
may_count(struct judge *j, const struct skill *s)
{
	if (s->rel == NULL)
		return true;
	if (!j->asked) {
		j->asked = true;
		js_free(j->files);
		j->files = trusted(j->workspace);
	}
	return is_trusted(j->files, s->rel);
}

/* ---- the list ---- */

/* One line of it: what the head says stands on one line, and not endless. */
static void
add_line(struct buf *b, const struct skill *s, jv head)
{
	const char *words = js_str(head, "description");
	size_t n = strlen(words);

	if (n > WORDS_MAX)
		n = utf8_cut(words, WORDS_MAX);
	buf_addf(b, "\n- %s (%s%s): ", s->name, s->rel != NULL ? s->rel :
	    s->path, s->rel != NULL ? "/" SKILL_FILE : "");
	for (size_t i = 0; i < n; i++)
		buf_addc(b, words[i] == '\n' || words[i] == '\t' ? ' ' :
		    words[i]);
}

/* Those that count; all: those that are not for models, too. */
static void
list(struct buf *b, const char *workspace, bool all, struct vec *notes)
{
	struct judge j = { workspace, js_none(), false };
	struct vec seen = VEC_INIT;
	struct buf text = BUF_INIT;
	struct skills set;

	skills_find(&set, workspace);
	for (size_t i = 0; i < set.n; i++) {
		const struct skill *s = &set.v[i];
		size_t body;
		jv head = skill_read(s, &text, &body);
		bool again = vec_has(&seen, s->name);

		if (js_is_obj(head) && again && notes != NULL)
			vec_pushf(notes, "skill %s: %s is another of that "
			    "name, which does not count", s->name, s->path);
		else if ((all ? js_is_obj(head) : skill_for_model(head)) &&
		    !again && (all || seen.n < SKILLS_OFFERED) &&
		    may_count(&j, s)) {
			vec_push(&seen, s->name);
			add_line(b, s, head);
		}
		js_free(head);
	}
	for (size_t i = 0; notes != NULL && i < set.notes.n; i++)
		vec_pushf(notes, "skills: %s", set.notes.v[i]);
	js_free(j.files);
	vec_free(&seen);
	buf_free(&text);
	skills_free(&set);
}

void
brief_add_skills(struct buf *b, const char *workspace, struct vec *notes)
{
	struct buf lines = BUF_INIT;

	list(&lines, workspace, false, notes);
	if (lines.len > 0) {
		buf_adds(b, "\n\nSkills; when one fits the task, call the "
		    "tool skill with its name first and follow what it "
		    "says:");
		buf_add(b, lines.data, lines.len);
	}
	buf_free(&lines);
}

void
brief_skills(struct buf *b, const char *workspace)
{
	struct vec notes = VEC_INIT;
	struct buf lines = BUF_INIT;

	list(&lines, workspace, true, &notes);
	for (size_t i = 0; i < notes.n; i++)
		buf_addf(&lines, "\n%s", notes.v[i]);
	if (lines.len > 0)	/* without the newline before the first */
		buf_add(b, lines.data + 1, lines.len - 1);
	vec_free(&notes);
	buf_free(&lines);
}

/* ---- for the user ---- */

void
brief_skill_names(struct vec *names, const char *workspace)
{
	struct buf text = BUF_INIT;
	struct skills set;

	skills_find(&set, workspace);
	for (size_t i = 0; i < set.n; i++) {
		size_t body;
		jv head = skill_read(&set.v[i], &text, &body);

		if (skill_for_user(head) && !vec_has(names, set.v[i].name))
			vec_push(names, set.v[i].name);
		js_free(head);
	}
	buf_free(&text);
	skills_free(&set);
}

bool
brief_skill(struct buf *b, const char *workspace, const char *name)
{
	struct judge j = { workspace, js_none(), false };
	struct buf text = BUF_INIT;
	struct skills set;
	bool found = false;

	skills_find(&set, workspace);
	for (size_t i = 0; i < set.n && !found; i++) {
		const struct skill *s = &set.v[i];
		size_t body = 0;
		jv head = strcmp(s->name, name) == 0 ? skill_read(s, &text,
		    &body) : js_none();

		found = skill_for_user(head) && may_count(&j, s);
		if (found) {
			buf_addf(b, "<skill name=\"%s\" folder=\"%s\">\n",
			    name, s->path);
			utf8_repair(b, text.data + body, text.len - body);
			buf_adds(b, "\n</skill>");
		}
		js_free(head);
	}
	js_free(j.files);
	buf_free(&text);
	skills_free(&set);
	return found;
}
