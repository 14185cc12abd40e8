/*
 * own_promote.c - agent-tool promote and demote: what the tool promote_skill
 * does, for people, who may have the file anywhere.
 */
#include "tool/own.h"

#include "base/mem.h"
#include "sys/file.h"
#include "tool/extern.h"
#include "tool/skill.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The bytes of the file, and of the schema beside it. */
static int
load(struct skill_ask *a, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *stem = extern_name(path);
	char *beside = xasprintf("%.*s%s.tool.json", slash != NULL ?
	    (int)(slash + 1 - path) : 0, path, stem);
	struct stat st;
	int rc = file_read(path, &a->text, SKILL_PROGRAM_MAX, e);

	if (rc == 0 && stat(path, &st) == 0)
		a->executable = (st.st_mode & 0100) != 0;
	if (rc == 0 && access(beside, F_OK) == 0)
		rc = file_read(beside, &a->manifest, EXTERN_SCHEMA_MAX, e);
	free(beside);
	free(stem);
	return rc;
}

int
own_promote(struct tool_env *env, const char *file, const char *function,
    const char *name, struct buf *out, struct err *e)
{
	struct skill_ask a = { .shown = file, .name = name,
	    .function = function };
	struct result r;
	const char *text;
	int rc = load(&a, file, e);

	result_init(&r);
	if (rc == 0) {
		skill_promote(env, &a, &r);
		skill_refresh(env);
		text = buf_str(&r.text);
		if (r.status == RESULT_COMPLETED) {
			buf_add(out, text, r.text.len);
		} else {
			/* Its first line is the error, the rest is shown. */
			const char *what = strstr(text, "]: ");
			size_t n;

			what = what != NULL ? what + 3 : text;
			n = strcspn(what, "\n");
			if (what[n] == '\n')
				buf_addf(out, "%s\n", what + n + 1);
			rc = err_set(e, r.code == CODE_IO ? ERR_IO :
			    r.code == CODE_SANDBOX ? ERR_DENIED : ERR_DATA,
			    "promote: %.*s", (int)n, what);
		}
	}
	result_free(&r);
	skill_ask_free(&a);
	return rc;
}

int
own_demote(struct tool_env *env, const char *name, struct buf *out,
    struct err *e)
{
	int rc = skill_demote(env, name, e);

	if (rc == 0)
		buf_addf(out, "%s is a tool no more.\n", name);
	return rc;
}
