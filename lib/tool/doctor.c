/*
 * doctor.c - what stands and what does not, on this machine, here.
 */
#include "tool/doctor.h"

#include "base/utf8.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "tool/job.h"
#include "tool/registry.h"
#include "tool/shell.h"
#include "tool/walls.h"
#include "tool/why.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROBE_MS	10000
#define PROBE_MAX	((size_t)4096)	/* bytes of an answer */

/* What it has said, now that it has ended: a pipe holds more than that, and
 * whoever it left behind may keep it open. */
static void
hear(int fd, struct buf *b)
{
	ssize_t n;

	fd_nonblock(fd, true);
	buf_grow(b, PROBE_MAX);
	while (b->len < PROBE_MAX && (n = fd_read(fd, b->data + b->len,
	    PROBE_MAX - b->len)) > 0)
		b->len += (size_t)n;
}

/* What agent-jail says of itself; invalid with e when it says nothing. */
static jv
probe(struct tool_env *env, struct err *e)
{
	const struct vec *jail = shell_jail(env, e);
	struct buf text = BUF_INIT, why = BUF_INIT;
	struct vec argv = VEC_INIT;
	bool in_time = true;
	struct proc p;
	jv v = js_none();

	if (jail == NULL)
		return v;
	for (size_t i = 0; i < jail->n; i++)
		vec_push(&argv, jail->v[i]);
	vec_push(&argv, "--probe");
	proc_init(&p, vec_argv(&argv));
	p.how[0] = PROC_NULL;
	p.how[1] = p.how[2] = PROC_PIPE;
	p.die_with_us = true;
	if (proc_start(&p, e) == 0) {
		in_time = proc_wait_ms(&p, PROBE_MS);
		proc_settle(&p, 0);
		hear(p.fd[1], &text);
		if (text.len != 0)
			v = js_parse(buf_str(&text), text.len, e);
		/* One line; why, where it is all that was said. */
		hear(p.fd[2], &why);
		while (why.len != 0 && why.data[why.len - 1] == '\n')
			buf_cut(&why, why.len - 1);
		proc_stop(&p, 0);
	}
	if (!in_time) {
		js_free(v);
		v = js_none();
		*e = (struct err)ERR_INIT;
		err_set(e, ERR_TIMEOUT, "agent-jail --probe did not end "
		    "within %d s", PROBE_MS / 1000);
	} else if (!js_is_valid(v) && e->kind == ERR_NONE)
		err_set(e, ERR_DENIED, "%s", why.len != 0 ? buf_str(&why) :
		    "agent-jail --probe says nothing");
	vec_free(&argv);
	buf_free(&text);
	buf_free(&why);
	return v;
}

/* Run one call; true when it completed.  ms is how long it took. */
static bool
attempt(struct tool_env *env, const char *name, const char *args,
    struct buf *said, int64_t *ms)
{
	struct tool_env own = *env;
	struct job *j;
	bool ok;

	/* Also what is switched off is tried: the question is the walls. */
	own.enabled[GROUP_FILES] = own.enabled[GROUP_SHELL] = true;
	own.read_only = own.judges = false;
	own.only = (struct vec)VEC_INIT;
	j = job_new(&own, "", name, args, strlen(args));
	job_run(j);
	ok = j->result.status == RESULT_COMPLETED;
	*ms = j->result.duration_ms;
	buf_add(said, buf_str(&j->result.text), j->result.text.len);
	env->jail = own.jail;
	env->artifacts_fd = own.artifacts_fd;
	job_free(j);
	return ok;
}

static void
list(struct buf *out, jv names)
{
	for (size_t i = 0; i < js_len(names); i++) {
		jv n = js_at(names, i);

		buf_addf(out, " %s", js_cstr(n) != NULL ? js_cstr(n) : "?");
		js_free(n);
	}
	if (js_len(names) == 0)
		buf_adds(out, " none");
	buf_addc(out, '\n');
}

static void
member(struct buf *out, const char *label, jv o, const char *key)
{
	jv v = js_get(o, key);

	buf_addf(out, "%-16s", label);
	list(out, v);
	js_free(v);
}

/* Which hosts commands may reach, and whether they can. */
static jv
network(jv v, const struct tool_env *env, jv jail)
{
	struct buf b = BUF_INIT;
	jv walls = js_get(jail, "walls");
	bool net = false;

	for (size_t i = 0; i < js_len(walls); i++) {
		jv w = js_at(walls, i);

		net |= js_cstr(w) != NULL && strcmp(js_cstr(w), "net") == 0;
		js_free(w);
	}
	admit_show(&b, &env->allow);
	v = js_set(v, "allow_host", js_from_buf(&b));
	v = js_set_bool(v, "network", net && b.len > 0);
	js_free(walls);
	buf_free(&b);
	return v;
}

/* Wall by wall why it is missing. */
static jv
reasons(jv jail)
{
	jv missing = js_get(jail, "missing"), v = js_obj();

	for (size_t i = 0; i < js_len(missing); i++) {
		jv w = js_at(missing, i);
		struct buf b = BUF_INIT;

		if (js_cstr(w) != NULL) {
			why_missing(&b, js_cstr(w));
			v = js_set(v, js_cstr(w), js_from_buf(&b));
		}
		buf_free(&b);
		js_free(w);
	}
	js_free(missing);
	return v;
}

