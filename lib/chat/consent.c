/*
 * consent.c - what a user has agreed to, once for just that text.
 */
#include "chat/consent.h"

#include "base/mem.h"
#include "chat/chat.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGREED		"agreed"	/* in the state folder */
#define AGREED_MAX	((size_t)1024 * 1024)

static char *
agreed_path(void)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *path = NULL;

	if (root != NULL)
		path = xasprintf("%s/" AGREED, root);
	free(root);
	return path;
}

bool
consent_given(const char *sum)
{
	char *path = agreed_path();
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	bool found;

	found = path != NULL && access(path, R_OK) == 0 &&
	    file_read(path, &b, AGREED_MAX, &ignored) == 0 &&
	    strstr(buf_str(&b), sum) != NULL;
	buf_free(&b);
	free(path);
	return found;
}

static void
agree(const char *sum)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *path = agreed_path(), line[80];
	int fd = -1;

	if (root != NULL && file_mkdirs(root, 0700, &ignored) == 0)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
	if (fd != -1) {
		memcpy(line, sum, 64);
		line[64] = '\n';
		fd_write_all(fd, line, 65);
	}
	fd_close(&fd);
	free(path);
	free(root);
}

bool
consent_ask(const struct buf *question, const char *sum)
{
	int tty = chat_can_ask() ? open("/dev/tty", O_RDWR | O_CLOEXEC |
	    O_NOCTTY) : -1;
	char line[64];
	ssize_t n;
	bool yes = false;

	if (tty == -1)
		return false;
	fd_write_all(tty, buf_str(question), question->len);
	n = read(tty, line, sizeof(line));
	yes = n == 2 && (*line == 'y' || *line == 'Y') && line[1] == '\n';
	close(tty);
	if (yes)
		agree(sum);
	return yes;
}
