/*
 * recall.c - what was typed, kept over sessions.
 */
#include "chat/recall.h"

#include "base/buf.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX	((size_t)2 * 1024 * 1024)
#define ENTRY_MAX	((size_t)16 * 1024)

static char *
path(void)
{
	struct err ignored = ERR_INIT;

	return state_path("history", &ignored);
}

static void
unescape(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\\' && i + 1 < n) {
			i++;
			buf_addc(out, p[i] == 'n' ? '\n' : p[i]);
		} else {
			buf_addc(out, p[i]);
		}
	}
}

static void
escape(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			buf_adds(out, "\\n");
		else if (*s == '\\')
			buf_adds(out, "\\\\");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\n');
}

/* The last RECALL_MAX lines of the text begin there. */
static const char *
newest(const struct buf *text, bool *all)
{
	const char *p = text->data + text->len;
	int lines = 0;

	*all = false;
	while (p > text->data) {
		if (p[-1] == '\n' && ++lines > RECALL_MAX)
			return p;
		p--;
	}
	*all = true;
	return p;
}

/* The whole lines of the last FILE_MAX bytes; *older: there is more before. */
static int
read_end(const char *name, struct buf *text, bool *older)
{
	struct err ignored = ERR_INIT;
	int fd = file_open_regular(name, &ignored), rc = -1;
	const char *nl;
	struct stat st;

	*older = false;
	if (fd != -1 && fstat(fd, &st) == 0) {
		*older = st.st_size > (off_t)FILE_MAX;
		/* Others may append to it meanwhile. */
		if (!*older || lseek(fd, st.st_size - (off_t)FILE_MAX,
		    SEEK_SET) != -1)
			rc = fd_slurp(fd, text, 2 * FILE_MAX);
	}
	if (rc == 0 && *older) {
		nl = memchr(buf_str(text), '\n', text->len);
		buf_shift(text, nl != NULL ? (size_t)(nl + 1 - text->data) :
		    text->len);
	}
	if (fd != -1)
		close(fd);
	return rc;
}

/* The first line of the second half of what is there. */
static const char *
half(const struct buf *text)
{
	const char *nl = memchr(text->data + text->len / 2, '\n',
	    text->len - text->len / 2);

	return nl != NULL ? nl + 1 : text->data;
}

/* What of the file is read; *trim: the rest is as much, or more. */
static const char *
wanted(const char *name, struct buf *text, bool *trim)
{
	const char *p;
	bool all, older;

	buf_reset(text);
	*trim = false;
	if (read_end(name, text, &older) == -1 || text->len == 0)
		return NULL;
	p = newest(text, &all);
	if (older && p < half(text))
		p = half(text);
	*trim = older || (!all && (size_t)(p - text->data) > text->len / 2);
	return p;
}

/* Begin again with what is read.  Others may add to the file: it is read once
 * more while none can. */
static const char *
begin_again(const char *name, struct buf *text)
{
	struct err ignored = ERR_INIT;
	int lock = file_change_lock(name);
	bool trim;
	const char *p = wanted(name, text, &trim);

	if (trim)
		file_replace(name, p, (size_t)(text->data + text->len - p),
		    0600, &ignored);
	fd_close(&lock);
	return p;
}

void
recall_load(struct vec *lines)
{
	struct buf text = BUF_INIT;
	char *name = path();
	const char *p = NULL, *end;
	bool trim = false;

	if (name != NULL)
		p = wanted(name, &text, &trim);
	if (trim)
		p = begin_again(name, &text);
	end = p != NULL ? text.data + text.len : NULL;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct buf one = BUF_INIT;

		if (nl == NULL)
			break;	/* torn */
		unescape(&one, p, (size_t)(nl - p));
		if (one.len > 0)
			vec_push(lines, buf_str(&one));
		buf_free(&one);
		p = nl + 1;
	}
	buf_free(&text);
	free(name);
}

void
recall_add(const char *line)
{
	struct buf b = BUF_INIT;
	char *name = path();
	int fd, lock;

	if (name != NULL && strlen(line) <= ENTRY_MAX) {
		lock = file_change_lock(name);
		fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK, 0600);
		if (fd != -1) {
			escape(&b, line);
			fd_write_all(fd, b.data, b.len);
			close(fd);
		}
		fd_close(&lock);
	}
	buf_free(&b);
	free(name);
}
