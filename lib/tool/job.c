/*
 * job.c - one call of a model from its words to its result.
 */
#include "tool/job.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "json/exact.h"
#include "json/schema.h"
#include "tool/label.h"
#include "tool/registry.h"
#include "tool/skill.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_MS	2000	/* between asking and forcing */

static void
unknown_tool(struct job *j)
{
	const char *near = tool_nearest(j->env, j->name);
	const struct tool *t;
	struct result *r = &j->result;

	result_error(r, CODE_UNKNOWN_TOOL, "there is no tool '%.80s'%s%s%s.",
	    j->name, near != NULL ? "; did you mean " : "",
	    near != NULL ? near : "", near != NULL ? "?" : "");
	buf_adds(&r->text, "\nThe tools are");
	for (size_t i = 0, n = 0; (t = tool_at(j->env, i)) != NULL; i++)
		if (tool_denied(j->env, t) == NULL)
			buf_addf(&r->text, "%s %s", n++ != 0 ? "," : "",
			    t->name);
	buf_addc(&r->text, '.');
}

/* A string where the schema wants a whole number or a truth value, and that
 * is one: as the value that was meant. */
static jv
unquoted_take(jv args, const char *name, jv v, jv schema)
{
	const char *text = js_cstr(v);
	struct err e = ERR_INIT;
	int64_t n;

	if (text == NULL)
		return args;
	if (js_str_is(schema, "type", "integer") &&
	    num_int(text, 0, 1LL << 53, name, &n, &e) == 0)
		return js_set_int(args, name, n);
	if (js_str_is(schema, "type", "boolean") &&
	    (strcmp(text, "true") == 0 || strcmp(text, "false") == 0))
		return js_set_bool(args, name, text[0] == 't');
	return args;
}

/* What small models write and mean: null for nothing, numbers in quotes. */
static jv
lenient_take(jv args, jv schema)
{
	jv keys = js_keys(args), props = js_get(schema, "properties");

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_none(), p = js_none();
		const char *name = js_cstr(k);

		if (name != NULL) {
			v = js_get(args, name);
			p = js_get(props, name);
			args = js_is_null(v) ? js_del(args, name) :
			    unquoted_take(args, name, v, p);
		}
		js_free(p);
		js_free(v);
		js_free(k);
	}
	js_free(props);
	js_free(keys);
	return args;
}

static bool
parse(struct job *j, const char *text, size_t n)
{
	struct err e = ERR_INIT;

	while (n != 0 && strchr(" \t\r\n", text[0]) != NULL) {
		text++;
		n--;
	}
	j->args = n == 0 ? js_obj() : js_parse(text, n, &e);
	buf_add(&j->text, text, n);
	/* Some models encode the object twice. */
	if (js_is_str(j->args)) {
		size_t len;
		const char *inner = js_bytes(j->args, &len);
		jv again = js_parse(inner, len, &e);

		buf_reset(&j->text);
		buf_add(&j->text, inner, len);
		js_free(j->args);
		j->args = again;
	}
	if (!js_is_valid(j->args)) {
		result_error(&j->result, CODE_ARGUMENTS, "the arguments are "
		    "%s.\nSend one JSON object, with quotes and backslashes "
		    "in strings escaped.", e.msg);
		return false;
	}
	if (!js_is_obj(j->args)) {
		result_error(&j->result, CODE_ARGUMENTS, "the arguments are "
		    "JSON of kind %s.\nSend one JSON object.",
		    js_kind(j->args));
		return false;
	}
	return true;
}

/* The text of the arguments is for somebody else, and not read by us. */
static bool
goes_on(const struct tool *t)
{
	return t->server != NULL || (t->program != NULL && !t->options);
}

bool
job_fits(struct job *j, struct buf *why)
{
	jv schema = tool_parameters(j->tool);
	bool ok;

	j->args = lenient_take(j->args, schema);
	ok = goes_on(j->tool) && j->text.len > 0 ?
	    schema_check_exact(schema, j->args, why) :
	    schema_check(schema, j->args, why);
	js_free(j->shown);
	j->shown = exact_shown(j->args, buf_str(&j->text), j->text.len);
	js_free(schema);
	return ok;
}

