/*
 * slash.h - what a person may type at the prompt that is not for the model.
 */
#ifndef CHAT_SLASH_H
#define CHAT_SLASH_H

#include "base/base.h"

struct chat;

/* The commands, "/help" and so on, for completion; ends with NULL. */
const char *const *slash_names(void);
/*
 * Do what the line says when it is a command: a slash and a word of letters (a
 * path such as /etc/hosts is none), or "!" or "!!" and a command for the shell.
 * False when it is a prompt.
 */
bool slash_command(struct chat *c, const char *line);

/* ---- between the files of the commands ---- */

struct buf;
struct vec;

/* Show text: escaped, and through the user's pager where it is longer than
 * the screen. */
void slash_show(struct chat *c, const struct buf *b);
/* look.c: the commands of these names. */
void slash_last(struct chat *c, const char *arg);
void slash_file(struct chat *c, const char *arg);
void slash_skill(struct chat *c, const char *arg);
void slash_edit(struct chat *c, const char *arg);
/* The prompt file of that name, filled with the words of arg, as a prompt;
 * false when there is none. */
bool slash_prompt(struct chat *c, const char *name, const char *arg);
/* slash_run.c: the words of s, as a shell would have them with quotation marks
 * and backslashes, pushed to v. */
void slash_words(struct vec *v, const char *s);
/* slash_run.c: those that start another program. */
void slash_skills(struct chat *c, const char *arg);
void slash_plan(struct chat *c, const char *arg);
void slash_mem(struct chat *c, const char *arg);
/* slash_shell.c: run it, with the terminal as it is, and wait; its exit status.
 * What is wrong with starting it is said, and 0 returned. */
int slash_wait(struct chat *c, struct vec *argv);
/* A command for the user's own shell, whose output goes with
 * the next prompt; or does not; and to leave out what would go with it. */
void slash_shell(struct chat *c, const char *command);
void slash_private(struct chat *c, const char *command);
void slash_drop(struct chat *c, const char *arg);

#endif
