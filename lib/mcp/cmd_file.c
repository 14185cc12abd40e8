/*
 * cmd_file.c - agent-tool mcp: add and remove entries of the files.
 */
#include "mcp/cmd.h"

#include "base/mem.h"
#include "mcp/store.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *
path_of(const struct cmd *c, struct err *e)
{
	if (c->in_project)
		return xasprintf("%s/.mcp.json", c->workspace);
	if (c->files.user == NULL) {
		err_set(e, ERR_CONFIG, "neither XDG_CONFIG_HOME nor HOME is "
		    "set");
		return NULL;
	}
	return xstrdup(c->files.user);
}

/* The object of the file, or an empty one; invalid with e filled. */
static jv
read_file(const char *path, struct err *e)
{
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_none();

	if (access(path, F_OK) == -1 && errno == ENOENT)
		return js_obj();
	if (file_read(path, &b, ENTRY_FILE_MAX, e) == 0) {
		v = js_parse(buf_str(&b), b.len, &why);
		if (!js_is_obj(v)) {
			err_set(e, ERR_CONFIG, "%s: %s", path, js_is_valid(v) ?
			    "it is no JSON object" : why.msg);
			js_free(v);
			v = js_none();
		}
	}
	buf_free(&b);
	return v;
}

static const char *
key_of(jv file)
{
	return !js_has(file, "mcpServers") && js_has(file, "servers") ?
	    "servers" : "mcpServers";
}

/* NAME=VALUE or Name: value, as members of an object. */
static jv
members(const struct vec *v, char between, struct err *e)
{
	jv o = js_obj();

	for (size_t i = 0; i < v->n; i++) {
		const char *mark = strchr(v->v[i], between), *value;
		char *name;

		if (mark == NULL || mark == v->v[i]) {
			err_set(e, ERR_USAGE, "%.60s: expected %s", v->v[i],
			    between == '=' ? "NAME=VALUE" : "Name: value");
			break;
		}
		name = xmemdup(v->v[i], (size_t)(mark - v->v[i]));
		value = mark + 1;
		while (between == ':' && *value == ' ')
			value++;
		o = js_set_str(o, name, value);
		free(name);
	}
	return o;
}

static jv
make(const struct cmd *c, struct err *e)
{
	const char *what = c->args[1];
	bool url = strncmp(what, "http://", 7) == 0 ||
	    strncmp(what, "https://", 8) == 0;
	jv o = js_obj(), args = js_arr();

	if (!url && c->nargs == 2 && strstr(what, "://") != NULL)
		err_set(e, ERR_USAGE, "add: %.60s: expected a URL with "
		    "http:// or https://, or a command", what);
	o = js_set_str(o, url ? "url" : "command", what);
	for (size_t i = 2; i < c->nargs; i++)
		args = js_push(args, js_from_str(c->args[i]));
	if (url && c->nargs > 2)
		err_set(e, ERR_USAGE, "add: nothing follows a URL, as %.60s",
		    c->args[2]);
	if (!url)
		o = js_set(o, "args", js_ref(args));
	if (c->env.n > 0)
		o = js_set(o, "env", members(&c->env, '=', e));
	if (c->headers.n > 0)
		o = js_set(o, "headers", members(&c->headers, ':', e));
	if (c->headers_cmd != NULL)
		o = js_set_str(o, "headers_cmd", c->headers_cmd);
	if (!url && (c->headers.n > 0 || c->headers_cmd != NULL))
		err_set(e, ERR_USAGE, "add: only a URL has headers");
	if (url && c->env.n > 0)
		err_set(e, ERR_USAGE, "add: only a command has variables");
	js_free(args);
	return o;
}

/* Change the entry name in the file; entry is consumed, and invalid to take
 * it out. */
static int
change(const struct cmd *c, const char *name, jv entry, char **path,
    struct err *e)
{
	bool adds = js_is_valid(entry);
	jv file, all;
	int rc = -1, lock;

	*path = path_of(c, e);
	lock = *path != NULL ? store_lock(*path, adds) : -1;
	file = *path != NULL ? read_file(*path, e) : js_none();
	all = js_get(file, key_of(file));
	if (js_is_obj(file) && !js_is_obj(all)) {
		js_free(all);
		all = js_obj();
	}
	if (!js_is_obj(file))
		;
	else if (adds && js_has(all, name))
		err_set(e, ERR_USAGE, "%s is in %s already; remove it first",
		    name, *path);
	else if (!adds && !js_has(all, name))
		err_set(e, ERR_USAGE, "%s is not in %s%s", name, *path,
		    c->in_project ? "" : "; with --in-project it is taken out "
		    "of .mcp.json");
	else {
		all = adds ? js_set(all, name, js_ref(entry)) :
		    js_del(all, name);
		file = js_set(file, key_of(file), js_ref(all));
		/* There may be a token in it: for nobody else. */
		rc = store_write(*path, file, true, e);
	}
	fd_close(&lock);
	js_free(all);
	js_free(file);
	js_free(entry);
	return rc;
}

int
cmd_add(const struct cmd *c, struct buf *out, struct err *e)
{
	char *path = NULL;
	jv entry;
	int rc;

	if (c->nargs < 2)
		return err_set(e, ERR_USAGE, "add takes a name and a URL or a "
		    "command, as in: mcp add files -- npx -y "
		    "@modelcontextprotocol/server-filesystem "
		    "'${AGENT_WORKSPACE}'");
	if (!entry_name(c->args[0]))
		return err_set(e, ERR_USAGE, "%.60s: a name is made of "
		    "letters, digits, '_', '-' and '.'", c->args[0]);
	entry = make(c, e);
	if (e->kind != ERR_NONE) {
		js_free(entry);
		return -1;
	}
	rc = change(c, c->args[0], entry, &path, e);
	if (rc == 0)
		buf_addf(out, "%s is in %s; next: %sagent-tool mcp test %s\n",
		    c->args[0], path, c->in_project ? "agent-tool trust --yes "
		    ".mcp.json; " : "", c->args[0]);
	free(path);
	return rc;
}

int
cmd_remove(const struct cmd *c, struct buf *out, struct err *e)
{
	char *path = NULL;
	int rc;

	if (c->nargs != 1)
		return err_set(e, ERR_USAGE, "remove takes the name of a "
		    "server");
	rc = change(c, c->args[0], js_none(), &path, e);
	if (rc == 0)
		buf_addf(out, "%s is out of %s\n", c->args[0], path);
	free(path);
	return rc;
}
