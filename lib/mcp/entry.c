/*
 * entry.c - which MCP servers there are.
 */
#include "mcp/entry.h"

#include "base/mem.h"
#include "core/ids.h"
#include "mcp/inside.h"
#include "sys/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS	60000
#define STARTUP_MS	10000
#define LIMIT_MS	600000	/* whatever is asked for */
#define NAME_MAX_BYTES	64

bool
entry_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return n != 0 && name[n] == '\0' && n <= NAME_MAX_BYTES &&
	    isalnum((unsigned char)*name);
}

static void
server_free(struct entry *s)
{
	free(s->name);
	free(s->fault);
	vec_free(&s->argv);
	vec_free(&s->env);
	free(s->cwd);
	free(s->url);
	vec_free(&s->headers);
	vec_free(&s->headers_cmd);
	vec_free(&s->include);
	vec_free(&s->exclude);
	free(s->sandbox);
	free(s);
}

void
entries_free(struct entries *c)
{
	for (size_t i = 0; i < c->n; i++)
		server_free(c->v[i]);
	free(c->v);
	vec_free(&c->notes);
	*c = (struct entries){ NULL, 0, VEC_INIT };
}

struct entry *
entries_find(const struct entries *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i]->name, name) == 0)
			return c->v[i];
	return NULL;
}

/* ---- variables ---- */

static size_t
name_length(const char *s)
{
	size_t n = 0;

	while (s[n] == '_' || isalpha((unsigned char)s[n]) ||
	    (n > 0 && isdigit((unsigned char)s[n])))
		n++;
	return n;
}

int
entry_expand(struct buf *out, const char *s, struct err *e)
{
	const char *open, *close, *value;

	while ((open = strstr(s, "${")) != NULL) {
		size_t n = name_length(open + 2);
		char *name = xmemdup(open + 2, n);

		close = strchr(open, '}');
		buf_add(out, s, (size_t)(open - s));
		value = n > 0 ? getenv(name) : NULL;
		free(name);
		if (close == NULL || n == 0 || (open[2 + n] != '}' &&
		    strncmp(open + 2 + n, ":-", 2) != 0))
			return err_set(e, ERR_CONFIG, "'%.60s' is neither "
			    "${NAME} nor ${NAME:-default}", open);
		if (value != NULL && *value != '\0')
			buf_adds(out, value);
		else if (open[2 + n] == ':')
			buf_add(out, open + 4 + n,
			    (size_t)(close - (open + 4 + n)));
		else if (value == NULL)
			return err_set(e, ERR_CONFIG, "the variable %.*s is "
			    "not set", (int)n, open + 2);
		s = close + 1;
	}
	buf_adds(out, s);
	return 0;
}

/* ---- an entry ---- */

static void
fault(struct entry *s, const char *what, const char *why)
{
	if (s->fault == NULL)
		s->fault = xasprintf("%s: %s", what, why);
}

static int
expand(const struct entry *s, struct buf *out, const char *text,
    struct err *e)
{
	if (!s->literal)
		return entry_expand(out, text, e);
	buf_adds(out, text);
	return 0;
}

/* A string with its variables replaced; NULL when it is not there or wrong,
 * which is a fault then. */
static char *
text(struct entry *s, jv o, const char *key)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	const char *v = js_str(o, key);

	if (!js_has(o, key))
		return NULL;
	if (v == NULL)
		fault(s, key, "expected a string");
	else if (expand(s, &b, v, &e) == -1)
		fault(s, key, e.msg);
	else
		return buf_detach(&b);
	buf_free(&b);
	return NULL;
}

static void
list(struct entry *s, jv o, const char *key, struct vec *out)
{
	jv a = js_get(o, key);
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (js_is_valid(a) && !js_is_arr(a))
		fault(s, key, "expected an array of strings");
	for (size_t i = 0; js_is_arr(a) && i < js_len(a); i++) {
		jv v = js_at(a, i);

		buf_reset(&b);
		if (js_cstr(v) == NULL)
			fault(s, key, "expected strings");
		else if (expand(s, &b, js_cstr(v), &e) == -1)
			fault(s, key, e.msg);
		else
			vec_push(out, buf_str(&b));
		js_free(v);
	}
	buf_free(&b);
	js_free(a);
}

