/*
 * editor.c - a text in the user's editor, VISUAL or else EDITOR.
 */
#include "chat/editor.h"

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/sig.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EDIT_MAX	((size_t)1024 * 1024)

static const char *
editor(void)
{
	static const char *const names[] = { "VISUAL", "EDITOR" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++) {
		const char *s = getenv(names[i]);

		if (s != NULL && *s != '\0')
			return s;
	}
	return NULL;
}

bool
editor_named(void)
{
	return editor() != NULL;
}

/* The editor on that file; whether it ended well. */
static bool
run(const char *path, int tty)
{
	const char *named = editor();
	/* As git does: the variable may have options, the path has none. */
	char *command = xasprintf("%s \"$1\"", named != NULL ? named : "vi");
	char *file = xstrdup(path);
	char *words[] = { "sh", "-c", command, "sh", file, NULL };
	struct err ignored = ERR_INIT;
	struct proc p;
	bool good = false;

	proc_init(&p, words);
	for (int i = 0; tty != -1 && i < 3; i++) {
		p.how[i] = PROC_GIVEN;
		p.fd[i] = fcntl(tty, F_DUPFD_CLOEXEC, 3);
	}
	if (proc_start(&p, &ignored) == 0) {
		proc_wait(&p);
		good = proc_exit_code(p.status) == 0;
		sig_forget_int();
	}
	free(file);
	free(command);
	return good;
}

int
editor_edit(struct buf *text, const char *suffix, int tty, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/agent-chat-XXXXXX%s", tmp != NULL &&
	    *tmp == '/' ? tmp : "/tmp", suffix);
	int fd = mkostemps(path, (int)strlen(suffix), O_CLOEXEC), rc = -1;
	struct buf b = BUF_INIT;

	if (fd == -1) {
		err_sys(e, "make %s", path);
		e->kind = ERR_CANTCREAT;
		goto out;
	}
	if (fd_write_all(fd, buf_str(text), text->len) == -1)
		err_sys(e, "write %s", path);
	else if (!run(path, tty))
		err_set(e, ERR_CONFIG, "the editor failed; set VISUAL or "
		    "EDITOR");
	else
		rc = file_read(path, &b, EDIT_MAX, e);
	fd_close(&fd);
	unlink(path);
	if (rc == 0) {
		buf_reset(text);
		buf_add(text, b.data, b.len);
	}
out:
	buf_free(&b);
	free(path);
	return rc;
}
