/*
 * session.c - one session's file: an event file that survives its writer.
 */
#include "chat/session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/msg.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX	".jsonl"
#define HEAD_MAX	65536	/* bytes that the first line may have */
#define LEAVING_MS	1000	/* between a result that is read and the end */
#define EMPTY_AGE	60	/* s, after which nobody is about to lock it */

static void
start(struct session *s)
{
	memset(s, 0, sizeof(*s));
	s->fd = -1;
}

/* True for what has something before that end, too. */
static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

/* The id of the session in the file at path. */
static void
id_from_path(struct session *s, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;

	base = base != NULL ? base + 1 : path;
	n = strlen(base);
	if (ends_with(base, SUFFIX))
		n -= strlen(SUFFIX);
	snprintf(s->ctx.session_id, sizeof(s->ctx.session_id), "%.*s",
	    (int)n, base);
}

/* Take the lock; who has it may be about to leave. */
static int
lock(struct session *s, struct err *e)
{
	int64_t until = clock_ms() + LEAVING_MS;
	int rc;

	while ((rc = flock(s->fd, LOCK_EX | LOCK_NB)) == -1 &&
	    errno == EWOULDBLOCK && clock_left(until) > 0 &&
	    sig_caught() == 0)
		poll(NULL, 0, 10);
	if (rc == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, ERR_TEMP, "session %s: in use by another "
		    "agent-chat; end that one, or start a new session",
		    s->ctx.session_id);
	return err_sys(e, "lock session %s", s->ctx.session_id);
}

int
session_create(struct session *s, const char *dir, struct err *e)
{
	char id[IDS_SIZE];

	start(s);
	s->fresh = true;
	for (int tries = 0; s->fd == -1 && tries < 100; tries++) {
		ids_sortable(id);
		free(s->path);
		s->path = xasprintf("%s/%s" SUFFIX, dir, id);
		s->fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_APPEND |
		    O_CLOEXEC | O_NOFOLLOW, 0600);
		if (s->fd == -1 && errno != EEXIST)
			break;
	}
	if (s->fd == -1) {
		err_sys(e, "make session file %s", s->path);
		e->kind = ERR_CANTCREAT;
		goto fail;
	}
	id_from_path(s, s->path);
	if (lock(s, e) == 0)
		return 0;
fail:
	session_close(s);
	return -1;
}

void
session_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		bool fork = ends_with(de->d_name, SUFFIX SESSION_NEW);
		struct stat st;
		int fd;

		if ((!fork && !ends_with(de->d_name, SUFFIX)) ||
		    fstatat(dirfd(d), de->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode) ||
		    (!fork && (st.st_size > 0 ||
		    time(NULL) - st.st_mtime < EMPTY_AGE)))
			continue;
		fd = openat(dirfd(d), de->d_name, O_RDWR | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK);
		if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(dirfd(d), de->d_name, 0);
		fd_close(&fd);
	}
	if (d != NULL)
		closedir(d);
}

int
session_memory(struct session *s, struct err *e)
{
	char id[IDS_SIZE];

	start(s);
	s->fd = memfd_create("session", MFD_CLOEXEC);
	if (s->fd == -1)
		return err_sys(e, "make a session in memory");
	ids_sortable(id);
	snprintf(s->ctx.session_id, sizeof(s->ctx.session_id), "%s", id);
	return 0;
}

/* ---- repair ---- */

/* Length of the file up to and with its last line feed, in *keep. */
static int
whole_lines(int fd, off_t size, off_t *keep)
{
	char b[BASE_PIECE];
	off_t at = size;

	while (at > 0) {
		size_t n = at > (off_t)sizeof(b) ? sizeof(b) : (size_t)at;
		ssize_t got = pread(fd, b, n, at - (off_t)n);
		const char *nl;

		if (got != (ssize_t)n) {
			errno = got == -1 ? errno : EIO;
			return -1;
		}
		nl = memrchr(b, '\n', n);
		if (nl != NULL) {
			*keep = at - (off_t)n + (nl - b) + 1;
			return 0;
		}
		at -= (off_t)n;
	}
	*keep = 0;
	return 0;
}

/* Copy the bytes from offset on into a new file FILE.torn-N. */
static int
save_tail(struct session *s, off_t from, off_t to)
{
	char b[BASE_PIECE];
	int fd = -1, n = 0;

	while (fd == -1) {
		free(s->torn);
		s->torn = xasprintf("%s.torn-%d", s->path, ++n);
		fd = open(s->torn, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd == -1 && (errno != EEXIST || n == 10000))
			return -1;
	}
	while (from < to) {
		size_t want = to - from > (off_t)sizeof(b) ? sizeof(b) :
		    (size_t)(to - from);
		ssize_t got = pread(s->fd, b, want, from);

		if (got <= 0 || fd_write_all(fd, b, (size_t)got) == -1)
			goto fail;
		from += got;
	}
	if (fdatasync(fd) == -1)
		goto fail;
	fd_close(&fd);
	return 0;
fail:
	unlink(s->torn);
	fd_close(&fd);
	return -1;
}