static void
pair(struct entry *s, const char *key, const char *name,
    const char *value, const char *between, struct vec *out)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (name == NULL || value == NULL || *name == '\0' ||
	    strpbrk(name, "=:\r\n ") != NULL)
		fault(s, key, "expected names and strings");
	else if (expand(s, &b, value, &e) == -1)
		fault(s, key, e.msg);
	else if (strpbrk(buf_str(&b), *between == ':' ? "\r\n" : "") != NULL)
		fault(s, key, "a line end in a header");
	else
		vec_pushf(out, "%s%s%s", name, between, buf_str(&b));
	buf_free(&b);
}

/* An object of strings, or an array of {name, value}. */
static void
pairs(struct entry *s, jv o, const char *key, const char *between,
    struct vec *out)
{
	jv v = js_get(o, key), keys = js_keys(v);

	if (js_is_valid(v) && !js_is_obj(v) && !js_is_arr(v))
		fault(s, key, "expected an object of strings");
	for (size_t i = 0; js_is_obj(v) && i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		pair(s, key, js_cstr(k), js_cstr(k) != NULL ?
		    js_str(v, js_cstr(k)) : NULL, between, out);
		js_free(k);
	}
	for (size_t i = 0; js_is_arr(v) && i < js_len(v); i++) {
		jv p = js_at(v, i);

		pair(s, key, js_str(p, "name"), js_str(p, "value"), between,
		    out);
		js_free(p);
	}
	js_free(keys);
	js_free(v);
}

/* A command that prints headers: an array, or a string for the shell, which
 * has its own way with variables. */
static void
headers_cmd(struct entry *s, jv o)
{
	const char *key = js_has(o, "headers_cmd") ? "headers_cmd" :
	    "headersHelper";
	const char *line = js_str(o, key);

	if (line != NULL) {
		vec_push(&s->headers_cmd, "/bin/sh");
		vec_push(&s->headers_cmd, "-c");
		vec_push(&s->headers_cmd, line);
	} else {
		list(s, o, key, &s->headers_cmd);
	}
	if (js_has(o, key) && (s->headers_cmd.n == 0 || (line != NULL &&
	    *line == '\0')))
		fault(s, key, "expected a command");
	if (s->headers_cmd.n > 0 && !s->http)
		fault(s, key, "only a service, with a url, has headers");
}

/* Seconds; above an hour's worth milliseconds are meant, as some write. */
static int64_t
duration(struct entry *s, jv o, const char *key, int64_t dflt)
{
	int64_t n;

	if (!js_has(o, key))
		return dflt;
	if (!js_int(o, key, 1, 1LL << 40, &n)) {
		fault(s, key, "expected a number of seconds");
		return dflt;
	}
	if (n <= 3600)
		n *= 1000;
	return n < LIMIT_MS ? n : LIMIT_MS;
}

static void
choose(struct entry *s, jv o)
{
	static const char *const profiles[] = { "workspace", "read-only",
	    "full-read" };
	const char *protocol = js_str(o, "protocol");
	const char *sandbox = js_str(o, "sandbox");
	bool known = sandbox == NULL || strcmp(sandbox, "none") == 0;

	if (protocol != NULL && strcmp(protocol, "legacy") == 0)
		s->protocol = ENTRY_LEGACY;
	else if (protocol != NULL && strcmp(protocol, "modern") == 0)
		s->protocol = ENTRY_MODERN;
	else if (js_has(o, "protocol") && (protocol == NULL ||
	    strcmp(protocol, "auto") != 0))
		fault(s, "protocol", "expected auto, legacy or modern");
	for (size_t i = 0; sandbox != NULL && i < BASE_NITEMS(profiles); i++)
		if (strcmp(profiles[i], sandbox) == 0) {
			s->sandbox = xstrdup(sandbox);
			known = true;
		}
	if (!known || (js_has(o, "sandbox") && sandbox == NULL))
		fault(s, "sandbox", "expected none, workspace, read-only or "
		    "full-read");
}

