/*
 * search_files.c - the tool that finds lines in files.
 *
 * In this process, so that it finds the same on every machine.  Output as
 * of grep -n: PATH:LINE: text for matches, PATH-LINE- text around them.
 */
#include "tool/tool.h"

#include "base/utf8.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/walk.h"
#include "tool/match.h"
#include "tool/path.h"
#include "tool/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX	((size_t)32 * 1024 * 1024)
#define SHOWN_MAX	300	/* bytes of a line */
#define RESULTS		100	/* when nothing else is asked */
#define RESULTS_MAX	1000
#define CONTEXT_MAX	20

struct search {
	struct match	 match;
	struct vec	 globs;
	struct buf	 out, file;
	const char	*prefix;	/* path of the directory, "" for "." */
	int64_t		 context, max;
	size_t		 cap_bytes;
	size_t		 matches, matched, files, skipped;
	bool		 full;
	bool		 ignored;	/* something was left out */
};

/* Where the output of one file stands. */
struct place {
	const char	*path;
	char		*done;		/* printed up to here */
	char		*at;		/* line number is known here */
	size_t		 lineno;
	char		*limit;
	bool		 any;
};

static size_t
number(struct place *f, char *p)
{
	for (; f->at < p; f->at++)
		f->lineno += *f->at == '\n';
	return f->lineno;
}

static void
print_line(struct search *s, struct place *f, char *p, char sep)
{
	char *end = memchr(p, '\n', (size_t)(f->limit - p));
	size_t n = (size_t)((end != NULL ? end : f->limit) - p);
	size_t no = number(f, p);

	if (n != 0 && p[n - 1] == '\r')
		n--;
	buf_adds(&s->out, s->prefix);
	utf8_escape(&s->out, f->path, strlen(f->path), UTF8_LINE);
	buf_addf(&s->out, "%c%zu%c ", sep, no, sep);
	text_line(&s->out, p, n, n, SHOWN_MAX);
	buf_addc(&s->out, '\n');
	f->done = end != NULL ? end + 1 : f->limit;
}

/* Lines behind the last match, before stop. */
static void
print_after(struct search *s, struct place *f, char *stop)
{
	for (int64_t i = 0; f->any && i < s->context && f->done < stop; i++)
		print_line(s, f, f->done, '-');
}

static void
print_before(struct search *s, struct place *f, char *p)
{
	char *from = p;

	for (int64_t i = 0; i < s->context && from > f->done; i++) {
		from--;
		while (from > f->done && from[-1] != '\n')
			from--;
	}
	if (s->context != 0 && f->any && from > f->done)
		buf_adds(&s->out, "--\n");
	while (from < p) {
		print_line(s, f, from, '-');
		from = f->done;
	}
}

static void
search_text(struct search *s, const char *path)
{
	struct place f = { .path = path, .done = s->file.data,
	    .at = s->file.data, .lineno = 1,
	    .limit = s->file.data + s->file.len };
	char *p = f.done, *end;

	while ((p = match_next(&s->match, p, f.limit, &end)) != NULL) {
		if ((int64_t)s->matches >= s->max ||
		    s->out.len > s->cap_bytes) {
			s->full = true;
			break;
		}
		print_after(s, &f, p);
		print_before(s, &f, p);
		print_line(s, &f, p, ':');
		s->matches++;
		s->matched += !f.any;
		f.any = true;
		p = end + 1;
	}
	print_after(s, &f, p != NULL ? p : f.limit);
}

static void
search_fd(struct search *s, int fd, const char *path)
{
	struct stat st;
	size_t n;

	buf_reset(&s->file);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return;
	if (st.st_size > (off_t)FILE_MAX ||
	    fd_slurp(fd, &s->file, FILE_MAX) == -1) {
		s->skipped++;
		return;
	}
	n = s->file.len < 8192 ? s->file.len : 8192;
	if (n != 0 && memchr(s->file.data, '\0', n) != NULL) {
		s->skipped++;
		return;
	}
	s->files++;
	buf_grow(&s->file, 1);
	search_text(s, path);
}

