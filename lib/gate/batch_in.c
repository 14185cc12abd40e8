/*
 * batch_in.c - the requests of a batch: reading, and what each is called.
 *
 * batch_form.c makes the bodies.
 */
#include "gate/batch_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "gate/batch_form.h"
#include "json/scan.h"
#include "sys/fd.h"

#define CHUNK	(256 * 1024)

/* A file without a name, for what comes only once. */
static int
spool(struct err *e)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1)
		return fd;
	path = xasprintf("%s/agent-batch.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd != -1)
		unlink(path);
	else
		err_sys(e, "a temporary file in %s", dir);
	free(path);
	return fd;
}

/* Put all that comes from the descriptor into a file. */
static int
keep(struct batch_in *in, struct err *e)
{
	char *chunk;
	ssize_t n;
	int fd = spool(e), rc = 0;

	if (fd == -1)
		return -1;
	chunk = xmalloc(CHUNK);
	while (rc == 0 && (n = fd_read_wait(in->fd, chunk, CHUNK)) != 0) {
		if (n == -1)
			rc = err_sys(e, "read %s", in->name);
		else if (fd_write_all(fd, chunk, (size_t)n) == -1)
			rc = err_sys(e, "keep %s in a temporary file",
			    in->name);
	}
	free(chunk);
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	in->fd = fd;
	return rc;
}

int
batch_in_open(struct batch_in *in, const char *path, struct err *e)
{
	struct stat st;

	memset(in, 0, sizeof(*in));
	in->fd = STDIN_FILENO;
	in->name = "<stdin>";
	jsonl_init(&in->lines, in->name);
	if (path != NULL && strcmp(path, "-") != 0) {
		in->name = path;
		in->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (in->fd == -1) {
			err_sys(e, "%s", path);
			if (errno == ENOENT)
				e->kind = ERR_NOINPUT;
			return -1;
		}
	}
	if (fstat(in->fd, &st) == -1)
		return err_sys(e, "%s", in->name);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_DATA, "%s: it is a directory", in->name);
	in->start = S_ISREG(st.st_mode) ? lseek(in->fd, 0, SEEK_CUR) : -1;
	if (in->start == -1) {
		if (keep(in, e) == -1)
			return -1;
		in->start = 0;
	}
	if (fstat(in->fd, &st) == -1)
		return err_sys(e, "%s", in->name);
	in->end = st.st_size;
	batch_in_rewind(in);
	return 0;
}

void
batch_in_free(struct batch_in *in)
{
	jsonl_free(&in->lines);
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
}

void
batch_in_rewind(struct batch_in *in)
{
	jsonl_free(&in->lines);
	jsonl_init(&in->lines, in->name);
	in->at = in->start;
}

/* Lines end in NUL for -0: the framing is the same when both change places. */
static void
swap(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\0' || p[i] == '\n')
			p[i] = p[i] == '\0' ? '\n' : '\0';
}

static int
feed(struct batch_in *in, struct err *e)
{
	char *chunk;
	ssize_t n;
	size_t want = CHUNK;

	if (in->at + (off_t)want > in->end)
		want = (size_t)(in->end > in->at ? in->end - in->at : 0);
	chunk = xmalloc(want);
	do
		n = pread(in->fd, chunk, want, in->at);
	while (n == -1 && errno == EINTR);
	if (n == -1) {
		free(chunk);
		return err_sys(e, "read %s", in->name);
	}
	if (in->nul)
		swap(chunk, (size_t)n);
	jsonl_feed(&in->lines, chunk, (size_t)n);
	free(chunk);
	in->at += n;
	if (n == 0)
		jsonl_eof(&in->lines);
	return 0;
}

struct batch_key
batch_id_key(const char *json, size_t n)
{
	struct batch_key key;
	struct err ignored = ERR_INIT;
	const char *p;
	size_t len;
	jv v;

	if (n >= 2 && memchr(json, '\\', n) == NULL)
		return batch_key('c', json + 1, n - 2);
	v = js_parse(json, n, &ignored);
	p = js_bytes(v, &len);
	key = batch_key('c', p != NULL ? p : json, p != NULL ? len : n);
	js_free(v);
	return key;
}

/* What the request is called: its custom_id, else by its line. */
static void
name(struct batch_req *r, const char *p, size_t n)
{
	struct scan_span v;

	buf_reset(&r->id);
	if (p != NULL && scan_find(p, n, "custom_id", &v) && v.n >= 2 &&
	    *v.p == '"')
		buf_add(&r->id, v.p, v.n);
	else
		buf_addf(&r->id, "\"line-%llu\"",
		    (unsigned long long)r->line);
	r->key = batch_id_key(buf_str(&r->id), r->id.len);
}

/* One JSON line. */
static void
take_json(struct server *srv, const struct batch_in *in, struct batch_req *r,
    const char *p, size_t n)
{
	struct buf mended = BUF_INIT;
	struct scan_info info;

	if (!scan_text(p, n, JS_DEPTH, &info)) {
		err_set(&r->bad, ERR_DATA, "line %llu, byte %zu: %s",
		    (unsigned long long)r->line, info.at, info.fault);
		name(r, NULL, 0);
		return;
	}
	if (info.surrogate || info.bytes) {
		jv v = js_parse(p, n, &r->bad);

		if (js_is_valid(v))
			js_dump(&mended, v);
		js_free(v);
		p = buf_str(&mended);
		n = mended.len;
	}
	name(r, p, n);
	if (srv != NULL && r->bad.kind == ERR_NONE &&
	    batch_form_json(srv, in->system, r, p, n, &r->bad) == -1)
		err_wrap(&r->bad, "line %llu", (unsigned long long)r->line);
	buf_free(&mended);
}

static void
take_prompt(struct server *srv, const struct batch_in *in, struct batch_req *r,
    const char *p, size_t n)
{
	struct buf text = BUF_INIT;

	name(r, NULL, 0);
	if (srv != NULL) {
		buf_add(&text, p, n);
		if (in->nul)
			swap(text.data, text.len);
		if (batch_form_prompt(srv, in->system, r, buf_str(&text),
		    text.len, &r->bad) == -1)
			err_wrap(&r->bad, "line %llu",
			    (unsigned long long)r->line);
	}
	buf_free(&text);
}

int
batch_in_next(struct batch_in *in, struct server *srv, struct batch_req *r,
    struct err *e)
{
	const char *p;
	size_t n;
	enum jsonl_status st;
	struct err bad = ERR_INIT;

	while ((st = jsonl_line(&in->lines, &p, &n, &bad)) == JSONL_MORE)
		if (feed(in, e) == -1)
			return -1;
	if (st == JSONL_END)
		return 0;
	r->line = in->lines.lineno;
	r->bad = bad;
	buf_reset(&r->body);
	if (st == JSONL_ERROR)
		name(r, NULL, 0);
	else if (in->prompts || in->nul)
		take_prompt(srv, in, r, p, n);
	else
		take_json(srv, in, r, p, n);
	return 1;
}

void
batch_req_free(struct batch_req *r)
{
	buf_free(&r->id);
	buf_free(&r->body);
}
