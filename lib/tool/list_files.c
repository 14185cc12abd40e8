/*
 * list_files.c - the tool that lists a directory, or a tree.
 *
 * One entry a line: directories end in /, links show where they lead,
 * files have their size in bytes.  What one answer cannot hold is counted.
 * A tree is shown without what its ignore files leave out.
 */
#include "tool/tool.h"

#include "base/utf8.h"
#include "sys/beneath.h"
#include "sys/walk.h"
#include "tool/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_MAX	100000	/* entries that are counted at all */

struct listing {
	struct buf	 out;
	size_t		 shown, more, hidden, ignored;
	size_t		 cap_bytes, cap_lines;
	bool		 recursive, all;
};

static void
show(struct listing *l, const struct walk_entry *e, bool closed)
{
	char to[256];
	struct stat st;
	ssize_t n;

	utf8_escape(&l->out, e->path, strlen(e->path), UTF8_LINE);
	if (e->type == DT_DIR) {
		buf_adds(&l->out, closed ? "/ (not entered)" : "/");
	} else if (e->type == DT_LNK) {
		n = readlinkat(e->dir, e->name, to, sizeof(to));
		buf_adds(&l->out, " -> ");
		if (n > 0)
			utf8_escape(&l->out, to, (size_t)n, UTF8_LINE);
	} else if (e->type != DT_REG) {
		buf_adds(&l->out, " (not a file)");
	} else if (fstatat(e->dir, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		buf_addf(&l->out, " %jd", (intmax_t)st.st_size);
	}
	buf_addc(&l->out, '\n');
	l->shown++;
}

static enum walk_next
visit(const struct walk_entry *e, void *arg)
{
	struct listing *l = arg;
	bool dull = l->recursive && e->type == DT_DIR && walk_dull(e->name);

	if (e->name[0] == '.' && !l->all) {
		l->hidden++;
		return WALK_SKIP;
	}
	if (e->ignored && l->recursive && !l->all) {
		l->ignored++;
		return WALK_SKIP;
	}
	if (l->shown < l->cap_lines && l->out.len < l->cap_bytes)
		show(l, e, dull);
	else if (++l->more >= COUNT_MAX)
		return WALK_STOP;
	return l->recursive && !dull ? WALK_ON : WALK_SKIP;
}

static void
answer(const struct listing *l, const struct path *p, struct result *r)
{
	buf_addf(&r->text, "[%s: %zu %s", p->shown, l->shown + l->more,
	    l->shown + l->more == 1 ? "entry" : "entries");
	if (l->hidden != 0)
		buf_addf(&r->text, ", %zu hidden", l->hidden);
	if (l->ignored != 0)
		buf_addf(&r->text, ", %zu ignored by .gitignore or the like",
		    l->ignored);
	buf_adds(&r->text, "]\n");
	buf_add(&r->text, buf_str(&l->out), l->out.len);
	if (l->more != 0) {
		buf_addf(&r->text, "[%zu%s more; list a directory below]\n",
		    l->more, l->more >= COUNT_MAX ? " or" : "");
		r->truncated = true;
	}
}

void
tool_list_files(const struct tool_env *env, jv args, struct result *r)
{
	struct listing l = { .cap_bytes = env->cap_bytes,
	    .cap_lines = env->cap_lines };
	struct path p = PATH_INIT;
	int fd;

	l.recursive = js_bool(args, "recursive", false);
	l.all = js_bool(args, "all", false);
	if (!path_of(&p, env, args, "path", r))
		goto out;
	fd = beneath_open(p.root, buf_str(&p.rel), O_RDONLY | O_DIRECTORY,
	    BENEATH_LINKS);
	if (fd == -1 && errno == ENOTDIR) {
		result_error(r, CODE_NOT_A_DIRECTORY, "%s is not a "
		    "directory.\nread_file reads files.", p.shown);
	} else if (fd == -1) {
		result_errno(r, errno, "list", p.shown);
	} else {
		walk_tree(p.root, buf_str(&p.rel), fd, visit, &l);
		answer(&l, &p, r);
	}
out:
	buf_free(&l.out);
	path_free(&p);
}