static jv
facts(struct tool_env *env, jv jail, const struct err *no_jail)
{
	struct buf said = BUF_INIT;
	jv v = js_obj(), tools = js_arr();
	const struct tool *t;
	struct walls w;
	int64_t ms;
	bool ok;

	walls_probe(&w);
	v = js_set_str(v, "workspace", env->workspace);
	v = js_set_str(v, "state", env->state != NULL ? env->state : "");
	v = js_set_str(v, "artifacts", env->artifacts != NULL ?
	    env->artifacts : "");
	for (size_t i = 0; (t = tool_at(env, i)) != NULL; i++)
		if (tool_denied(env, t) == NULL)
			tools = js_push(tools, js_from_str(t->name));
	v = js_set(v, "tools", tools);
	v = network(v, env, jail);
	v = js_set_int(v, "landlock_abi", w.landlock);
	v = js_set_bool(v, "seccomp", w.seccomp);
	ok = attempt(env, "list_files", "{}", &said, &ms);
	v = js_set_bool(v, "file_tools", ok);
	v = js_set_int(v, "file_tools_ms", ms);
	if (!ok)
		v = js_set(v, "file_tools_error", js_from_buf(&said));
	buf_reset(&said);
	ok = js_bool(jail, "available", false) && attempt(env, "shell",
	    "{\"command\":\"true\",\"timeout\":10}", &said, &ms);
	v = js_set_bool(v, "shell", ok);
	if (js_is_valid(jail)) {
		v = js_set(v, "jail", js_ref(jail));
		v = js_set(v, "why", reasons(jail));
	}
	if (ok)
		v = js_set_int(v, "shell_ms", ms);
	else
		v = js_set_str(v, "shell_error", !js_is_valid(jail) ?
		    no_jail->msg : said.len != 0 ? buf_str(&said) :
		    js_str(jail, "message") != NULL ?
		    js_str(jail, "message") : "unknown");
	buf_free(&said);
	return v;
}

/* "yes, 4 ms" or why not. */
static void
trial(struct buf *out, const char *label, jv v, const char *key)
{
	char name[32];
	const char *why;

	buf_addf(out, "%-16s ", label);
	if (js_bool(v, key, false)) {
		snprintf(name, sizeof(name), "%s_ms", key);
		buf_addf(out, "yes, %.0f ms a call\n", js_num(v, name, 0));
		return;
	}
	snprintf(name, sizeof(name), "%s_error", key);
	why = js_str(v, name);
	buf_adds(out, "no: ");
	utf8_escape(out, why != NULL ? why : "?", strlen(why != NULL ? why :
	    "?"), UTF8_LINE);
	buf_addc(out, '\n');
}

static void
because(struct buf *out, jv v)
{
	jv why = js_get(v, "why"), names = js_keys(why);

	for (size_t i = 0; i < js_len(names); i++) {
		jv n = js_at(names, i);

		buf_addf(out, "no %-13s %s\n", js_cstr(n), js_str(why,
		    js_cstr(n)));
		js_free(n);
	}
	js_free(names);
	js_free(why);
}

static void
people(struct buf *out, jv v)
{
	jv jail = js_get(v, "jail");

	buf_addf(out, "%-16s %s\n", "workspace", js_str(v, "workspace"));
	buf_addf(out, "%-16s %s\n", "state", js_str(v, "state"));
	member(out, "tools", v, "tools");
	trial(out, "file tools run", v, "file_tools");
	trial(out, "commands run", v, "shell");
	buf_addf(out, "%-16s %s\n", "sandbox mode", js_str(jail, "mode") !=
	    NULL ? js_str(jail, "mode") : "none");
	member(out, "walls that stand", jail, "walls");
	member(out, "walls missing", jail, "missing");
	because(out, v);
	if (js_str(jail, "message") != NULL) {
		buf_addf(out, "%-16s ", "because");
		utf8_escape(out, js_str(jail, "message"), strlen(js_str(jail,
		    "message")), UTF8_LINE);
		buf_addc(out, '\n');
	}
	buf_addf(out, "%-16s %s%s\n", "allowed hosts", js_str(v,
	    "allow_host")[0] != '\0' ? js_str(v, "allow_host") : "none",
	    js_str(v, "allow_host")[0] == '\0' || js_bool(v, "network",
	    false) ? "" : "; commands cannot reach them: no network "
	    "namespace");
	buf_addf(out, "%-16s %.0f\n", "Landlock ABI", js_num(v,
	    "landlock_abi", 0));
	js_free(jail);
}

int
doctor_report(struct tool_env *env, bool json, struct buf *out,
    struct err *e)
{
	struct err no_jail = ERR_INIT;
	jv jail = probe(env, &no_jail);
	jv v = facts(env, jail, &no_jail);
	int rc = 0;

	if (json) {
		js_dump(out, v);
		buf_addc(out, '\n');
	} else {
		people(out, v);
	}
	if (!js_bool(v, "file_tools", false) || !js_bool(v, "shell", false))
		rc = err_set(e, ERR_DENIED, "the sandbox does not stand "
		    "here; see agent-tool(1), SANDBOX");
	js_free(jail);
	js_free(v);
	return rc;
}
