/*
 * view.c - a file as a table: which source reads it.
 */
#include "view/view.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void
view_row_free(struct view_row *r)
{
	free(r->v);
	*r = (struct view_row){ .bytes = NULL };
}

struct view_cell *
view_row_add(struct view_row *r)
{
	if (r->n == r->cap) {
		r->cap = r->cap != 0 ? r->cap * 2 : 32;
		r->v = xreallocarray(r->v, r->cap, sizeof(*r->v));
	}
	r->v[r->n] = (struct view_cell){ .kind = KIND_RAW };
	return &r->v[r->n++];
}

static bool
ends(const char *path, const char *with)
{
	size_t n = strlen(path), k = strlen(with);

	return n >= k && strcasecmp(path + n - k, with) == 0;
}

/* By its first bytes, and then by its name. */
static int
choose(struct view *v, int fd, const char *path, const char *table,
    struct err *e)
{
	char head[512];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	size_t i = 0;

	if (n == -1)
		return err_sys(e, "read");
	if (n >= 16 && memcmp(head, "SQLite format 3", 16) == 0)
		return view_sqlite(v, path, table, e);
	if (n >= 4 && memcmp(head, "PAR1", 4) == 0)
		return view_parquet(v, path, e);
	if (n >= 4 && memcmp(head, "PK\3\4", 4) == 0)
		return err_set(e, ERR_DATA, "it is a zip archive, or a "
		    "spreadsheet of that form; take it apart with pyexe");
	if (n >= 2 && memcmp(head, "\x1f\x8b", 2) == 0)
		return err_set(e, ERR_DATA, "it is compressed; unpack it "
		    "with gzip -dk in the shell");
	if (ends(path, ".jsonl") || ends(path, ".ndjson"))
		return view_jsonl(v, fd, path, e);
	if (ends(path, ".json") || ends(path, ".geojson"))
		return view_json(v, fd, table, e);
	while (i < (size_t)n && strchr(" \t\r\n\xef\xbb\xbf", head[i]) !=
	    NULL && head[i] != '\0')
		i++;
	if (i + 1 < (size_t)n && head[i] == '{' && strchr("\"}\n ",
	    head[i + 1]) != NULL)
		return view_jsonl(v, fd, path, e);
	if (i + 1 < (size_t)n && head[i] == '[' && strchr("{[\"\n ",
	    head[i + 1]) != NULL)
		return view_json(v, fd, table, e);
	return view_csv(v, fd, path, e);
}

int
view_open(struct view *v, int fd, const char *path, const char *table,
    struct err *e)
{
	*v = (struct view){ .ops = NULL };
	if (choose(v, fd, path, table, e) == 0)
		return 0;
	view_close(v);
	return -1;
}

void
view_close(struct view *v)
{
	if (v->ops != NULL)
		v->ops->close(v);
	v->ops = NULL;
	vec_free(&v->names);
	vec_free(&v->types);
	buf_free(&v->form);
}
