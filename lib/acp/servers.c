/*
 * servers.c - MCP servers that the editor names.
 *
 * An editor hands over programs to start and services to ask, from its own
 * settings or from those of a project that it has open.  They run outside
 * the sandbox, so the user is asked, when the first prompt comes, for then the
 * session has an id.  Those that may start are written into a file of ours
 * that agent-tool reads, AGENT_MCP_CONFIG; what the user said for always is
 * kept by the hash of what the editor handed over.
 */
#include "acp/acp_in.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVERS_MAX	32
#define RECORD_MAX	((size_t)1024 * 1024)
#define SHOWN		((size_t)400)
#define VARIABLE	"AGENT_MCP_CONFIG"

static char *
folder(struct err *e)
{
	char *dir = state_path("mcp", e);

	if (dir != NULL && file_mkdirs(dir, 0700, e) == -1) {
		free(dir);
		dir = NULL;
	}
	return dir;
}

/* ---- what the user said for always ---- */

static jv
record(const char *dir)
{
	char *path = xasprintf("%s/editor.json", dir);
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_none();

	if (access(path, F_OK) == 0 && file_read(path, &b, RECORD_MAX,
	    &ignored) == 0)
		v = js_parse(buf_str(&b), b.len, &ignored);
	buf_free(&b);
	free(path);
	if (js_is_obj(v))
		return v;
	js_free(v);
	return js_obj();
}

static void
remember(const char *sum, const char *say)
{
	struct err ignored = ERR_INIT;
	char *dir = folder(&ignored), *path;
	struct buf b = BUF_INIT;
	int lock;
	jv v;

	if (dir == NULL)
		return;
	path = xasprintf("%s/editor.json", dir);
	lock = file_change_lock(path);
	v = js_set_str(record(dir), sum, say);
	js_dump_pretty(&b, v);
	buf_addc(&b, '\n');
	file_replace(path, b.data, b.len, 0600, &ignored);
	fd_close(&lock);
	js_free(v);
	buf_free(&b);
	free(path);
	free(dir);
}

/* ---- what the editor hands over ---- */

/* A name that agent-mcp takes. */
static void
add_name(struct buf *b, const char *name)
{
	size_t n = strlen(name) < 40 ? strlen(name) : 40;

	if (n == 0 || !isalnum((unsigned char)*name))
		buf_adds(b, "x");
	for (size_t i = 0; i < n; i++)
		buf_addc(b, isalnum((unsigned char)name[i]) ||
		    name[i] == '-' ? name[i] : '_');
}

/* What it is about, on one line, with nothing that hides. */
static jv
title(jv server)
{
	const char *url = js_str(server, "url"), *command = js_str(server,
	    "command");
	jv args = js_get(server, "args"), v;
	struct buf b = BUF_INIT, out = BUF_INIT;

	buf_addf(&b, "%s: %s", url != NULL ? "Use the MCP service that the "
	    "editor names" : "Start the MCP server that the editor names",
	    url != NULL ? url : command != NULL ? command : "");
	for (size_t i = 0; js_is_arr(args) && i < js_len(args); i++) {
		jv a = js_at(args, i);

		buf_addf(&b, " %s", js_cstr(a) != NULL ? js_cstr(a) : "?");
		js_free(a);
	}
	utf8_escape(&out, b.data, b.len < SHOWN ? b.len : utf8_cut(b.data,
	    SHOWN), UTF8_LINE);
	if (b.len > SHOWN)
		buf_adds(&out, "...");
	v = js_from_buf(&out);
	buf_free(&out);
	buf_free(&b);
	js_free(args);
	return v;
}

static jv
entry_of(jv server)
{
	static const char *const keys[] = { "type", "command", "args", "env",
	    "url", "headers" };
	/* The editor has replaced its variables already. */
	jv o = js_set_bool(js_obj(), "expand", false);

	for (size_t i = 0; i < BASE_NITEMS(keys); i++)
		if (js_has(server, keys[i]))
			o = js_copy_key(o, keys[i], server, keys[i]);
	return o;
}

static jv
describe(jv server, jv said, size_t n)
{
	struct buf b = BUF_INIT;
	const char *name = js_str(server, "name"), *say;
	jv o = js_obj();
	char sum[65];

	add_name(&b, name != NULL ? name : "");
	if (n > 0)
		buf_addf(&b, "_%zu", n + 1);
	o = js_set_str(o, "name", buf_str(&b));
	o = js_set(o, "entry", entry_of(server));
	o = js_set(o, "title", title(server));
	buf_reset(&b);
	js_dump_sorted(&b, server);
	ids_sha256(sum, b.data, b.len);
	buf_free(&b);
	say = js_str(said, sum);
	o = js_set_str(o, "sum", sum);
	return js_set_str(o, "say", say != NULL && strcmp(say, "yes") == 0 ?
	    "yes" : say != NULL ? "no" : "ask");
}

