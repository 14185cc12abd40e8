/*
 * opt.h - the command line, the same way in every program.
 *
 * GNU habits: --long, --long=value, clustered shorts, "--" ends options.
 * Abbreviations are refused; an unknown option names the nearest one.
 * --help goes to stdout with status 0, a usage error to stderr with 2.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/base.h"
#include "base/err.h"

struct opt {
	const char	*name;		/* long name, no dashes; NULL ends */
	int		 key;		/* letter, or a number above 255 */
	const char	*arg;		/* its name, NULL for no argument */
	const char	*help;		/* one line for --help */
};

struct opt_state {
	const struct opt *table;
	char		**argv;
	int		  argc;
	int		  i;		/* next argument */
	const char	 *cluster;	/* rest of a cluster of short ones */
	const char	 *arg;		/* the option's argument */
};

/* Keys that opt_next never returns but handles itself are none: the table
 * names help and version like every other option. */
#define OPT_END		(-1)		/* the first operand, or the end */
#define OPT_ERROR	(-2)		/* e is filled, ERR_USAGE */

/* argv[0] is skipped. */
void opt_init(struct opt_state *s, const struct opt *table, int argc,
    char **argv);
/* The next option's key with s->arg set, OPT_END or OPT_ERROR.  After
 * OPT_END the operands are argv[s->i..argc). */
int opt_next(struct opt_state *s, struct err *e);
/* Print to stdout: the synopsis, the text, the options as a table, the
 * examples.  Each string may have several lines. */
void opt_help(const char *synopsis, const char *about,
    const struct opt *table, const char *examples);
/* "prog VERSION" and the libraries it uses, to stdout. */
void opt_version(const char *prog, const char *libs);
/*
 * A whole command line, for a program without anything special about its own:
 * what it says of itself, and what to do with its words.
 */
struct opt_program {
	const char	*name, *synopsis, *about, *examples, *libs;
	const struct opt *table;	/* ends with OPT_COMMON */
	/* One option.  0; 1: the program is done; -1 with e filled. */
	int		(*option)(void *arg, int key, const char *value,
			    struct err *e);
	/* One operand; wherever it stands, behind "--" whatever it looks
	 * like. */
	int		(*operand)(void *arg, char *word, struct err *e);
};
#define OPT_VERSION	(1 << 16)	/* a key above those of any table */
#define OPT_COMMON \
	{ "help", 'h', NULL, "this text" }, \
	{ "version", OPT_VERSION, NULL, "version and libraries" }, \
	{ NULL, 0, NULL, NULL }
/* Go through it; --help and --version are answered here, which is 1. */
int opt_parse(const struct opt_program *p, void *arg, int argc, char **argv,
    struct err *e);
/* 1 when the key was that of --help or --version, and is answered. */
int opt_told(const struct opt_program *p, int key);
/* The name in the NULL-terminated list that is nearest to s, when it is
 * near enough to be a slip of the hand; else the first that begins with s;
 * else NULL. */
const char *opt_nearest(const char *s, const char *const *names);

#endif
