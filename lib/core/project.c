/*
 * project.c - the settings that a project brings along: its file .env.
 *
 * What is judged by its hash and what is parsed are the same bytes, read
 * once.
 */
#include "core/project.h"

#include "base/buf.h"
#include "base/dotenv.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "json/js.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_MAX	((size_t)4 * 1024 * 1024)

/* The file, if it is one; of a larger one the lines that fit, and *whole is
 * false. */
static bool
slurp(int root, struct buf *b, bool *whole)
{
	int fd = openat(root, ".env", O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	struct stat st;
	bool good = fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	*whole = true;
	if (good && fd_slurp(fd, b, PROJECT_ENV_MAX) == -1) {
		*whole = false;
		good = errno == EFBIG;
		while (b->len > 0 && b->data[b->len - 1] != '\n')
			b->len--;
		buf_cut(b, b->len);
	}
	fd_close(&fd);
	return good;
}

static enum project_state
judge(const char *workspace, const struct buf *text, bool whole)
{
	struct err ignored = ERR_INIT;
	char *dir = state_project(workspace, &ignored);
	char *path = dir != NULL ? xasprintf("%s/trust.json", dir) : NULL;
	enum project_state state = PROJECT_NEW;
	struct buf b = BUF_INIT;
	jv record = js_none(), files;
	const char *was;
	char sum[65];

	if (path != NULL && file_read(path, &b, RECORD_MAX, &ignored) == 0)
		record = js_parse(buf_str(&b), b.len, &ignored);
	files = js_get(record, "files");
	was = js_str(files, ".env");
	if (was != NULL) {
		ids_sha256(sum, buf_str(text), text->len);
		state = whole && strcmp(was, sum) == 0 ? PROJECT_TRUSTED :
		    PROJECT_CHANGED;
	}
	js_free(files);
	js_free(record);
	buf_free(&b);
	free(path);
	free(dir);
	return state;
}

/* Of a file that does not count: which of our variables it would set. */
static void
names(struct vec *pairs)
{
	static const char *const ours[] = { "AGENT_", "GEMINI_" };
	struct vec kept = VEC_INIT;

	for (size_t i = 0; i < pairs->n; i++)
		for (size_t k = 0; k < BASE_NITEMS(ours); k++)
			if (strncmp(pairs->v[i], ours[k],
			    strlen(ours[k])) == 0)
				vec_pushf(&kept, "%.*s", (int)strcspn(
				    pairs->v[i], "="), pairs->v[i]);
	vec_free(pairs);
	*pairs = kept;
}

int
project_env(const char *dir, struct vec *pairs, enum project_state *state,
    struct err *e)
{
	struct err why = ERR_INIT;
	struct buf text = BUF_INIT;
	int root = -1, rc = 0;
	bool whole;
	char *workspace = state_workspace(dir, &root, &why);

	*state = PROJECT_NONE;
	if (workspace != NULL && slurp(root, &text, &whole)) {
		*state = judge(workspace, &text, whole);
		if (dotenv_parse(buf_str(&text), text.len, pairs,
		    &why) == -1 && *state == PROJECT_TRUSTED)
			rc = err_set(e, ERR_CONFIG, "%.200s/.env: %s",
			    workspace, why.msg);
		if (*state != PROJECT_TRUSTED)
			names(pairs);
	}
	fd_close(&root);
	free(workspace);
	buf_free(&text);
	return rc;
}

size_t
project_root(const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0) {
		char *path = xasprintf("%.*s/.git", (int)n, dir);
		bool there = access(path, F_OK) == 0;

		free(path);
		if (there)
			return n;
		while (n > 0 && dir[n - 1] != '/')
			n--;
		if (n > 0)
			n--;
	}
	return strlen(dir);
}
