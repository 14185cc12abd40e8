/*
 * own_trust.c - agent-tool trust: what of the project may run.
 */
#include "tool/own.h"

#include "base/utf8.h"
#include "tool/trust.h"

#include <string.h>

/* Those that are meant; how many of them are not trusted in *open. */
static size_t
show(const struct trust *t, char *const *paths, size_t npaths, bool json,
    struct buf *out, size_t *open)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct trust_file *f = &t->v[i];
		jv o;

		if (!trust_meant(f->path, paths, npaths))
			continue;
		n++;
		*open += f->state == TRUST_NEW || f->state == TRUST_CHANGED;

		if (!json) {
			buf_addf(out, "%-8s %.12s%*s ",
			    trust_state_name(f->state), f->sum,
			    f->sum[0] == '\0' ? 12 : 0, "");
			utf8_escape(out, f->path, strlen(f->path), UTF8_LINE);
			buf_addc(out, '\n');
			continue;
		}
		o = js_set_str(js_obj(), "path", f->path);
		o = js_set_str(o, "state", trust_state_name(f->state));
		if (f->sum[0] != '\0')
			o = js_set_str(o, "sha256", f->sum);
		js_dump(out, o);
		buf_addc(out, '\n');
		js_free(o);
	}
	return n;
}

int
own_trust(struct tool_env *env, enum own_trust what, char *const *paths,
    size_t npaths, bool json, struct buf *out, struct err *e)
{
	struct trust t;
	size_t n = 0, open = 0;
	int rc = trust_read(&t, env, e);

	if (rc == 0 && what != OWN_SHOW) {
		rc = trust_change(&t, env, paths, npaths, what == OWN_TRUST,
		    &n, e);
		if (rc == 0 && n == 0 && npaths > 0)
			rc = err_set(e, ERR_NOINPUT, "%s: no file of the "
			    "project that needs trust; see agent-tool trust",
			    paths[0]);
		trust_free(&t);
		if (rc == 0)
			rc = trust_read(&t, env, e);
	}
	if (rc == -1) {
		trust_free(&t);
		return -1;
	}
	/* What was done to some leaves the others to be seen. */
	n = show(&t, paths, what == OWN_SHOW ? npaths : 0, json, out, &open);
	trust_free(&t);
	if (what == OWN_SHOW && n == 0 && npaths > 0)
		return err_set(e, ERR_NOINPUT, "%s: no file of the project "
		    "that needs trust; see agent-tool trust", paths[0]);
	if (open == 0 || what == OWN_REVOKE)
		return 0;
	return err_set(e, ERR_NEGATIVE, "%zu of the project's files %s not "
	    "trusted; look at them, then agent-tool trust --yes", open,
	    open == 1 ? "is" : "are");
}
