/*
 * trust.h - what of a project may run: files whose content the user has
 * seen and agreed to.
 *
 * A project may come from anywhere, and its tools, skills, MCP servers and
 * settings with it.  They count only after "agent-tool trust" recorded the
 * SHA-256 of each, and only while they stay what they were.  The record is
 * in the state folder of the project, out of reach of all tools.
 */
#ifndef TOOL_TRUST_H
#define TOOL_TRUST_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/tool.h"

#define TRUST_SUM	65		/* hex SHA-256 and NUL */
#define TRUST_FILES	2000		/* looked at */
/* Bytes of each; .env and .mcp.json are read to the limits of who reads
 * them. */
#define TRUST_FILE_MAX	((uint64_t)256 * 1024 * 1024)
#define TRUST_MCP_MAX	((size_t)1024 * 1024)

enum trust_state {
	TRUST_NEW,		/* never seen */
	TRUST_CHANGED,		/* was trusted with another content */
	TRUST_GOOD,
	TRUST_GONE,		/* recorded, and no longer there */
	TRUST_UNSEEN,		/* too large, unreadable, or the first of
				 * those beyond TRUST_FILES: what lies with it
				 * is not known */
};

struct trust_file {
	char		*path;		/* from the workspace; of the skills
					 * above it with "../" */
	char		 sum[TRUST_SUM];	/* "" when gone, unseen, or
						 * not looked at */
	enum trust_state state;
	char		*why;		/* unseen: the reason, in words */
};

struct trust {
	struct trust_file *v;	/* in order of path */
	size_t		 n;
};

/* What to look at, and how. */
enum {
	TRUST_SKILLS = 1,	/* the project's places of skills, and below */
	TRUST_TOOLS = 2,	/* .agents/tools, and below */
	TRUST_SETTINGS = 4,	/* .env and .mcp.json */
	TRUST_ALL = 7,
	/* The sums of all files; else of those in the record, which is what
	 * it takes to know what is trusted: a project that nobody trusts may
	 * be full of large files. */
	TRUST_SUMS = 8,
};

/*
 * Look at these files of the project that need trust; of what is recorded, but
 * not looked at, it says that it is gone.
 * 0, or -1 with e filled (ERR_DATA: the record is damaged).
 */
int trust_read(struct trust *t, const struct tool_env *env, unsigned what,
    struct err *e);
void trust_free(struct trust *t);
/* The file at that path from the workspace, or NULL. */
const struct trust_file *trust_find(const struct trust *t, const char *path);
/*
 * Trust (or no longer trust) all files of which a path of paths is the
 * name or a folder; NULL for all.  *n is their number.  0, or -1 with e
 * filled.
 */
int trust_change(const struct trust *t, const struct tool_env *env,
    char *const *paths, size_t npaths, bool good, size_t *n, struct err *e);
/* True when the file is one of the paths, or below one of them; of no paths
 * each is. */
bool trust_meant(const char *file, char *const *paths, size_t n);
/* Why the file, which is not trusted, does not count. */
const char *trust_why(const struct trust_file *f);
/* "new", "changed", "trusted", "gone", "unseen". */
const char *trust_state_name(enum trust_state s);

#endif
