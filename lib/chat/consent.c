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
#include <termios.h>
#include <unistd.h>

#define AGREED		"agreed"	/* in the state folder */
#define AGREED_MAX	((size_t)1024 * 1024)

/* Its line, with the ends of the one before and of its own. */
static char *
line_of(const struct consent *k)
{
	return xasprintf("\n%s%s%s\n", k->what, *k->what != '\0' ? " " : "",
	    k->sum);
}

bool
consent_given(const struct consent *k)
{
	struct err ignored = ERR_INIT;
	char *path = state_path(AGREED, &ignored), *line = line_of(k);
	struct buf b = BUF_INIT;
	bool found;

	buf_addc(&b, '\n');
	found = path != NULL && access(path, R_OK) == 0 &&
	    file_read(path, &b, AGREED_MAX, &ignored) == 0 &&
	    strstr(buf_str(&b), line) != NULL;
	buf_free(&b);
	free(line);
	free(path);
	return found;
}

static void
agree(const struct consent *k)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *path = state_path(AGREED, &ignored);
	char *line = line_of(k);
	int fd = -1;

	if (root != NULL && file_mkdirs(root, 0700, &ignored) == 0)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
	if (fd != -1)
		fd_write_all(fd, line + 1, strlen(line + 1));
	fd_close(&fd);
	free(line);
	free(path);
	free(root);
}

bool
consent_ask(const struct chat *c, const struct buf *question,
    const struct consent *k)
{
	int tty = chat_can_ask(c) ? open("/dev/tty", O_RDWR | O_CLOEXEC |
	    O_NOCTTY) : -1;
	char line[64];
	ssize_t n;
	bool yes = false;

	if (tty == -1)
		return false;
	/* Nobody says yes to what they have not seen. */
	tcflush(tty, TCIFLUSH);
	fd_write_all(tty, buf_str(question), question->len);
	n = read(tty, line, sizeof(line));
	yes = n == 2 && (*line == 'y' || *line == 'Y') && line[1] == '\n';
	close(tty);
	if (yes)
		agree(k);
	return yes;
}
