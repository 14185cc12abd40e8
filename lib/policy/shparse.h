/*
 * shparse.h - a command line of POSIX sh or bash as the simple commands that
 * it may run, so that rules can judge them.
 *
 * All that can run counts, whether it is reached or not: both sides of ||,
 * bodies of loops and functions, substitutions, here-documents that a shell
 * reads, and what wrappers (sudo, env, xargs, find -exec, sh -c ...) start.
 * Words are coded (word.h); what only the shell will know stands there as
 * unknown.  A parse never fails: what cannot be read is left out and said.
 * Depth, number and work are bounded.  Pure: nothing is run or looked at.
 */
#ifndef POLICY_SHPARSE_H
#define POLICY_SHPARSE_H

#include "base/base.h"

struct sh_word {
	char	*code;
	bool	 sure;		/* it was written so, nothing was expanded */
	bool	 file;		/* <(...): the output of from..to as a file */
	size_t	 from, to;	/* commands run to make it */
};

struct sh_redir {
	char		 op;	/* < > or + (append), & both ways, h s: here */
	struct sh_word	 word;
};

enum sh_flag {
	SH_CLEAR	= 1,	/* only starts another command of the list */
	SH_OPAQUE	= 2,	/* runs more than its name says, see why */
	SH_CODE_STDIN	= 4,	/* its program comes from standard input */
	SH_CODE_ARG	= 8,	/* its program is what a command prints */
	SH_REMOTE	= 16,	/* on another machine */
	SH_PIPED	= 32,	/* part of a pipeline */
	SH_BACKGROUND	= 64,
	SH_SHELL	= 128,	/* its program, if any, is for a shell */
};

struct sh_cmd {
	struct sh_word	*argv;		/* argv[0] is its name, if n > 0 */
	size_t		 n;
	struct sh_word	*assign;	/* NAME=value before it */
	size_t		 nassign;
	struct sh_redir	*redir;
	size_t		 nredir;
	unsigned	 flags;
	const char	*why;		/* static, of SH_OPAQUE */
	char		*cwd;		/* coded, NULL unknown */
};

/* What from0..from1 write, to0..to1 read. */
struct sh_feed {
	size_t	from0, from1, to0, to1;
};

struct sh {
	struct sh_cmd	*cmd;
	size_t		 n, cap;
	struct sh_feed	*feed;
	size_t		 nfeed, feedcap;
	bool		 bomb;		/* a function that breeds itself */
	bool		 malformed;	/* a part could not be read */
	bool		 complex;	/* too much; the rest is missing */
};

/* Folders as absolute paths; NULL when they are not known. */
struct sh *sh_parse(const char *text, size_t n, const char *home,
    const char *cwd);
void sh_free(struct sh *sh);
/* The last component of the name of command c, as text the caller frees; ""
 * when there is none. */
char *sh_name(const struct sh_cmd *c);
/* Append what c prints when that is known: echo and printf of fixed words. */
bool sh_output(const struct sh_cmd *c, char **text);

#endif
