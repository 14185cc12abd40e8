/*
 * decode.h - what every decoder of a format is given and gives back.
 *
 * A decoder looks at bytes that begin with one of its format's triggers and
 * says whether a block of that format stands there, how long it is and what
 * it holds.  It is pure, and its answer about bytes stays true when more
 * bytes follow: where it would depend on them it says DEC_MORE.  That, and
 * nothing else, makes streaming equal to the whole.
 */
#ifndef RECOVER_DECODE_H
#define RECOVER_DECODE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "recover/jsonfix.h"
#include "recover/names.h"

/* More calls than that are no answer but an attack. */
#define DEC_CALLS_MAX	1000

enum dec_status {
	DEC_NO,		/* no block of the format: the trigger is text */
	DEC_MORE,	/* cannot tell yet; at the end: cut off */
	DEC_OK,		/* a block of d->i bytes */
	DEC_TEXT,	/* d->i bytes are text, whatever stands in them */
};

/* Where a trigger counts. */
enum dec_where {
	DEC_ANY = 1,		/* anywhere outside of code */
	DEC_LINE = 2,		/* at the start of a line */
	DEC_FRESH = 4,		/* at the start, or after a block */
};

enum dec_flags {
	DEC_BARE = 1,		/* no marker: everything must fit */
	DEC_ASKED = 2,		/* only when asked for by name */
	DEC_REASON = 4,		/* reasoning: whatever format is asked for */
	DEC_KEYNAME = 8,	/* {"NAME": {arguments}} */
};

struct dec_trigger {
	const char	*s;
	unsigned	 where;
};

struct dec;

struct format {
	const char		*name, *models, *about;
	enum dec_status		(*decode)(struct dec *d);
	const void		*arg;	/* the decoder's own */
	unsigned		 flags;
	struct dec_trigger	 trigger[8];
};

enum dec_kind {
	DEC_CALL,
	DEC_SAID,		/* text between calls */
	DEC_THOUGHT,		/* a whole block of reasoning */
	DEC_THINK,		/* reasoning begins, until one of closers */
	DEC_RECAST,		/* what came before was reasoning */
};

struct dec_item {
	enum dec_kind		 kind;
	const struct names_tool	*tool;
	struct buf		 text;	/* arguments, text, reasoning */
	char			*id;
	const char *const	*closers;
};

struct dec {
	/* given */
	const char		*p;	/* the trigger is at p */
	size_t			 n;
	size_t			 skip;	/* length of the trigger */
	bool			 final;	/* nothing follows the n bytes */
	bool			 cut;	/* and the limit of tokens ended it */
	bool			 repair;
	bool			 line;	/* at the start of a line */
	bool			 fresh;	/* nothing but blocks before */
	bool			 first;	/* nothing at all before */
	bool			 recast;	/* DEC_RECAST is possible */
	bool			 harmony;	/* in a harmony message */
	const struct names	*names;
	const struct format	*fmt;
	/* taken */
	size_t			 i;	/* how far it was read */
	size_t			 far;	/* how far it was looked at */
	struct dec_item		*items;
	size_t			 nitems, ncalls;
	const struct names_tool	*tool;	/* of the call being read */
	bool			 begun;	/* surely a call, offered or not */
	bool			 refused;
	unsigned		 fixes;
	bool			 tags;	/* closing tags were missing */
	struct buf		 why;	/* why refused */
	struct buf		 renamed;	/* which names were mended */
	size_t			 args_at;	/* of the call being read */
};

/* ---- reading: all look at d->i ---- */

/* Skip blanks (with newlines); the character there, '\0' at the end. */
char dec_peek(struct dec *d);
/* At the end of everything, blanks aside. */
bool dec_at_end(struct dec *d);
/* DEC_OK and past it when s stands there; DEC_MORE when it still may. */
enum dec_status dec_lit(struct dec *d, const char *s);
/* The first of a NULL-terminated list that stands there. */
enum dec_status dec_any(struct dec *d, const char *const *list);
/* Offset of s at or after from: DEC_OK, or DEC_MORE when it is not there. */
enum dec_status dec_find(struct dec *d, const char *s, size_t from,
    size_t *at);
/* A token of words between bars, as DeepSeek writes them: bars full-width or
 * ASCII, blanks of the pattern as U+2581, "_" or blank. */
