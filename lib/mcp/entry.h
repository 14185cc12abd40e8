/*
 * entry.h - which MCP servers there are, as the files of many clients say it:
 * an object mcpServers (or servers) with an entry for each.
 *
 * Files that were named for this run count, then the project's .mcp.json,
 * once it is trusted, and the user's mcp.json.  A name that several have is
 * the first one's.  ${VAR} and ${VAR:-default} are replaced in command, args,
 * env, cwd, url and headers, once; a variable that is not set makes the
 * server unusable, and says so.
 */
#ifndef MCP_ENTRY_H
#define MCP_ENTRY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "json/js.h"

#define ENTRY_FILE_MAX	((size_t)1024 * 1024)
#define ENTRY_MAX	64

enum entry_protocol { ENTRY_AUTO, ENTRY_LEGACY, ENTRY_MODERN };

struct entry {
	char		*name;
	const char	*from;		/* "extra", "project", "user" */
	bool		 literal;	/* ${VAR} is just text */
	bool		 disabled;
	char		*fault;		/* why it cannot be used, or NULL */
	bool		 http;
	struct vec	 argv;		/* of a program */
	struct vec	 env;		/* NAME=value */
	char		*cwd;		/* or NULL: the workspace */
	char		*url;		/* of a service */
	bool		 old_http;	/* ... that speaks HTTP+SSE */
	bool		 may_be_old;	/* ... or may, when it refuses POST */
	struct vec	 headers;	/* Name: value */
	struct vec	 headers_cmd;	/* a command that prints more of them */
	int64_t		 timeout_ms;	/* of a call */
	int64_t		 startup_ms;	/* until it answers at all */
	enum entry_protocol protocol;
	struct vec	 include, exclude;	/* names of tools */
	bool		 trust;		/* what it says of its tools counts */
	bool		 roots;		/* it is told of the workspace */
	char		*sandbox;	/* profile of agent-jail, or NULL */
	char		 sum[65];	/* of the entry as it stands */
};

struct entries {
	struct entry **v;		/* in order of name */
	size_t		 n;
	struct vec	 notes;		/* what was passed over */
};

/* Where to look. */
struct entry_files {
	const char	*project;	/* path, or NULL: none that counts */
	const char	*sum;		/* SHA-256 that it must have, or NULL */
	const char	*user;		/* path, or NULL */
	const char	*extra;		/* paths, with ':' between; or NULL */
	const char	*workspace;	/* where those may not be */
};

/* Read the files that are there; -1 with e filled when one is malformed. */
int entries_read(struct entries *c, const struct entry_files *files,
    struct err *e);
void entries_free(struct entries *c);
struct entry *entries_find(const struct entries *c, const char *name);
/* Add the servers of a file's text; the pure part. */
int entries_text(struct entries *c, const char *p, size_t n, const char *file,
    const char *from, struct err *e);
/* Append s with its variables replaced; -1 with e naming the one that is
 * not set, or what is not closed. */
int entry_expand(struct buf *out, const char *s, struct err *e);
/* A name that a server may have. */
bool entry_name(const char *name);

#endif