static bool
known_type(const char *type, bool http)
{
	static const char *const names[] = { "http", "sse", "streamable-http",
	    "streamableHttp", "streamable_http" };

	for (size_t i = 0; http && i < BASE_NITEMS(names); i++)
		if (strcmp(names[i], type) == 0)
			return true;
	return !http && (strcmp(type, "stdio") == 0 ||
	    strcmp(type, "local") == 0);
}

static void
transport(struct entry *s, jv o)
{
	const char *type = js_str(o, "type");
	char *command = text(s, o, "command");

	s->url = text(s, o, js_has(o, "url") ? "url" : "httpUrl");
	s->http = s->url != NULL;
	s->old_http = type != NULL && strcmp(type, "sse") == 0;
	s->may_be_old = type == NULL;
	if (js_has(o, "type") && (type == NULL || !known_type(type, s->http)))
		fault(s, "type", "expected stdio for a command, http or sse "
		    "for a url");
	if (command != NULL && s->url != NULL)
		fault(s, "command", "there is a url as well");
	else if (command != NULL && *command != '\0')
		vec_push(&s->argv, command);
	else if (s->url == NULL)
		fault(s, "command", "there is none, and no url");
	if (s->url != NULL && strncmp(s->url, "http://", 7) != 0 &&
	    strncmp(s->url, "https://", 8) != 0)
		fault(s, "url", "expected http:// or https://");
	free(command);
}

static void
unknown(struct entries *c, const struct entry *s, jv o)
{
	static const char *const known[] = { "command", "args", "env", "cwd",
	    "type", "url", "httpUrl", "headers", "headers_cmd",
	    "headersHelper", "timeout", "startup_timeout",
	    "disabled", "includeTools", "excludeTools", "trust", "protocol",
	    "roots", "sandbox", "description", "expand" };
	jv keys = js_keys(o);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		bool there = false;

		for (size_t j = 0; js_cstr(k) != NULL &&
		    j < BASE_NITEMS(known); j++)
			there |= strcmp(js_cstr(k), known[j]) == 0;
		if (!there && js_cstr(k) != NULL)
			vec_pushf(&c->notes, "%s: %.60s is not known and "
			    "ignored", s->name, js_cstr(k));
		js_free(k);
	}
	js_free(keys);
}

static struct entry *
make(struct entries *c, const char *name, jv o, const char *from)
{
	struct entry *s = xcalloc(1, sizeof(*s));
	struct buf b = BUF_INIT;

	s->name = xstrdup(name);
	s->from = from;
	buf_addf(&b, "%s\n", name);
	js_dump_sorted(&b, o);
	ids_sha256(s->sum, b.data, b.len);
	buf_free(&b);
	s->disabled = js_bool(o, "disabled", false);
	s->trust = js_bool(o, "trust", false);
	s->literal = !js_bool(o, "expand", true);
	s->roots = js_bool(o, "roots", false);
	transport(s, o);
	list(s, o, "args", &s->argv);
	pairs(s, o, "env", "=", &s->env);
	pairs(s, o, "headers", ": ", &s->headers);
	headers_cmd(s, o);
	s->cwd = text(s, o, "cwd");
	list(s, o, "includeTools", &s->include);
	list(s, o, "excludeTools", &s->exclude);
	s->timeout_ms = duration(s, o, "timeout", TIMEOUT_MS);
	s->startup_ms = duration(s, o, "startup_timeout", STARTUP_MS);
	choose(s, o);
	/* That transport is of the older era only. */
	if (s->old_http)
		s->protocol = ENTRY_LEGACY;
	unknown(c, s, o);
	return s;
}

/* ---- the files ---- */

static void
add(struct entries *c, struct entry *s)
{
	size_t at = 0;

	while (at < c->n && strcmp(c->v[at]->name, s->name) < 0)
		at++;
	c->v = xreallocarray(c->v, c->n + 1, sizeof(*c->v));
	memmove(&c->v[at + 1], &c->v[at], (c->n - at) * sizeof(*c->v));
	c->v[at] = s;
	c->n++;
}

