/* Files of rules and what they say: the first line of the input is a command,
 * the rest a file.  Either it is read or refused with its line; no verdict is
 * without what it is about. */
#include "base/mem.h"
#include "policy/judge.h"
#include "policy/rules.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum decision
say(const struct policy *p, const char *command)
{
	jv args = js_set_str(js_obj(), "command", command);
	struct policy_call c = { .tool = "shell", .args = args,
		    .runs = true, .tainted = true };
	struct buf b = BUF_INIT;
	enum decision d;
	struct verdict v;

	policy_judge(p, &c, &v);
	d = v.decision;
	if (v.what == NULL)
		abort();
	verdict_text(&b, &v);
	js_free(verdict_json_take(js_obj(), &v));
	verdict_free(&v);
	buf_free(&b);
	js_free(args);
	return d;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xmemdup(data, n), *rest = strchr(text, '\n');
	struct policy *p = policy_new("/home/u/w", "/home/u");
	struct err e = ERR_INIT;

	if (rest != NULL)
		*rest++ = '\0';
	if (rest == NULL || policy_add(p, PLACE_USER, "f", rest,
	    strlen(rest), &e) == 0)
		say(p, text);
	else if (e.kind != ERR_CONFIG || strncmp(e.msg, "f:", 2) != 0)
		abort();
	policy_free(p);
	free(text);
	return 0;
}
