/*
 * own_new.c - agent-tool new: a tool that works, to be changed.
 *
 * The templates are in share/agent/new; the name is put where they say
 * @NAME@.
 */
#include "tool/own.h"

#include "base/mem.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/extern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE_MAX	((size_t)64 * 1024)

/* The template with the name in its places. */
static int
fill(struct buf *b, const char *file, const char *name, struct err *e)
{
	char *rel = xasprintf("new/%s", file), *path = state_share(rel);
	struct buf raw = BUF_INIT;
	const char *at, *text;
	int rc = file_read(path, &raw, TEMPLATE_MAX, e);

	text = buf_str(&raw);
	while ((at = strstr(text, "@NAME@")) != NULL) {
		buf_add(b, text, (size_t)(at - text));
		buf_adds(b, name);
		text = at + 6;
	}
	buf_adds(b, text);
	buf_free(&raw);
	free(path);
	free(rel);
	return rc;
}

/* A file that was not there before. */
static int
put(const char *path, const char *text, size_t n, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, mode);
	int rc = 0;

	if (fd == -1) {
		err_sys(e, "%s", path);
		e->kind = ERR_CANTCREAT;
		return -1;
	}
	if (fchmod(fd, mode) == -1 || fd_write_all(fd, text, n) == -1) {
		rc = err_sys(e, "%s", path);
		unlink(path);
	}
	close(fd);
	return rc;
}

static int
put_test(const char *dir, const char *name, struct err *e)
{
	char *tests = xasprintf("%s/%s.tests", dir, name);
	char *path = xasprintf("%s/lines.json", tests);
	struct buf text = BUF_INIT;
	int rc = file_mkdirs(tests, 0755, e);

	if (rc == 0)
		rc = fill(&text, "test.json", name, e);
	if (rc == 0)
		rc = put(path, text.data, text.len, 0644, e);
	buf_free(&text);
	free(path);
	free(tests);
	return rc;
}

int
own_new(struct tool_env *env, const char *file, const char *dir,
    struct buf *out, struct err *e)
{
	static const struct { const char *end, *from; mode_t mode; } kinds[] = {
	    { ".sh", "tool.sh", 0755 }, { ".py", "tool.py", 0755 },
	    { ".c", "tool.c", 0644 } };
	char *where = dir != NULL ? xstrdup(dir) :
	    xasprintf("%s/.agents/tools", env->workspace);
	char *name = extern_name(file), *path = xasprintf("%s/%s", where, file);
	const char *end = file + strlen(name);
	struct buf text = BUF_INIT;
	int rc = -1;

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++) {
		if (strcmp(end, kinds[i].end) != 0)
			continue;
		if (strchr(file, '/') != NULL || !registry_name(name) ||
		    tool_find(env, name) != NULL) {
			err_set(e, ERR_USAGE, "new: %.60s is no name for a "
			    "tool, or there is one already", name);
			goto out;
		}
		rc = fill(&text, kinds[i].from, name, e);
		if (rc == 0)
			rc = file_mkdirs(where, 0755, e);
		if (rc == 0)
			rc = put(path, text.data, text.len, kinds[i].mode, e);
		if (rc == 0)
			rc = put_test(where, name, e);
		goto out;
	}
	err_set(e, ERR_USAGE, "new: expected NAME.sh, NAME.py or NAME.c, not "
	    "%.60s", file);
out:
	if (rc == 0) {
		buf_addf(out, "%s\n", path);
		if (strcmp(end, ".c") == 0)
			buf_addf(out, "next: cc -o %s/%s %s -ljq\n", where,
			    name, path);
		if (dir == NULL)
			buf_adds(out, "next: agent-tool trust --yes .agents\n");
		buf_addf(out, "then: agent-tool lint %s && agent-tool test "
		    "%s\n", name, name);
	}
	buf_free(&text);
	free(path);
	free(name);
	free(where);
	return rc;
}