static int
cut_torn(struct session *s, struct err *e)
{
	off_t keep = 0;

	if (whole_lines(s->fd, s->size, &keep) == -1)
		return err_sys(e, "read session %s", s->ctx.session_id);
	if (keep == s->size)
		return 0;
	if (save_tail(s, keep, s->size) == -1 ||
	    ftruncate(s->fd, keep) == -1)
		return err_sys(e, "repair session %s", s->ctx.session_id);
	s->size = keep;
	return 0;
}

/* A file of a later schema is left as it is: we know neither all that its lines
 * mean nor what they may be followed by. */
static int
check_schema(struct session *s, struct err *e)
{
	static const char ours[] = EVENT_SCHEMA;
	size_t n = strcspn(ours, "/") + 1;
	struct err ignored = ERR_INIT;
	char *b = xmalloc(HEAD_MAX);
	ssize_t got = pread(s->fd, b, HEAD_MAX, 0);
	const char *nl = got > 0 ? memchr(b, '\n', (size_t)got) : NULL;
	jv head = nl != NULL ? js_parse(b, (size_t)(nl - b), &ignored) :
	    js_none();
	const char *schema = js_is_obj(head) ? js_str(head, "schema") : NULL;
	int rc = 0;

	if (schema != NULL && strncmp(schema, ours, n) == 0 &&
	    strtol(schema + n, NULL, 10) > strtol(ours + n, NULL, 10))
		rc = err_set(e, ERR_CONFIG, "session %s: of a newer version "
		    "(%.40s); go on with it there", s->ctx.session_id, schema);
	js_free(head);
	free(b);
	return rc;
}

/* One notice in the file. */
static int
note(struct session *s, const char *code, jv text, struct err *e)
{
	jv ev = js_set_str(event_new("notice"), "code", code);

	/* The first line is the session event, which is yet to come. */
	if (!s->header) {
		js_free(ev);
		js_free(text);
		return 0;
	}
	return session_append_take(s, js_set(ev, "text", text), e);
}

/* Write down what the run before left undone. */
static int
settle(struct session *s, const struct replay *r, struct err *e)
{
	if (s->unfinished && note(s, "no_result", js_from_str(
	    "the previous run ended without its result"), e) == -1)
		return -1;
	if (s->torn != NULL && note(s, "torn", js_fmt(
	    "a torn last line was moved to %s", s->torn), e) == -1)
		return -1;
	if (s->bad_lines > 0 && note(s, "bad_lines", js_fmt(
	    "%llu damaged lines were skipped",
	    (unsigned long long)s->bad_lines), e) == -1)
		return -1;
	for (size_t i = 0; i < js_len(r->pending); i++) {
		jv call = js_at(r->pending, i);
		jv m = replay_unverified(call);
		char id[IDS_SIZE];
		int rc;

		ids_prefixed(id, "m");
		rc = session_append_take(s, event_message_take(m, id), e);
		js_free(call);
		if (rc == -1)
			return -1;
		s->unverified++;
	}
	return 0;
}

static int
recover(struct session *s, struct err *e)
{
	struct replay r;
	int rc;

	replay_init(&r, NULL, NULL);
	rc = session_replay(s, &r, e);
	if (rc == 0) {
		s->ctx.seq = r.seq + 1;
		s->turns = r.turn;
		s->header = r.header;
		s->system = r.system;
		s->used = true;
		s->unfinished = r.header && !r.finished;
		memcpy(s->last_id, r.last_id, sizeof(s->last_id));
		rc = settle(s, &r, e);
	}
	replay_free(&r);
	return rc;
}

int
session_open(struct session *s, const char *path, struct err *e)
{
	struct stat st;

	start(s);
	s->path = xstrdup(path);
	id_from_path(s, path);
	s->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	if (s->fd == -1) {
		enum err_kind kind = errno == ENOENT ? ERR_NOINPUT :
		    ERR_CANTCREAT;

		err_sys(e, "open session %s", path);
		e->kind = kind;
		goto fail;
	}
	if (fstat(s->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_DATA, "session %s: not a regular file", path);
		goto fail;
	}
	if (lock(s, e) == -1)
		goto fail;
	/* Nobody writes from here on, so the size is final. */
	if (fstat(s->fd, &st) == -1) {
		err_sys(e, "session %s", path);
		goto fail;
	}
	s->size = st.st_size;
	if (check_schema(s, e) == 0 && cut_torn(s, e) == 0 &&
	    recover(s, e) == 0) {
		s->grown = false;
		return 0;
	}
fail:
	session_close(s);
	return -1;
}

