/*
 * settings.c - what files and the environment say beside the options.
 */
#include "chat/chat.h"

#include "base/opt.h"
#include "core/conf.h"

#include <string.h>

/* The index of the word s in names; -1 with e filled. */
static int
choose(const char *s, const char *const *names, const char *what,
    enum err_kind kind, int *out, struct err *e)
{
	const char *near;

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], s) == 0) {
			*out = i;
			return 0;
		}
	near = opt_nearest(s, names);
	return err_set(e, kind, "%s: '%.40s' is none of its words; %s%s?",
	    what, s, near != NULL ? "did you mean " : "what about ",
	    near != NULL ? near : names[0]);
}

int
chat_settings(struct chat *c, struct err *e)
{
	static const char *const how[] = { "auto", "rules", "off", NULL };
	const char *s = c->o->compact;
	struct conf *conf = conf_open(e);
	int mode = CONTEXT_AUTO, rc;

	if (conf == NULL)
		return -1;
	rc = choose(s != NULL ? s : conf_str(conf, "compact",
	    "AGENT_COMPACT", "auto", NULL), how, s != NULL ? "--compact" :
	    "compact", s != NULL ? ERR_USAGE : ERR_CONFIG, &mode, e);
	c->context.mode = (enum context_mode)mode;
	if (rc == 0)
		rc = conf_int(conf, "max_tokens", "AGENT_MAX_TOKENS", 0,
		    1000000000, 0, &c->context.max_tokens, e);
	conf_close(conf);
	return rc;
}