static void
take(struct entries *c, jv servers, const char *file, const char *from)
{
	jv keys = js_keys(servers);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), o;
		const char *name = js_cstr(k);

		o = name != NULL ? js_get(servers, name) : js_none();
		if (name == NULL || !entry_name(name))
			vec_pushf(&c->notes, "%s: a server's name is made of "
			    "letters, digits, '_', '-' and '.'", file);
		else if (!js_is_obj(o))
			vec_pushf(&c->notes, "%s: %s: expected an object", file,
			    name);
		else if (entries_find(c, name) != NULL)
			vec_pushf(&c->notes, "%s: %s is taken from %s", file,
			    name, strcmp(entries_find(c, name)->from,
			    "extra") == 0 ? "a file of AGENT_MCP_CONFIG" :
			    "the project's .mcp.json");
		else if (c->n == ENTRY_MAX)
			vec_pushf(&c->notes, "%s: %s: too many servers", file,
			    name);
		else
			add(c, make(c, name, o, from));
		js_free(o);
		js_free(k);
	}
	js_free(keys);
}

int
entries_text(struct entries *c, const char *p, size_t n, const char *file,
    const char *from, struct err *e)
{
	struct err why = ERR_INIT;
	jv v = js_parse(p, n, &why), servers = js_get(v, "mcpServers");
	int rc = 0;

	if (!js_is_valid(servers))
		servers = js_get(v, "servers");
	if (!js_is_valid(v))
		rc = err_set(e, ERR_CONFIG, "%s: %s", file, why.msg);
	else if (!js_is_obj(servers))
		rc = err_set(e, ERR_CONFIG, "%s: there is no object "
		    "mcpServers in it", file);
	else
		take(c, servers, file, from);
	js_free(servers);
	js_free(v);
	return rc;
}

static int
read_one(struct entries *c, const char *path, const char *sum,
    const char *from, struct err *e)
{
	struct buf b = BUF_INIT;
	char have[65];
	int rc;

	if (path == NULL || (access(path, F_OK) == -1 && errno == ENOENT))
		return 0;
	rc = file_read(path, &b, ENTRY_FILE_MAX, e);
	if (rc == 0 && sum != NULL) {
		ids_sha256(have, buf_str(&b), b.len);
		if (strcmp(have, sum) != 0)
			rc = err_set(e, ERR_DENIED, "%s: changed since it was "
			    "trusted; see agent-tool trust", path);
	}
	if (rc == 0)
		rc = entries_text(c, buf_str(&b), b.len, path, from, e);
	buf_free(&b);
	return rc;
}

/* Files that were named for this run: they have to be there, and where tools
 * cannot write, for they say which programs run outside the sandbox. */
static int
read_extra(struct entries *c, const struct entry_files *files, struct err *e)
{
	struct vec paths = VEC_INIT;
	struct buf where = BUF_INIT;
	int rc = 0;

	if (files->extra != NULL)
		vec_split(&paths, files->extra, ":");
	for (size_t i = 0; rc == 0 && i < paths.n; i++) {
		const char *path = paths.v[i];

		if (*path != '/')
			rc = err_set(e, ERR_CONFIG, "AGENT_MCP_CONFIG: %.200s "
			    "is no absolute path", path);
		else if (access(path, R_OK) == -1)
			rc = err_sys(e, "AGENT_MCP_CONFIG: %.200s", path);
		else if (files->workspace != NULL && inside_file(path,
		    files->workspace, &where))
			rc = err_set(e, ERR_DENIED, "AGENT_MCP_CONFIG: %.200s "
			    "is in the workspace, where tools can change it; "
			    "name it .mcp.json, and see agent-tool trust",
			    buf_str(&where));
		else
			rc = read_one(c, path, NULL, "extra", e);
	}
	buf_free(&where);
	vec_free(&paths);
	return rc;
}

int
entries_read(struct entries *c, const struct entry_files *files, struct err *e)
{
	*c = (struct entries){ NULL, 0, VEC_INIT };
	if (read_extra(c, files, e) == 0 &&
	    read_one(c, files->project, files->sum, "project", e) == 0 &&
	    read_one(c, files->user, NULL, "user", e) == 0)
		return 0;
	entries_free(c);
	return -1;
}
