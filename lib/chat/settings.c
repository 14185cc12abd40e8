/*
 * settings.c - what files and the environment say beside the options.
 */
#include "chat/chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/vec.h"
#include "core/conf.h"

#include <stdlib.h>
#include <string.h>

/* The index of the word s in names; -1 with e filled. */
static int
choose(const char *s, const char *const *names, const char *what,
    enum err_kind kind, int *out, struct err *e)
{
	struct buf all = BUF_INIT;
	const char *near;

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], s) == 0) {
			*out = i;
			return 0;
		}
	near = opt_nearest(s, names);
	if (near != NULL)
		return err_set(e, kind, "%s: '%.40s' is none of its words; "
		    "did you mean %s?", what, s, near);
	for (int i = 0; names[i] != NULL; i++)
		buf_addf(&all, "%s%s", i == 0 ? "" : ", ", names[i]);
	err_set(e, kind, "%s: '%.40s' is none of its words: %s", what, s,
	    buf_str(&all));
	buf_free(&all);
	return -1;
}

static void
set_check(struct chat *c, const char *s)
{
	if (strcmp(s, "none") == 0 || c->o->no_tools || c->o->read_only)
		return;
	if (strcmp(s, "auto") == 0) {
		c->check.command = check_find(c->workspace);
	} else {
		c->check.command = xstrdup(s);
		c->check.demanded = true;
	}
}

static int
set_brief(struct chat *c, const char *s, struct err *e)
{
	static const char *const names[] = {
		"none", "agents", "skills", "memory", "plan", NULL,
	};
	struct vec v = VEC_INIT;
	int part = 0, rc = 0;

	vec_split(&v, s, ", ");
	for (size_t i = 0; rc == 0 && i < v.n; i++) {
		rc = choose(v.v[i], names, c->o->brief != NULL ? "--brief" :
		    "brief", c->o->brief != NULL ? ERR_USAGE : ERR_CONFIG,
		    &part, e);
		if (rc == 0 && part > 0)
			c->brief |= (enum brief_part)(1 << (part - 1));
	}
	vec_free(&v);
	return rc;
}

/* Names of files in the folders of the project, as local.h has them. */
static int
set_files(struct chat *c, const char *s, struct err *e)
{
	vec_split(&c->files, s, ", ");
	for (size_t i = 0; i < c->files.n; i++) {
		const char *name = c->files.v[i];
		size_t n = strlen(name);

		if (strchr(name, '/') != NULL || n < 4 ||
		    strcmp(name + n - 3, ".md") != 0)
			return err_set(e, ERR_CONFIG, "instructions: '%.60s' "
			    "is no name of a file NAME.md; try AGENTS.md",
			    name);
	}
	return 0;
}

static int
set_patience(struct chat *c, const char *s, struct err *e)
{
	int rc = num_duration(s, "start_timeout", &c->patience, e);

	if (rc == -1)
		e->kind = ERR_CONFIG;
	return rc;
}

/* The words as the prompt file puts them. */
static int
fill(struct chat *c, const struct chat_given *g, struct buf *b, struct err *e)
{
	bool filled = false;
	int rc;

	chat_depends(c, c->prompt.path);
	rc = chat_include(c, g, &c->prompt.text, b, &filled, e);
	if (rc == 0 && !filled && g->text != NULL) {
		while (b->len > 0 && b->data[b->len - 1] == '\n')
			buf_cut(b, b->len - 1);
		buf_adds(b, "\n\n");
		buf_adds(b, g->text);
	}
	prompt_close(&c->prompt);
	return rc;
}

int
chat_prompt(struct chat *c, const struct chat_given *g, struct buf *b,
    struct err *e)
{
	if (g->skill != NULL) {
		if (!brief_skill(b, c->workspace, g->skill))
			return err_set(e, ERR_NOINPUT, "--skill: no skill "
			    "'%.60s' that is trusted; see agent-tool trust",
			    g->skill);
		buf_adds(b, "\n\n");
	}
	if (g->template != NULL)
		return fill(c, g, b, e);
	if (g->text != NULL)
		buf_adds(b, g->text);
	return 0;
}

int
chat_settings(struct chat *c, struct err *e)
{
	static const char *const how[] = { "auto", "rules", "off", NULL };
	const char *s = c->o->compact;
	struct conf *conf = conf_open_in(c->workspace, e);
	int mode = CONTEXT_AUTO, rc;

	if (conf == NULL)
		return -1;
	/* The settings of that project are those of our children, too. */
	setenv("AGENT_WORKSPACE", c->workspace, 1);
	if (conf_untrusted(conf) != NULL)
		log_note("%s", conf_untrusted(conf));
	rc = choose(s != NULL ? s : conf_str(conf, "compact",
	    "AGENT_COMPACT", "auto", NULL), how, s != NULL ? "--compact" :
	    "compact", s != NULL ? ERR_USAGE : ERR_CONFIG, &mode, e);
	c->context.mode = (enum context_mode)mode;
	s = conf_str(conf, "model", "AGENT_MODEL", NULL, NULL);
	c->usual_model = s != NULL ? xstrdup(s) : NULL;
	if (rc == 0)
		rc = conf_int(conf, "max_tokens", "AGENT_MAX_TOKENS", 0,
		    1000000000, 0, &c->context.max_tokens, e);
	if (rc == 0)
		set_check(c, c->o->check != NULL ? c->o->check :
		    conf_str(conf, "check", "AGENT_CHECK", "auto", NULL));
	if (rc == 0)
		rc = set_brief(c, c->o->brief != NULL ? c->o->brief :
		    conf_str(conf, "brief", "AGENT_BRIEF",
		    "agents skills memory plan", NULL), e);
	if (rc == 0)
		rc = set_files(c, conf_str(conf, "instructions",
		    "AGENT_INSTRUCTIONS", "AGENTS.override.md AGENTS.md "
		    "CLAUDE.md GEMINI.md", NULL), e);
	if (rc == 0)
		rc = set_patience(c, conf_str(conf, "start_timeout",
		    "AGENT_START_TIMEOUT", "60s", NULL), e);
	conf_close(conf);
	return rc;
}