static enum walk_next
visit(const struct walk_entry *e, void *arg)
{
	struct search *s = arg;
	int fd;

	if (e->ignored) {
		s->ignored = true;
		return WALK_SKIP;
	}
	if (e->type == DT_DIR)
		return walk_dull(e->name) ? WALK_SKIP : WALK_ON;
	if (e->type != DT_REG || !match_glob(&s->globs, e->path))
		return WALK_ON;
	fd = openat(e->dir, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		s->skipped++;
		return WALK_ON;
	}
	search_fd(s, fd, e->path);
	close(fd);
	return s->full ? WALK_STOP : WALK_ON;
}

static void
answer(const struct search *s, const char *pattern, struct result *r)
{
	if (s->matches == 0) {
		buf_adds(&r->text, "[no match for ");
		utf8_escape(&r->text, pattern, strnlen(pattern, 200),
		    UTF8_LINE);
		buf_addf(&r->text, " in %zu file%s", s->files,
		    s->files == 1 ? "" : "s");
	} else {
		buf_addf(&r->text, "[%zu%s match%s in %zu file%s",
		    s->matches, s->full ? "+" : "", s->matches == 1 ? "" :
		    "es", s->matched, s->matched == 1 ? "" : "s");
	}
	if (s->skipped != 0)
		buf_addf(&r->text, "; %zu binary or very large skipped",
		    s->skipped);
	if (s->ignored && s->matches == 0)
		buf_adds(&r->text, "; ignored ones (.gitignore) only when "
		    "path names them");
	buf_adds(&r->text, "]\n");
	buf_add(&r->text, buf_str(&s->out), s->out.len);
	if (s->full) {
		buf_adds(&r->text, "[stopped here; narrow it by path, glob "
		    "or a longer pattern]\n");
		r->truncated = true;
	}
}

/* A file, or a directory and what is below it. */
static bool
search_path(struct search *s, const struct path *p, struct result *r)
{
	struct buf prefix = BUF_INIT;
	struct stat st;
	int fd = beneath_open(p->root, buf_str(&p->rel), O_RDONLY,
	    BENEATH_LINKS);

	if (fd == -1 || fstat(fd, &st) == -1) {
		result_errno(r, errno, "search", p->shown);
		fd_close(&fd);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		search_fd(s, fd, p->shown);
		close(fd);
		return true;
	}
	if (strcmp(p->shown, ".") != 0) {
		utf8_escape(&prefix, p->shown, strlen(p->shown), UTF8_LINE);
		buf_addc(&prefix, '/');
	}
	s->prefix = buf_str(&prefix);
	walk_tree(p->root, buf_str(&p->rel), fd, visit, s);
	buf_free(&prefix);
	return true;
}

void
tool_search_files(const struct tool_env *env, jv args, struct result *r)
{
	struct search s = { .prefix = "", .max = RESULTS,
	    .cap_bytes = env->cap_bytes };
	struct path p = PATH_INIT;
	struct buf why = BUF_INIT;
	const char *pattern = js_str(args, "pattern");
	const char *glob = js_str(args, "glob");

	js_int(args, "context", 0, 1LL << 53, &s.context);
	js_int(args, "max_results", 1, 1LL << 53, &s.max);
	s.context = s.context < CONTEXT_MAX ? s.context : CONTEXT_MAX;
	s.max = s.max < RESULTS_MAX ? s.max : RESULTS_MAX;
	if (glob != NULL && *glob != '\0')
		match_globs(&s.globs, glob);
	if (pattern == NULL)
		result_error(r, CODE_ARGUMENTS, "pattern: a line cannot "
		    "contain a NUL byte");
	else if (!match_init(&s.match, pattern, js_bool(args, "ignore_case",
	    false), &why))
		result_error(r, CODE_ARGUMENTS, "pattern: %s.\nIt is a POSIX "
		    "extended regular expression; write \\( for a "
		    "parenthesis itself.", buf_str(&why));
	else if (path_of(&p, env, args, "path", r) &&
	    search_path(&s, &p, r))
		answer(&s, pattern, r);
	match_free(&s.match);
	vec_free(&s.globs);
	buf_free(&s.out);
	buf_free(&s.file);
	buf_free(&why);
	path_free(&p);
}
