/*
 * creds.c - headers that a command of the entry prints.
 */
#include "mcp/creds.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "json/js.h"
#include "mcp/launch.h"
#include "sys/fd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define PATIENCE_MS	30000	/* it may ask its user to touch a key */
#define SAID_MAX	((size_t)4096)

/* ---- what it printed ---- */

static bool
token(const char *s, size_t n)
{
	return n > 0 && n <= 128 && strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~") >= n;
}

/* One header, or why it is none; the value itself is never told. */
static int
add(struct vec *v, const char *name, size_t n, const char *value, size_t len,
    struct err *e)
{
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\r'))
		len--;
	if (!token(name, n))
		return err_set(e, ERR_CONFIG, "expected an object of strings "
		    "or lines \"Name: value\"");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return err_set(e, ERR_CONFIG, "%.*s: a control "
			    "character in the value", (int)n, name);
	vec_pushf(v, "%.*s: %.*s", (int)n, name, (int)len, value);
	return 0;
}

static int
of_object(struct vec *v, jv o, struct err *e)
{
	jv keys = js_keys(o);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *name = js_cstr(k);
		const char *s = name != NULL ? js_str(o, name) : NULL;

		rc = s == NULL ? err_set(e, ERR_CONFIG, "expected strings") :
		    add(v, name, strlen(name), s, strlen(s), e);
		js_free(k);
	}
	js_free(keys);
	return rc;
}

static int
of_lines(struct vec *v, const char *p, struct err *e)
{
	int rc = 0;

	while (rc == 0 && *p != '\0') {
		size_t n = strcspn(p, "\n"), name = strcspn(p, ":\n");
		const char *value = p + name + (name < n);

		while (value < p + n && *value == ' ')
			value++;
		if (n > 0)
			rc = name == n ? err_set(e, ERR_CONFIG, "expected an "
			    "object of strings or lines \"Name: value\"") :
			    add(v, p, name, value, (size_t)(p + n - value), e);
		p += n + (p[n] == '\n');
	}
	return rc;
}

int
creds_read(struct vec *headers, const char *p, size_t n, struct err *e)
{
	struct err ignored = ERR_INIT;
	jv o = js_none();
	int rc;

	if (strlen(p) != n)
		return err_set(e, ERR_CONFIG, "a NUL in its output");
	p += strspn(p, " \t\r\n");
	if (*p == '{')
		o = js_parse(p, strlen(p), &ignored);
	if (*p == '{' && !js_is_obj(o))
		rc = err_set(e, ERR_CONFIG, "its output begins like JSON and "
		    "is none");
	else
		rc = *p == '{' ? of_object(headers, o, e) :
		    of_lines(headers, p, e);
	if (rc == 0 && headers->n == 0)
		rc = err_set(e, ERR_CONFIG, "it printed nothing");
	js_free(o);
	return rc;
}

/* ---- the command ---- */

int
creds_start(struct creds *k, const struct entry *c, const char *workspace,
    struct err *e)
{
	creds_forget(k);
	proc_init(&k->proc, NULL);
	k->proc.how[0] = PROC_NULL;
	k->proc.how[1] = k->proc.how[2] = PROC_PIPE;
	if (launch_start(&k->proc, c, &c->headers_cmd, workspace, e) == -1)
		return -1;
	k->running = true;
	k->until = clock_ms() + PATIENCE_MS;
	return 0;
}

static void
end(struct creds *k)
{
	if (!k->running)
		return;
	proc_kill(&k->proc, SIGKILL);
	proc_wait(&k->proc);
	fd_close(&k->proc.fd[1]);
	fd_close(&k->proc.fd[2]);
	k->running = false;
}

void
creds_forget(struct creds *k)
{
	end(k);
	/* Not left in memory that is given back. */
	for (size_t i = 0; i < k->headers.n; i++)
		explicit_bzero(k->headers.v[i], strlen(k->headers.v[i]));
	vec_free(&k->headers);
	if (k->out.data != NULL)
		explicit_bzero(k->out.data, k->out.len);
	buf_free(&k->out);
	buf_free(&k->said);
	k->known = false;
}

void
creds_poll(const struct creds *k, struct pollfd p[CREDS_FDS])
{
	for (int i = 0; i < CREDS_FDS; i++)
		p[i] = (struct pollfd){ k->running ? k->proc.fd[1 + i] : -1,
		    POLLIN, 0 };
}

static void
drain(int *fd, struct buf *b, size_t max)
{
	char piece[4096];
	ssize_t n = -1;

	while (*fd != -1 && (n = fd_read(*fd, piece, sizeof(piece))) > 0) {
		buf_add(b, piece, (size_t)n);
		if (b->len > 2 * max)
			buf_shift(b, b->len - max);
	}
	if (n == 0)
		fd_close(fd);
}

/* The last line that it said, for an error. */
static void
last_words(const struct creds *k, struct buf *out)
{
	struct buf line = BUF_INIT;

	utf8_last_line(&line, buf_str(&k->said), k->said.len);
	if (line.len > 0)
		buf_addf(out, ": %s", buf_str(&line));
	buf_free(&line);
}

static int
fails(struct creds *k, const struct entry *c, int status, struct err *e)
{
	struct buf said = BUF_INIT;

	last_words(k, &said);
	err_set(e, ERR_AUTH, "%s: its headers_cmd ended (%s %d)%s", c->name,
	    WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ?
	    WTERMSIG(status) : WEXITSTATUS(status), buf_str(&said));
	buf_free(&said);
	return -1;
}

int
creds_step(struct creds *k, const struct entry *c, struct err *e)
{
	int status;

	if (!k->running)
		return k->known;
	drain(&k->proc.fd[1], &k->out, CREDS_MAX);
	drain(&k->proc.fd[2], &k->said, SAID_MAX);
	if (k->out.len > CREDS_MAX) {
		end(k);
		return err_set(e, ERR_CONFIG, "%s: its headers_cmd printed "
		    "more than 64 KiB", c->name);
	}
	if (k->proc.fd[1] != -1 && clock_left(k->until) > 0)
		return 0;
	if (k->proc.fd[1] != -1) {
		end(k);
		return err_set(e, ERR_TIMEOUT, "%s: its headers_cmd did not "
		    "end within %d s", c->name, PATIENCE_MS / 1000);
	}
	/* It closed its output: its end is near. */
	proc_wait_ms(&k->proc, 1000);
	status = proc_poll(&k->proc) ? k->proc.status : -1;
	drain(&k->proc.fd[2], &k->said, SAID_MAX);
	end(k);
	if (status != 0)
		return fails(k, c, status == -1 ? SIGKILL : status, e);
	if (creds_read(&k->headers, buf_str(&k->out), k->out.len, e) == -1)
		return err_wrap(e, "%s: headers_cmd", c->name);
	explicit_bzero(k->out.data, k->out.len);
	buf_reset(&k->out);
	k->known = true;
	return 1;
}
