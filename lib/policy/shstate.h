/*
 * shstate.h - what the parts of the parser of command lines share.
 *
 * src is a text that is being read, ctx what has been found so far.  Every
 * function moves src on, or leaves it where its caller handles it, so the
 * work is bounded by the texts; ctx bounds their sum and their nesting.
 */
#ifndef POLICY_SHSTATE_H
#define POLICY_SHSTATE_H

#include "base/base.h"
#include "base/buf.h"
#include "policy/shparse.h"
#include "policy/word.h"

#define SH_COMMANDS_MAX	2000
#define SH_DEPTH_MAX	40
#define SH_WORK_MAX	((size_t)4 * 1024 * 1024)
#define SH_VARS_MAX	200
#define SH_HERE_MAX	16

struct sh_var {
	char	*name, *value;	/* value is plain, NULL: not known */
};

struct sh_words {
	struct sh_word	*v;
	size_t		 n, cap;
};

struct sh_ctx {
	struct sh	*sh;
	const char	*home;		/* plain, or NULL */
	char		*cwd;		/* coded, or NULL */
	struct sh_var	 var[SH_VARS_MAX];
	size_t		 nvar;
	const struct sh_words *pos;	/* $0 $1 ..., or NULL */
	char		*piped;		/* what stdin is, if known */
	struct vec	 functions;
	size_t		 work;
	int		 depth;
};

struct sh_here {
	char	*end;
	bool	 quoted, strip;
	size_t	 from, to;	/* commands that read it */
};

struct sh_src {
	struct sh_ctx	*ctx;
	const char	*p;
	size_t		 n, i;
	struct sh_here	 here[SH_HERE_MAX];
	size_t		 nhere;
};

/* A word as it is read. */
struct sh_lex {
	struct sh_ctx	*c;
	struct buf	 code;
	bool		 some;		/* there is a word, if only "" */
	bool		 sure, file;
	bool		 one;		/* no splitting: an assignment */
	size_t		 from, to;
	struct sh_words	*out;
};

/* shparse.c: all commands up to a closer, which stays; a whole text. */
void sh_list(struct sh_src *s);
void sh_text(struct sh_ctx *c, const char *p, size_t n);
bool sh_deeper(struct sh_ctx *c);
void sh_space(struct sh_src *s);
/* The raw word at the front, as far as it could be a reserved one. */
bool sh_at_word(const struct sh_src *s, const char *word);

static inline int
sh_peek(const struct sh_src *s, size_t ahead)
{
	return s->i + ahead < s->n ? (unsigned char)s->p[s->i + ahead] : -1;
}

/* shword.c: one word, or several when it expands; pushed to out. */
void sh_words_of(struct sh_src *s, struct sh_words *out, bool one);
void sh_words_push(struct sh_words *w, const char *code, bool sure);
void sh_words_free(struct sh_words *w);
/* The inside of double quotes, up to the end of the text or a quote. */
void sh_quoted(struct sh_src *s, struct sh_lex *l, bool to_end);
void sh_arith(struct sh_src *s, struct sh_lex *l);
void sh_lex_begin(struct sh_src *s, struct sh_lex *l, struct sh_words *out);

/* shexpand.c: what a dollar sign begins. */
void sh_dollar(struct sh_src *s, struct sh_lex *l, bool quoted);
void sh_backtick(struct sh_src *s, struct sh_lex *l, bool quoted);
void sh_lex_value(struct sh_lex *l, const char *plain, bool quoted);
void sh_lex_unknown(struct sh_lex *l);
const char *sh_var_get(struct sh_ctx *c, const char *name, size_t n,
    bool *known);
void sh_var_set(struct sh_ctx *c, const char *name, size_t n,
    const char *value);

/* shsimple.c: a simple command; redirections behind a compound one. */
void sh_simple(struct sh_src *s);
void sh_redirs(struct sh_src *s, size_t from);
void sh_here_docs(struct sh_src *s);

/* shcmd.c: keep a command and look into it. */
size_t sh_add(struct sh_ctx *c, const struct sh_words *argv);
void sh_feed(struct sh_ctx *c, size_t from0, size_t from1, size_t to0,
    size_t to1);
void sh_opaque(struct sh_cmd *c, const char *why);
/* Look into command i: wrappers, code; follows cd. */
void sh_look(struct sh_ctx *c, size_t i);
/* Words argv[from..] of command i as a command, or joined as a text. */
void sh_start(struct sh_ctx *c, size_t i, size_t from);
void sh_start_text(struct sh_ctx *c, size_t i, size_t from, size_t to);
bool sh_is_shell(const char *name);

/* shlook.c: commands with a way of their own to run others. */
bool sh_look_own(struct sh_ctx *c, size_t i, const char *name);
/* shopaque.c: options and words that run what cannot be seen. */
void sh_look_opaque(struct sh_ctx *c, size_t i, const char *name);
/* True when programs run or load what the variable of NAME=value says. */
bool sh_loads(const char *code);

#endif
