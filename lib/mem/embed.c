/*
 * embed.c - vectors from a model, by way of agent-gate embed.
 */
#include "mem/embed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "core/coproc.h"
#include "core/state.h"
#include "json/jsonl.h"
#include "mem/vectors.h"
#include "sys/fd.h"
#include "sys/proc.h"

#define TEXT_MAX	8000	/* bytes of a text that are asked about */
#define SAID_MAX	65536	/* of what agent-gate says on stderr */

/* The texts as a file that is nowhere, at its beginning. */
static int
input(const char *const *texts, size_t n, struct err *e)
{
	struct buf b = BUF_INIT;
	int fd = memfd_create("texts", MFD_CLOEXEC);
	int rc = 0;

	if (fd == -1)
		return err_sys(e, "memfd");
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, "{\"text\":");
		js_quote(&b, texts[i], strlen(texts[i]) > TEXT_MAX ?
		    utf8_cut(texts[i], TEXT_MAX) : strlen(texts[i]));
		buf_adds(&b, "}\n");
	}
	if (fd_write_all(fd, b.data, b.len) == -1 || lseek(fd, 0, SEEK_SET) ==
	    -1)
		rc = err_sys(e, "memfd");
	buf_free(&b);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

/* One line of the answer. */
static int
take(struct embed *m, jv line, size_t n, embed_fn *fn, void *arg,
    struct err *e)
{
	jv list = js_get(line, "embedding"), fault = js_get(line, "error");
	size_t dims = js_len(list);
	int64_t i;
	float *v;
	int rc;

	if (!js_int(line, "index", 0, (int64_t)n - 1, &i) ||
	    (js_is_arr(list) && (dims < 1 || dims > VECTORS_DIMS))) {
		rc = err_set(e, ERR_PROTOCOL, "agent-gate embed: no vector");
	} else if (!js_is_arr(list)) {
		const char *why = js_str(fault, "message");

		rc = fn((size_t)i, NULL, 0, why != NULL ? why : "no vector",
		    arg, e);
	} else {
		snprintf(m->said, sizeof(m->said), "%s", js_str(line,
		    "model") != NULL ? js_str(line, "model") : "default");
		v = xcalloc(dims, sizeof(*v));
		for (size_t k = 0; k < dims; k++) {
			jv x = js_at(list, k), o = js_set(js_obj(), "x",
			    js_is_num(x) ? js_ref(x) : js_null());

			v[k] = (float)js_num(o, "x", 0);
			js_free(o);
			js_free(x);
		}
		rc = fn((size_t)i, v, dims, NULL, arg, e);
		free(v);
	}
	js_free(list);
	js_free(fault);
	return rc;
}

static int
answers(struct embed *m, int fd, size_t n, embed_fn *fn, void *arg,
    struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none();
	size_t got = 0;
	int rc = 0;

	jsonl_init(&in, "agent-gate embed");
	while (rc == 0 && (st = jsonl_read(&in, fd, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		if (st == JSONL_ERROR) {
			e->kind = ERR_PROTOCOL;
			rc = -1;
			break;
		}
		rc = take(m, v, n, fn, arg, e);
		got++;
		js_free(v);
	}
	jsonl_free(&in);
	if (rc == 0 && got < n)
		rc = err_set(e, ERR_PROTOCOL, "agent-gate embed answered %zu "
		    "of %zu texts", got, n);
	return rc;
}

/* How it ended: what it has said, in the file fd, is the reason when it failed,
 * so that there is one line, and is passed on otherwise. */
static int
verdict(const struct proc *p, int fd, int rc, struct err *e)
{
	int status = proc_exit_code(p->status);
	struct buf said = BUF_INIT, words = BUF_INIT;

	lseek(fd, 0, SEEK_SET);
	fd_slurp(fd, &said, SAID_MAX);
	coproc_last_words("agent-gate", buf_str(&said), said.len, &words);
	if (status <= 1 || (rc == -1 && e->kind != ERR_PROTOCOL))
		fd_write_all(STDERR_FILENO, said.data, said.len);
	else if (WIFSIGNALED(p->status))
		rc = err_set(e, ERR_UNAVAILABLE, "agent-gate embed was "
		    "killed by signal %d", WTERMSIG(p->status));
	else if (words.len == 0)
		rc = err_set(e, err_kind_from_exit(status), "agent-gate embed "
		    "ended with status %d", status);
	else
		rc = err_set(e, err_kind_from_exit(status),
		    "agent-gate embed: %s", buf_str(&words));
	buf_free(&said);
	buf_free(&words);
	return rc;
}

/* Start it with p's arguments, the texts as its input. */
static int
start(struct proc *p, const char *const *texts, size_t n, int said,
    struct err *e)
{
	p->how[0] = PROC_GIVEN;
	p->how[1] = PROC_PIPE;
	p->how[2] = PROC_GIVEN;
	p->die_with_us = true;
	p->fd[2] = dup(said);
	if (p->fd[2] == -1)
		return err_sys(e, "memfd");
	p->fd[0] = input(texts, n, e);
	if (p->fd[0] != -1)
		return proc_start(p, e);
	fd_close(&p->fd[2]);
	return -1;
}

int
embed_texts(struct embed *m, const char *const *texts, size_t n,
    embed_fn *fn, void *arg, struct err *e)
{
	struct vec argv = VEC_INIT;
	struct proc p;
	int rc, said = memfd_create("said", MFD_CLOEXEC);

	if (said == -1)
		return err_sys(e, "memfd");
	vec_give(&argv, state_program("agent-gate"));
	vec_push(&argv, "embed");
	vec_push(&argv, "--jsonl");
	vec_push(&argv, "--quiet");
	if (m->offline)
		vec_push(&argv, "--offline");
	if (m->model != NULL)
		vec_pushf(&argv, "--model=%s", m->model);
	proc_init(&p, vec_argv(&argv));
	rc = start(&p, texts, n, said, e);
	if (rc == 0) {
		rc = answers(m, p.fd[1], n, fn, arg, e);
		proc_stop(&p, rc == 0 || e->kind == ERR_PROTOCOL ? 5000 : 0);
		rc = verdict(&p, said, rc, e);
	}
	close(said);
	vec_free(&argv);
	return rc;
}
