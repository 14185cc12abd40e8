/*
 * approval_spool.c - questions as files in a folder.
 *
 * ID.request appears there whole, and whoever watches the folder puts
 * ID.reply beside it.  The folder belongs to the user alone and lies where
 * no tool can write, or a model could answer its own questions.
 */
#include "tool/approval.h"

#include "base/mem.h"
#include "core/state.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPLY_MAX	((size_t)1024 * 1024)

int
approval_spool_open(const char *dir, const char *workspace, struct err *e)
{
	struct buf rel = BUF_INIT;
	struct stat st;
	int fd = -1;
	char *path = state_workspace(*dir != '\0' ? dir : "-", &fd, e);

	if (path == NULL) {
		err_wrap(e, "--approval=spool");
		return -1;
	}
	if (fstat(fd, &st) == -1)
		err_sys(e, "--approval=spool:%s", path);
	else if (beneath_relative(&rel, workspace, path) == 0)
		err_set(e, ERR_CONFIG, "--approval=spool: %s is in the "
		    "workspace, where a model could answer its own questions",
		    path);
	else if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		err_set(e, ERR_CONFIG, "--approval=spool: %s can be written "
		    "by others; make it yours alone, with chmod 700", path);
	else
		goto out;
	fd_close(&fd);
out:
	buf_free(&rel);
	free(path);
	return fd;
}

static char *
file_of(const struct approval *a, const char *what)
{
	const char *id = js_str(a->question, "id");

	return xasprintf("%s.%s", id != NULL ? id : "x", what);
}

int
approval_spool_ask(struct approval *a)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	char *name = file_of(a, "request");
	int rc;

	js_dump(&b, a->question);
	buf_addc(&b, '\n');
	rc = file_replace_at(a->spool, name, b.data, b.len, 0600, &ignored);
	buf_free(&b);
	free(name);
	return rc;
}

jv
approval_spool_look(struct approval *a)
{
	char *name = file_of(a, "reply");
	struct err bad = ERR_INIT;
	struct buf b = BUF_INIT;
	struct stat st;
	jv v = js_none();
	int fd = openat(a->spool, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	free(name);
	if (fd == -1)
		return v;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || fd_slurp(fd, &b, REPLY_MAX) == -1)
		err_set(&bad, ERR_DATA, "a reply in the spool folder is no "
		    "plain file of yours");
	else
		v = js_parse(buf_str(&b), b.len, &bad);
	if (!js_is_valid(v))
		approval_again(a, &bad);
	fd_close(&fd);
	buf_free(&b);
	return v;
}

/* Out of the way, so that another may be put there. */
void
approval_spool_again(struct approval *a)
{
	char *from = file_of(a, "reply"), *to = file_of(a, "rejected");

	renameat(a->spool, from, a->spool, to);
	free(from);
	free(to);
}

void
approval_spool_over(struct approval *a)
{
	static const char *const what[] = { "request", "reply", "rejected" };

	for (size_t i = 0; i < BASE_NITEMS(what); i++) {
		char *name = file_of(a, what[i]);

		unlinkat(a->spool, name, 0);
		free(name);
	}
}
