/*
 * context.h - how much of the model's window the talk takes.
 *
 * Arithmetic on estimates, corrected by what the server counts.  The window
 * is the one that the server loaded, as agent-gate was told by it, or what
 * was learned from its complaints.  What to do about a talk that is too
 * long is room.c's.
 */
#ifndef CHAT_CONTEXT_H
#define CHAT_CONTEXT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/compact.h"
#include "json/js.h"

#define CONTEXT_ASSUMED	8192	/* tokens; with less no work is done */

enum context_mode {
	CONTEXT_AUTO,		/* by rules, then a summary of the model */
	CONTEXT_RULES,		/* by rules only */
	CONTEXT_OFF,		/* the talk is sent as it is */
};

struct context {
	struct compact	 talk;
	enum context_mode mode;
	int64_t		 window;	/* tokens; 0: not known */
	int64_t		 window_max;	/* that the model could have; 0 */
	const char	*source;	/* who says so: "server", ... */
	bool		 silent;	/* asked, no server answered */
	bool		 offline;	/* there is none, nor a window */
	int64_t		 max_tokens;	/* of an answer, as set; 0 */
	double		 tools;		/* raw tokens of the schemas */
	size_t		 ntools;
	double		 factor;	/* real tokens for a raw one */
	bool		 counted;	/* the server counted a request */
	int64_t		 last_in;	/* tokens of the last one, 0: the talk
					 * is another one by now */
	int64_t		 runs;		/* how often it was shortened */
};

/* The parts of the window, in tokens. */
struct context_parts {
	int64_t	window, fixed, tools, history, reserve, left;
};

void context_init(struct context *x);
void context_free(struct context *x);
/* What agent-gate and agent-tool said when they were ready (borrowed). */
/* Another model answers from now on: what is known of the one before, its
 * window and how it counts, is forgotten first. */
void context_other(struct context *x, jv gate, jv tool);
void context_hello(struct context *x, jv gate, jv tool);
/* The window is this, as the named source (a literal) says. */
void context_window(struct context *x, int64_t window, const char *source);
/* An event that was kept (borrowed): messages count from now on. */
void context_event(struct context *x, jv ev);
/* The arithmetic; window and left are 0 when the window is not known. */
void context_parts(const struct context *x, struct context_parts *p);
/* Tokens that messages may take. */
int64_t context_room(const struct context *x);
/* True when the talk fits, or nothing is known of the window. */
bool context_fits(const struct context *x);
/*
 * True when the server read less of the talk than it did before, although
 * there is more: usage is of the answer (borrowed) that was just given.
 */
bool context_cut(struct context *x, jv usage);
/* Bytes that one result may have when it comes in; 0: any number. */
size_t context_result_max(const struct context *x);
/* Nobody says how large the window is: go by CONTEXT_ASSUMED. */
void context_assume(struct context *x);
/* For a person, as lines; and as an object (owned).  cached and input are
 * the tokens that the server reused and read in this session. */
void context_show(const struct context *x, int64_t cached, int64_t input,
    struct buf *b);
jv context_json(const struct context *x, int64_t cached, int64_t input);

#endif
