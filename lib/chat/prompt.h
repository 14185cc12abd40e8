/*
 * prompt.h - prompt files: Markdown with places for arguments.
 *
 * $1 ... $9, ${N} and ${N:-DEFAULT}, $@ and $ARGUMENTS, ${@:N} and ${@:N:L}
 * stand for arguments; $$ for a dollar sign, anything else for itself.
 * !{command} and !`command` stand for what the command writes, whether it may
 * run is for include.c; !!{ and !!` for the same with one sign and no command.
 * Importing from other tools: {{input}}, $input and __INPUT__ stand
 * for all arguments, too.
 */
#ifndef CHAT_PROMPT_H
#define CHAT_PROMPT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "json/js.h"

/* Put the arguments into the text, appended to b; true when any of them had
 * a place there.  Pure. */
bool prompt_fill(struct buf *b, const char *p, size_t n,
    const struct vec *args);

/* Runs a command of a prompt file; what is to stand in its place is appended
 * to out. */
struct prompt_runner {
	int	(*run)(void *arg, const char *command, struct buf *out);
	void	*arg;
};
/* The same with the commands run (r NULL: left as they are); arguments in
 * them are quoted for the shell. */
bool prompt_expand(struct buf *b, const char *p, size_t n,
    const struct vec *args, const struct prompt_runner *r);
/* The commands of the text as they stand there, pushed to found. */
void prompt_commands(const char *p, size_t n, struct vec *found);

/* ---- prompt_file.c: the files ---- */

/* Where a prompt file lies, which tells who may have written it. */
enum prompt_where {
	PROMPT_PROJECT,		/* .agents/prompts of the workspace */
	PROMPT_USER,		/* the user's folder */
	PROMPT_OURS,		/* came with the toolkit */
	PROMPT_CLAUDE,		/* .claude/commands of the workspace: the keys
				 * of its head are another program's */
	PROMPT_FILE,		/* a path that was given */
};

struct prompt {
	enum prompt_where where;
	char		*path;
	struct buf	 text;		/* its body */
	jv		 head;		/* an object of strings */
};

/*
 * Read the prompt of that name from the first of those folders that has one; or
 * a file, when the name has a slash.  0, or -1 with e filled: ERR_NOINPUT when
 * there is none, naming the nearest.  Either way prompt_close() frees it.
 */
int prompt_open(struct prompt *p, const char *workspace, const char *name,
    struct err *e);
void prompt_close(struct prompt *p);
/* The value of a head that is no text for people, without a remark behind it;
 * NULL when there is none.  Caller frees. */
char *prompt_word(jv head, const char *key);
/* The names of those prompts, but for our own that are no prompts of a user,
 * sorted, pushed to names. */
void prompt_names(struct vec *names, const char *workspace);
/*
 * The same as an array (owned) of what a person chooses by: name,
 * where (project, user, toolkit, claude), path, and where there is any
 * description, argument_hint, model and tools.  A prompt without a description
 * has begins, its first words.
 */
jv prompt_list(const char *workspace);
/* The user's folder; caller frees, NULL where there is no home. */
char *prompt_user_dir(void);
/* Whether the name is kept for our own texts: a prompt of the user's with that
 * name would take the place of one. */
bool prompt_reserved(const char *name);
/*
 * The path of the system prompt for models of a kind, as their profile calls
 * it (NULL, or a word that is none: the general one): system-KIND.md or
 * system.md, the user's before ours.  Caller frees.
 */
char *prompt_system(const char *kind);

#endif