int
session_remove(const char *path, struct err *e)
{
	struct session s;
	int rc = -1;

	start(&s);
	id_from_path(&s, path);
	s.fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s.fd == -1)
		err_sys(e, "open session %s", path);
	else if (lock(&s, e) == 0 && (rc = unlink(path)) == -1)
		err_sys(e, "remove session %s", path);
	for (int n = 1; rc == 0; n++) {
		char *torn = xasprintf("%s.torn-%d", path, n);
		bool last = unlink(torn) == -1;

		free(torn);
		if (last)
			break;
	}
	session_close(&s);
	return rc;
}

/* ---- reading and writing ---- */

int
session_replay(struct session *s, struct replay *r, struct err *e)
{
	struct jsonl in;
	char b[BASE_PIECE];
	off_t at = 0;
	int rc = 0;

	jsonl_init(&in, s->ctx.session_id);
	s->bad_lines = 0;
	for (;;) {
		jv v = js_none();
		struct err bad = ERR_INIT;
		enum jsonl_status st = jsonl_next(&in, &v, NULL, NULL, &bad);

		if (st == JSONL_ITEM) {
			if (js_is_obj(v))
				replay_feed(r, v);
			else
				s->bad_lines++;
			js_free(v);
		} else if (st == JSONL_ERROR) {
			s->bad_lines++;
		} else if (st == JSONL_END) {
			break;
		} else {
			ssize_t n = pread(s->fd, b, sizeof(b), at);

			if (n == -1 && errno != EINTR) {
				rc = err_sys(e, "read session %s",
				    s->ctx.session_id);
				break;
			}
			if (n > 0) {
				jsonl_feed(&in, b, (size_t)n);
				at += n;
			} else if (n == 0) {
				jsonl_eof(&in);
			}
		}
	}
	jsonl_free(&in);
	s->bad_lines += (uint64_t)r->unfit;
	return rc;
}

/* Messages form a tree: each names the one before it. */
static jv
link_message(struct session *s, jv ev)
{
	const char *id = js_str(ev, "id");
	char new_id[64];

	if (msg_classify(ev) != MSG_LINE_MESSAGE)
		return ev;
	snprintf(new_id, sizeof(new_id), "%s", id != NULL ? id : "");
	if (s->last_id[0] != '\0' && !js_has(ev, "parent_id"))
		ev = js_set_str(ev, "parent_id", s->last_id);
	if (new_id[0] != '\0')
		memcpy(s->last_id, new_id, sizeof(s->last_id));
	if (msg_role(ev) != MSG_SYSTEM)
		s->used = true;
	return ev;
}

/* Append the whole of b at the end of the file, or nothing. */
static int
append(struct session *s, const struct buf *b)
{
	size_t done = 0;
	int saved;

	while (done < b->len) {
		ssize_t n = write(s->fd, b->data + done, b->len - done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			goto undo;
		done += (size_t)n;
	}
	s->size += (off_t)b->len;
	return 0;
undo:
	saved = errno;
	if (done > 0 && ftruncate(s->fd, s->size) == -1)
		errno = saved;	/* the torn line is cut when it is opened */
	errno = saved;
	return -1;
}

int
session_append_take(struct session *s, jv ev, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	ev = event_stamp_take(&s->ctx, link_message(s, ev));
	js_dump(&b, ev);
	js_free(ev);
	buf_addc(&b, '\n');
	rc = append(s, &b);
	buf_free(&b);
	if (rc == 0) {
		s->grown = true;
		return 0;
	}
	s->ctx.seq--;	/* numbers have no gaps */
	err_sys(e, "write session %s", s->path ? s->path : s->ctx.session_id);
	e->kind = ERR_IO;
	return -1;
}

int
session_sync(struct session *s, struct err *e)
{
	if (s->path == NULL || fdatasync(s->fd) == 0)
		return 0;
	err_sys(e, "write session %s", s->path);
	e->kind = ERR_IO;
	return -1;
}

void
session_close(struct session *s)
{
	if (s->fd != -1 && s->fresh && !s->used && s->path != NULL)
		unlink(s->path);
	fd_close(&s->fd);
	free(s->path);
	free(s->torn);
	s->path = s->torn = NULL;
}
