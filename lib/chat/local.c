/*
 * local.c - texts that a project brings along and that go to the model.
 */
#include "chat/local.h"

#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARKDOWN	".md"

/* What the open file is called. */
static bool
is_local(const char *root, const char *name)
{
	size_t n = strlen(root), len = name != NULL ? strlen(name) : 0;
	size_t end = strlen(MARKDOWN);

	while (n > 0 && root[n - 1] == '/')
		n--;
	return len > n + end && strncmp(name, root, n) == 0 &&
	    name[n] == '/' && strcasecmp(name + len - end, MARKDOWN) == 0;
}

int
local_read(const char *root, const char *path, struct buf *b, size_t max,
    struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *name = fd != -1 ? file_fd_name(fd) : NULL;
	struct stat st;
	int rc = -1;

	if (fd == -1 || fstat(fd, &st) == -1)
		err_sys(e, "open %s", path);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_DATA, "%s: not a regular file", path);
	else if (!is_local(root, name))
		err_set(e, ERR_DENIED, "%s: leads to what is no Markdown of "
		    "the project", path);
	else if (fd_slurp(fd, b, max) == 0)
		rc = 0;
	else if (errno == EFBIG)
		err_set(e, ERR_DATA, "%s: larger than %zu bytes", path, max);
	else
		err_sys(e, "read %s", path);
	free(name);
	fd_close(&fd);
	return rc;
}
