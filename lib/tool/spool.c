/*
 * spool.c - what a program writes while it runs, on its way to a model.
 */
#include "tool/spool.h"

#include "base/mem.h"
#include "core/ids.h"
#include "sys/fd.h"
#include "tool/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define SPILL_MAX	((uint64_t)256 * 1024 * 1024)

/* A new file for the whole output. */
static int
new_artifact(void *arg)
{
	struct spool *s = arg;
	struct tool_env *env = s->env;
	char id[IDS_SIZE], *name;
	int fd = -1;
	bool first = env->artifacts_fd == -1;

	if (tool_env_artifacts(env) == -1)
		return -1;
	if (first)
		vec_free(&env->jail);	/* one more folder to read */
	for (int i = 0; i < 8 && fd == -1; i++) {
		ids_sortable(id);
		name = xasprintf("%s-%s.txt", s->stem, id);
		fd = openat(env->artifacts_fd, name, O_WRONLY | O_CREAT |
		    O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd != -1)
			s->artifact = xasprintf("%s/%s", env->artifacts,
			    name);
		free(name);
		if (errno != EEXIST)
			break;
	}
	return fd;
}

int
spool_file(struct spool *s)
{
	return new_artifact(s);
}

void
spool_begin(struct spool *s, struct tool_env *env, const char *stem)
{
	size_t head = env->cap_bytes / 3;

	*s = (struct spool){ .env = env, .stem = stem };
	pump_keep_init(&s->keep, head, env->cap_bytes - head);
	s->keep.open_spill = new_artifact;
	s->keep.arg = s;
	s->keep.spill_max = SPILL_MAX;
}

void
spool_free(struct spool *s)
{
	if (s->env != NULL)
		pump_keep_free(&s->keep);
	free(s->artifact);
	*s = (struct spool){ .env = NULL };
}

void
spool_add(struct spool *s, const char *p, size_t n)
{
	pump_keep_add(&s->keep, p, n);
}

/* The whole output goes to a file even when it is long in lines only. */
static void
save(struct spool *s, const struct buf *raw)
{
	int fd;

	if (s->artifact != NULL)
		return;
	fd = new_artifact(s);
	if (fd == -1)
		return;
	if (fd_write_all(fd, raw->data, raw->len) == -1) {
		unlink(s->artifact);
		free(s->artifact);
		s->artifact = NULL;
	}
	close(fd);
}

void
spool_text(struct spool *s, struct result *r)
{
	struct buf raw = BUF_INIT;
	bool lost = pump_keep_cut(&s->keep), cut;

	pump_keep_join(&s->keep, &raw);
	output_clean(&r->text, buf_str(&raw), raw.len);
	cut = output_cut(&r->text, s->env->cap_lines,
	    s->env->cap_bytes + s->env->cap_bytes / 4);
	if (cut && !lost)
		save(s, &raw);
	if (r->text.len != 0 && r->text.data[r->text.len - 1] != '\n')
		buf_addc(&r->text, '\n');
	r->truncated = lost || cut;
	r->bytes = s->keep.total;
	if (r->truncated)
		buf_addf(&r->text, "[the output has %llu bytes",
		    (unsigned long long)r->bytes);
	if (r->truncated && s->artifact != NULL && (!lost ||
	    s->keep.spill != -1)) {
		buf_addf(&r->text, "; %s of it: read_file path %s with "
		    "start_line, or search_files", s->keep.total >
		    SPILL_MAX ? "the first 256 MiB" : "all", s->artifact);
		r->artifact = s->artifact;
		s->artifact = NULL;
	}
	if (r->truncated)
		buf_adds(&r->text, "]\n");
	if (s->artifact != NULL)
		unlink(s->artifact);	/* the disk was full */
	buf_free(&raw);
}