static bool
fits(struct job *j)
{
	struct buf why = BUF_INIT;
	bool ok = job_fits(j, &why);

	if (!ok)
		result_error(&j->result, CODE_ARGUMENTS, "these arguments "
		    "do not fit %s.\n%s", j->tool->name, buf_str(&why));
	buf_free(&why);
	return ok;
}

/* What the call is about, for whoever reads of its failure. */
static void
context(struct job *j)
{
	static const char *const keys[] = { "path", "file", "url", "command",
	    "cwd", "pattern", "operation" };
	struct buf b = BUF_INIT, part = BUF_INIT;
	jv o = js_set_str(js_obj(), "tool", j->name);

	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		const char *s = js_str(j->args, keys[i]);

		if (s == NULL)
			continue;
		buf_reset(&part);
		utf8_escape(&part, s, utf8_cut(s, strnlen(s, 200)),
		    UTF8_LINE);
		o = js_set(o, keys[i], js_from_buf(&part));
	}
	js_dump(&b, o);
	redact_text(&b);
	j->result.context = buf_detach(&b);
	buf_free(&part);
	js_free(o);
}

/* A mark where a secret stood must not become the content of a file. */
static bool
marked(struct job *j)
{
	struct buf b = BUF_INIT;
	bool bad = false;

	if (j->tool->run != NULL && j->tool->needs == TOOL_WRITES) {
		js_dump(&b, j->args);
		bad = redact_marked(buf_str(&b), b.len);
	}
	buf_free(&b);
	if (bad)
		result_error(&j->result, CODE_ARGUMENTS, "the arguments hold "
		    "a mark like [redacted:NAME], which stands where a "
		    "secret was left out.\nWriting it would destroy the "
		    "secret: use edit_file on the lines around it.");
	return bad;
}

struct job *
job_new(struct tool_env *env, const char *id, const char *name,
    const char *args, size_t args_len)
{
	struct job *j = xcalloc(1, sizeof(*j));
	const char *denied;

	*j = (struct job){ .env = env, .id = id, .name = name,
	    .args = js_none(), .shown = js_none(), .state = JOB_DONE,
	    .deadline = -1, .worker = WORKER_INIT };
	shell_init(&j->shell);
	program_init(&j->program);
	mcp_call_init(&j->mcp);
	result_init(&j->result);
	j->tool = tool_find(env, name);
	if (j->tool == NULL)
		unknown_tool(j);
	else if ((denied = tool_denied(env, j->tool)) != NULL)
		result_error(&j->result, CODE_DENIED, "%s may not be used: "
		    "%s.", name, denied);
	else if (parse(j, args, args_len) && fits(j) && !marked(j)) {
		j->state = JOB_READY;
		permit_judge(j);
	}
	if (j->result.code != CODE_OK || j->state == JOB_READY)
		context(j);
	return j;
}

/* What runs the call. */
enum how { BY_WORKER, BY_SHELL, BY_PROGRAM, BY_SERVER, BY_WATCHING };

static enum how
how(const struct job *j)
{
	if (j->tool->server != NULL)
		return BY_SERVER;
	if (j->tool->program != NULL)
		return BY_PROGRAM;
	if (j->tool->needs == TOOL_RUNS)
		return BY_SHELL;
	return j->tool->run != NULL ? BY_WORKER : BY_WATCHING;
}

static void
end_process(struct proc *p)
{
	if (!p->running)
		return;
	proc_kill(p, SIGTERM);
	if (!proc_wait_ms(p, GRACE_MS))
		proc_kill(p, SIGKILL);
	proc_wait(p);
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	permit_close(j, "cancel");
	worker_kill(&j->worker);
	if (j->state != JOB_DONE) {
		end_process(&j->shell.proc);
		end_process(&j->program.proc);
	}
	shell_free(&j->shell);
	program_free(&j->program);
	mcp_call_free(&j->mcp);
	result_free(&j->result);
	permit_free(&j->permit);
	js_free(j->shown);
	buf_free(&j->text);
	js_free(j->args);
	free(j);
}

bool
job_leave(struct job *j, struct proc *left)
{
	struct proc *p = j->shell.proc.running ? &j->shell.proc :
	    &j->program.proc;

	if (j->state != JOB_DONE || !p->running || proc_poll(p))
		return false;
	*left = *p;
	p->running = false;
	return true;
}

void
job_refuse(struct job *j, enum result_code code, const char *text)
{
	result_error(&j->result, code, "%s", text);
	j->state = JOB_DONE;
}

