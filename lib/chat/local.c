/*
 * local.c - texts that a project brings along and that go to the model.
 */
#include "chat/local.h"

#include "sys/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	int fd = file_open_regular(path, e), rc = -1;
	char *name;

	if (fd == -1)
		return -1;
	name = file_fd_name(fd);
	if (is_local(root, name)) {
		rc = file_take(fd, path, b, max, e);
	} else {
		err_set(e, ERR_DENIED, "%s: leads to what is no Markdown of "
		    "the project", path);
		close(fd);
	}
	free(name);
	return rc;
}
