/*
 * prompt.h - prompt files: Markdown with places for arguments.
 *
 * $1 ... $9, $@ and $ARGUMENTS, ${@:N} and ${@:N:L} stand for arguments; $$
 * for a dollar sign, anything else for itself.  !{command} and !`command`
 * stand for what the command writes; whether it may run is for include.c.
 * Importing from other tools: {{input}}, $input and __INPUT__ stand
 * for all arguments, too.
 */
#ifndef CHAT_PROMPT_H
#define CHAT_PROMPT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

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
/*
 * Read the prompt of that name: of the workspace's .agents/prompts, the
 * user's, ours, the workspace's .claude/commands; or a file, when the name
 * has a slash.  Its body is appended to b.  ERR_NOINPUT when there is none,
 * naming the nearest.  *used is the path of the file, or NULL; caller frees.
 */
int prompt_read(struct buf *b, const char *workspace, const char *name,
    char **used, struct err *e);
/* The names of those prompts, but for our own that are no prompts of a user,
 * pushed to names. */
void prompt_names(struct vec *names, const char *workspace);
/*
 * The path of the system prompt for models of a kind, as their profile calls
 * it (NULL, or a word that is none: the general one): system-KIND.md or
 * system.md, the user's before ours.  Caller frees.
 */
char *prompt_system(const char *kind);

#endif