bool
job_reads(const struct job *j)
{
	return j->state == JOB_DONE || ((j->tool->needs == TOOL_READS ||
	    j->tool->beside) && !permit_waits(j));
}

/* 0 when it has to wait. */
static int
start_watching(struct job *j)
{
	int ms;

	j->watched = background_ask(j->env, j->args, &ms, &j->result);
	j->deadline = j->began + ms;
	return j->watched != NULL ? 0 : -1;
}

void
job_start(struct job *j)
{
	int rc;

	if (j->state != JOB_READY || !permit_start(j))
		return;
	j->began = clock_ms();
	j->env->call = j->id;
	switch (how(j)) {
	case BY_WATCHING:
		rc = start_watching(j);
		break;
	case BY_SHELL:
		if (js_bool(j->args, "background", false)) {
			background_start(j->env, j->args, &j->result);
			rc = -1;
			break;
		}
		rc = shell_start(&j->shell, j->env, j->args, &j->result);
		/* The jail keeps the time; this is for a broken jail. */
		j->deadline = j->began + j->shell.limit_ms + 2 * GRACE_MS;
		break;
	case BY_PROGRAM:
		rc = program_start(&j->program, j->env, j->tool, j->id,
		    j->args, &j->text, &j->result);
		j->deadline = j->began + j->program.limit_ms +
		    (j->tool->walls == WALLS_OWN ? 0 : 2 * GRACE_MS);
		break;
	case BY_SERVER:
		rc = mcp_call_start(&j->mcp, j->env, j->tool, j->args,
		    &j->text, &j->result);
		/* agent-mcp keeps the time, too. */
		j->deadline = j->began + MCP_CALL_MS;
		break;
	default:
		rc = worker_start(&j->worker, j->env, j->tool, j->args);
		if (rc == -1)
			result_errno(&j->result, errno, "start",
			    j->tool->name);
		j->deadline = j->began + j->env->file_ms;
		break;
	}
	j->state = rc == 0 ? JOB_RUNNING : JOB_DONE;
}

size_t
job_fds(const struct job *j, struct pollfd p[JOB_FDS])
{
	size_t n = 0;

	if (j->state == JOB_ASKING) {
		n = permit_fds(j, p);
		return permit_is_form(&j->permit) ? n + mcp_call_fds(&j->mcp,
		    &p[n]) : n;
	}
	if (j->state != JOB_RUNNING)
		return 0;
	switch (how(j)) {
	case BY_WORKER:
		p[n++] = (struct pollfd){ j->worker.fd, POLLIN, 0 };
		break;
	case BY_SHELL:
		if (j->shell.out != -1)
			p[n++] = (struct pollfd){ j->shell.out, POLLIN, 0 };
		p[n++] = (struct pollfd){ j->shell.status, POLLIN, 0 };
		break;
	case BY_PROGRAM:
		if (j->program.out != -1)
			p[n++] = (struct pollfd){ j->program.out, POLLIN, 0 };
		if (j->program.err != -1)
			p[n++] = (struct pollfd){ j->program.err, POLLIN, 0 };
		p[n++] = (struct pollfd){ j->program.status, POLLIN, 0 };
		break;
	case BY_WATCHING:
		p[n++] = (struct pollfd){ background_fd(j->watched), POLLIN,
		    0 };
		break;
	case BY_SERVER:
		n = mcp_call_fds(&j->mcp, p);
		break;
	}
	return n;
}

static void
finish(struct job *j)
{
	struct buf text = BUF_INIT;

	j->result.duration_ms = clock_ms() - j->began;
	j->state = JOB_DONE;
	/* A new tool is one at once. */
	if (j->tool->outside)
		skill_refresh(j->env);
	label_result(&j->result, j->env);
	if (j->permit.note != NULL) {
		buf_adds(&text, j->permit.note);
		buf_add(&text, buf_str(&j->result.text), j->result.text.len);
		buf_free(&j->result.text);
		j->result.text = text;
	}
	if (j->cancelled) {
		result_error(&j->result, CODE_CANCELLED, "%s was stopped by "
		    "the user before it was done.", j->tool->name);
		j->result.exit_code = -1;
		j->result.signal = 0;
	} else if (j->expired) {
		result_error(&j->result, CODE_TIMEOUT, "%s took longer than "
		    "%lld s and was stopped.", j->tool->name,
		    (long long)(clock_ms() - j->began) / 1000);
	}
}