/* How many of the first n have that name. */
static size_t
namesakes(jv list, size_t n, const char *name)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++) {
		jv x = js_at(list, i);

		same += name != NULL && js_str_is(x, "name", name);
		js_free(x);
	}
	return same;
}

void
acp_servers_take(struct acp_session *s, jv params)
{
	jv list = js_get(params, "mcpServers"), said;
	struct err ignored = ERR_INIT;
	char *dir = folder(&ignored);

	said = dir != NULL ? record(dir) : js_obj();
	s->servers = js_arr();
	for (size_t i = 0; js_is_arr(list) && i < js_len(list) &&
	    i < SERVERS_MAX; i++) {
		jv x = js_at(list, i);

		if (js_is_obj(x))
			s->servers = js_push(s->servers, describe(x, said,
			    namesakes(list, i, js_str(x, "name"))));
		js_free(x);
	}
	js_free(said);
	js_free(list);
	free(dir);
}

/* ---- the file ---- */

/* Files of sessions whose program was killed. */
static void
sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *x;
	long pid;

	while (d != NULL && (x = readdir(d)) != NULL)
		if (sscanf(x->d_name, "editor-%ld-", &pid) == 1 && pid > 0 &&
		    kill((pid_t)pid, 0) == -1 && errno == ESRCH)
			unlinkat(dirfd(d), x->d_name, 0);
	if (d != NULL)
		closedir(d);
}

static void
unwrite(struct acp_session *s)
{
	if (s->servers_file != NULL)
		unlink(s->servers_file);
	free(s->servers_file);
	s->servers_file = NULL;
}

/* What the file of the user's environment names counts, too. */
static void
name_it(const struct acp_session *s)
{
	static char *was;
	static bool known;
	const char *now = getenv(VARIABLE);
	char *both;

	if (!known && now != NULL && *now != '\0')
		was = xstrdup(now);
	known = true;
	if (s->servers_file == NULL && was == NULL) {
		unsetenv(VARIABLE);
		return;
	}
	both = s->servers_file == NULL ? xstrdup(was) : was == NULL ?
	    xstrdup(s->servers_file) : xasprintf("%s:%s", s->servers_file,
	    was);
	setenv(VARIABLE, both, 1);
	free(both);
}

int
acp_servers_write(struct acp_session *s, struct err *e)
{
	static unsigned int count;
	jv all = js_obj(), file;
	struct buf b = BUF_INIT;
	char *dir = NULL;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < js_len(s->servers); i++) {
		jv x = js_at(s->servers, i);

		if (js_str_is(x, "say", "yes")) {
			all = js_copy_key(all, js_str(x, "name"), x, "entry");
			n++;
		}
		js_free(x);
	}
	file = js_set(js_obj(), "mcpServers", all);
	js_dump(&b, file);
	js_free(file);
	if (n > 0 && (dir = folder(e)) == NULL)
		rc = -1;
	if (n > 0 && rc == 0) {
		sweep(dir);
		if (s->servers_file == NULL)
			s->servers_file = xasprintf("%s/editor-%ld-%u.json",
			    dir, (long)getpid(), count++);
		rc = file_replace(s->servers_file, b.data, b.len, 0600, e);
	}
	if (rc == 0)
		name_it(s);
	buf_free(&b);
	free(dir);
	return rc;
}

void
acp_servers_drop(struct acp_session *s)
{
	unwrite(s);
	js_free(s->servers);
	s->servers = js_none();
}

/* ---- the user ---- */

bool
acp_servers_ask(struct acp *a, struct acp_session *s)
{
	for (size_t i = 0; i < js_len(s->servers); i++) {
		jv x = js_at(s->servers, i);

		if (js_str_is(x, "say", "ask")) {
			s->asked++;
			acp_ask_server(a, s, i, js_str(x, "name"), js_str(x,
			    "title"));
		}
		js_free(x);
	}
	return s->asked > 0;
}

void
acp_servers_answered(struct acp *a, struct acp_session *s, size_t which,
    const char *decision)
{
	bool yes = strncmp(decision, "allow", 5) == 0, any = false;
	bool last = s->asked == 1;
	jv out = js_arr();

	for (size_t i = 0; i < js_len(s->servers); i++) {
		jv x = js_at(s->servers, i);

		if (i == which) {
			x = js_set_str(x, "say", yes ? "yes" : "no");
			x = js_set_bool(x, "fresh", yes);
			if (strstr(decision, "always") != NULL)
				remember(js_str(x, "sum"), yes ? "yes" : "no");
		}
		any |= js_bool(x, "fresh", false);
		out = js_push(out, last ? js_del(x, "fresh") : x);
	}
	js_free(s->servers);
	s->servers = out;
	if (s->asked > 0)
		s->asked--;
	if (last)
		acp_session_go(a, s, any);
}
