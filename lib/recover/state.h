/*
 * state.h - the inside of struct recover, for the files of this layer that
 * drive the decoders.
 *
 * recover.c walks the text, drive.c asks the decoders, out.c keeps what
 * came of it.
 */
#ifndef RECOVER_STATE_H
#define RECOVER_STATE_H

#include "recover/decode.h"
#include "recover/recover.h"

enum mode {
	MODE_TEXT,
	MODE_THINK,		/* reasoning, up to one of closers */
	MODE_FENCE,		/* code, up to the closing fence */
	MODE_JSON,		/* data, up to its last bracket */
};

#define RULES_MAX	200

struct rule {
	const struct format	*fmt;
	const struct dec_trigger *trigger;
	size_t			 n;
	short			 next;		/* of this first byte, or -1 */
};

struct recover {
	struct names		 names;
	bool			 repair, promote;
	recover_fn		*fn;
	void			*arg;
	struct buf		 text;		/* all of it */
	size_t			 pos;		/* decided as far as this */
	bool			 final, cut;
	enum mode		 mode;
	/* where pos is */
	bool			 line;		/* only blanks before it */
	bool			 begin;		/* that was not looked at yet */
	bool			 fresh, first;	/* as in struct dec */
	bool			 quoted;	/* in a line of comment */
	bool			 gap;		/* the line before was blank */
	size_t			 indent;	/* of the line, bytes */
	size_t			 tick;		/* marks of open inline code */
	bool			 harmony, recast;
	/* modes */
	const char *const	*closers;
	size_t			 think_at;	/* offset where it began */
	bool			 think_first;	/* nothing of it seen yet */
	bool			 think_again;	/* but a second opening */
	char			 mark;		/* of the fence */
	size_t			 run;
	size_t			 depth;		/* of the JSON */
	bool			 in_string, escaped, newline;
	/* work done, which bounds work to come */
	uint64_t		 spent, tried;
	/* what came of it */
	struct buf		 gap0, gap1;	/* blanks not told: before the
						 * last call, after it */
	bool			 called;	/* a call since the last text */
	struct buf		 think_gap;
	bool			 block;		/* one came before any text */
	struct recover_result	 res;
	/* the active triggers by their first byte, in the table's order */
	struct rule		 rules[RULES_MAX];
	size_t			 nrules;
	short			 head[256], tail[256];
	unsigned char		 stop[256];	/* bytes where text may end */
};

enum drive {
	DRIVE_NO,		/* nothing begins here */
	DRIVE_HOLD,		/* wait for more */
	DRIVE_DONE,		/* pos has moved */
};

/* drive.c: ask the formats about pos. */
enum drive drive_at(struct recover *r);

/* recover.c: n bytes from pos are text, or are skipped. */
void recover_emit(struct recover *r, size_t n);
void recover_skip(struct recover *r, size_t n);
/* Reasoning begins at pos. */
void recover_think(struct recover *r, const char *const *closers);

/* out.c */
void out_text(struct recover *r, const char *p, size_t n);
void out_think(struct recover *r, const char *p, size_t n);
void out_think_end(struct recover *r);
void out_call(struct recover *r, const struct dec *d,
    struct dec_item *it);
void out_cut(struct recover *r, const struct dec *d, const char *name,
    const char *args, size_t n);
void out_recast(struct recover *r);
void out_note(struct recover *r, const char *format, const char *what,
    size_t at, size_t len, const char *detail);
void out_calls_free(struct recover_call *v, size_t n);

#endif