static void
step_shell(struct job *j)
{
	if (shell_read(&j->shell)) {
		shell_finish(&j->shell, &j->result);
		finish(j);
	} else if (clock_left(j->deadline) == 0) {
		/* Asked already, or past all it was given. */
		j->expired = !j->cancelled;
		j->deadline = clock_ms() + GRACE_MS;
		shell_kill(&j->shell, SIGKILL);
	}
}

static void
step_program(struct job *j)
{
	if (program_read(&j->program)) {
		program_finish(&j->program, &j->result);
		finish(j);
	} else if (clock_left(j->deadline) == 0) {
		j->expired = !j->cancelled;
		j->deadline = clock_ms() + GRACE_MS;
		program_kill(&j->program, SIGKILL);
	}
}

static void
step_server(struct job *j)
{
	if (mcp_call_step(&j->mcp)) {
		mcp_call_finish(&j->mcp, &j->result);
		finish(j);
	} else if (clock_left(j->deadline) == 0) {
		j->expired = !j->cancelled;
		mcp_call_cancel(&j->mcp);
		finish(j);
	} else if (!j->cancelled) {
		permit_form(j);
	}
}

static void
step_worker(struct job *j)
{
	if (worker_read(&j->worker)) {
		worker_finish(&j->worker, &j->result);
		finish(j);
	} else if (j->cancelled || clock_left(j->deadline) == 0) {
		j->expired = !j->cancelled;
		worker_kill(&j->worker);
		finish(j);
	}
}

static void
step_watching(struct job *j)
{
	if (!background_ended(j->watched) && !j->cancelled &&
	    clock_left(j->deadline) > 0)
		return;
	background_tell(j->env, j->watched, &j->result);
	finish(j);
}

void
job_step(struct job *j)
{
	if (j->state == JOB_ASKING)
		permit_step(j);
	if (j->state != JOB_RUNNING)
		return;
	switch (how(j)) {
	case BY_SHELL:
		step_shell(j);
		break;
	case BY_PROGRAM:
		step_program(j);
		break;
	case BY_WORKER:
		step_worker(j);
		break;
	case BY_SERVER:
		step_server(j);
		break;
	case BY_WATCHING:
		step_watching(j);
		break;
	}
}

void
job_run(struct job *j)
{
	job_start(j);
	while (j->state == JOB_RUNNING) {
		struct pollfd p[JOB_FDS];
		size_t n = job_fds(j, p);

		poll(p, n, clock_left(j->deadline));
		job_step(j);
	}
}

void
job_cancel(struct job *j)
{
	if (j->state == JOB_DONE || j->cancelled)
		return;
	j->cancelled = true;
	if (permit_is_form(&j->permit))
		permit_close(j, "cancel");
	if (j->state != JOB_RUNNING) {
		permit_close(j, "cancel");
		j->began = clock_ms();
		finish(j);
	} else if (how(j) == BY_WORKER || how(j) == BY_WATCHING) {
		job_step(j);
	} else if (how(j) == BY_SERVER) {
		mcp_call_cancel(&j->mcp);
		j->deadline = clock_ms() + GRACE_MS;
	} else {
		proc_kill(how(j) == BY_SHELL ? &j->shell.proc :
		    &j->program.proc, SIGTERM);
		j->deadline = clock_ms() + GRACE_MS;
	}
}

jv
job_progress(struct job *j)
{
	jv p = j->mcp.progress, v;

	j->mcp.progress = js_none();
	if (!js_is_obj(p))
		return p;
	v = js_set_str(js_obj(), "type", "tool.progress");
	v = js_set_str(v, "call_id", j->id);
	if (js_has(p, "message"))
		v = js_copy_key(v, "text", p, "message");
	else if (js_has(p, "total"))
		v = js_set(v, "text", js_fmt("%g of %g", js_num(p, "progress",
		    0), js_num(p, "total", 0)));
	else
		v = js_set(v, "text", js_fmt("%g", js_num(p, "progress", 0)));
	v = js_copy_key(v, "progress", p, "progress");
	v = js_copy_key(v, "total", p, "total");
	js_free(p);
	return v;
}

jv
job_message(const struct job *j)
{
	return result_message(&j->result, j->id, j->name);
}