enum dec_status dec_token(struct dec *d, const char *pattern);
/* Such a token behind blanks; DEC_NO leaves d->i alone. */
enum dec_status dec_mark(struct dec *d, const char *pattern);
/* DEC_MORE at the end of everything, where something should follow. */
enum dec_status dec_missing(struct dec *d);
/* The rest of the line without blanks and quotes, and past it. */
enum dec_status dec_line(struct dec *d, const char **p, size_t *n);
/* A run of letters, digits and "_.-:/" goes to [*p, *p + *n). */
enum dec_status dec_name(struct dec *d, const char **p, size_t *n);
/* A JSON value; d->fixes collects the repairs. */
enum dec_status dec_json(struct dec *d, struct jsonfix *j,
    const char *const *stops);
/* The end of the message: blanks and marks that end one aside. */
enum dec_status dec_tail(struct dec *d);

/* ---- giving ---- */

/* Note why the block is text; the first reason stays. */
void dec_refuse(struct dec *d, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Set d->tool to the tool of that name; false, and refused, when none. */
bool dec_tool(struct dec *d, const char *p, size_t n);
/* A call of d->tool with sound JSON arguments; refuses what is no object or,
 * without a marker, does not fit the schema.  id may be NULL. */
void dec_call(struct dec *d, const char *args, size_t n, const char *id,
    size_t id_len);
/* An object at d->i: the arguments of d->tool, as shape_args(). */
enum dec_status dec_object(struct dec *d, const char *const *stops);
/* Another item; for DEC_SAID and the like p is its text. */
struct dec_item *dec_item(struct dec *d, enum dec_kind kind, const char *p,
    size_t n);
/* The block ends at d->i: DEC_OK, or DEC_TEXT when it was refused. */
enum dec_status dec_done(struct dec *d);
/* The end of the message, or one of the words that follow a call when the
 * model goes on to invent its result, which is left out. */
enum dec_status dec_end_or(struct dec *d, const char *const *results);
/* Forget the items; the caller frees what is left by it too. */
void dec_reset(struct dec *d);
void dec_free(struct dec *d);

/* ---- shapes: JSON that holds calls (shape.c) ---- */

/* Calls out of sound JSON: an object or an array of them. */
void shape_calls(struct dec *d, const char *p, size_t n);
/* The arguments of d->tool alone. */
void shape_args(struct dec *d, const char *p, size_t n, const char *id,
    size_t id_len);
/* A Python call or a list of them at d->i; with many, several on lines. */
enum dec_status shape_python(struct dec *d, bool many);
/* Calls of any notation, until a closer of the list or what may follow. */
enum dec_status shape_body(struct dec *d, const char *const *closers,
    unsigned how);
enum shape_how {
	SHAPE_PYTHON = 1,	/* Python calls are possible */
	SHAPE_OPEN = 2,		/* there need not be a closer */
};

/* ---- values without quotes, typed by the schema (typed.c) ---- */

/* Append the text as the JSON value that parameter key of t wants. */
void typed_value(struct buf *out, const struct names_tool *t,
    const char *key, size_t nkey, const char *p, size_t n);
/* The same for a schema. */
void typed_schema(struct buf *out, jv schema, const char *p, size_t n);

/* Arguments that come one by one; a later one of a name replaces it. */
struct dec_args {
	struct vec	keys, values;	/* values are JSON */
};
void dec_args_set(struct dec_args *a, const char *key, size_t n,
    const struct buf *json);
bool dec_args_has(const struct dec_args *a, const char *key, size_t n);
/* The call of d->tool with them; frees them. */
void dec_args_call(struct dec *d, struct dec_args *a);

/* Append a member; the object's brackets are the caller's. */
void dec_member(struct buf *obj, const char *key, size_t n);

extern const struct format *const format_table[];

/* ---- decoders ---- */
enum dec_status	fmt_wrap(struct dec *d);
enum dec_status	fmt_bare(struct dec *d);
enum dec_status	fmt_pythonic(struct dec *d);
enum dec_status	fmt_fence(struct dec *d);
enum dec_status	fmt_xml(struct dec *d);
enum dec_status	fmt_elements(struct dec *d);
enum dec_status	fmt_deepseek(struct dec *d);
enum dec_status	fmt_kimi(struct dec *d);
enum dec_status	fmt_mistral(struct dec *d);
enum dec_status	fmt_gemma(struct dec *d);
enum dec_status	fmt_harmony(struct dec *d);
enum dec_status	fmt_react(struct dec *d);
enum dec_status	fmt_qwen_agent(struct dec *d);
enum dec_status	fmt_functionary(struct dec *d);
enum dec_status	fmt_think(struct dec *d);
enum dec_status	fmt_orphan(struct dec *d);
enum dec_status	fmt_noise(struct dec *d);
enum dec_status	fmt_comment(struct dec *d);

/* Closers of reasoning whose opening was in the prompt. */
extern const char *const think_closers[];

#endif
