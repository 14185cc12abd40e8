/*
 * view.h - what the user sees of the events: text, one object, or events.
 *
 * stdout carries the product only: the answer as text, the one result
 * object, or the events as JSON lines.  To a terminal, everything that a
 * model or tool wrote is escaped; to a file or pipe it is byte-exact and
 * ends with a newline.  Lines about tools and reasoning go to stderr.
 * Writing never blocks for longer than it takes a signal to come.
 */
#ifndef CHAT_VIEW_H
#define CHAT_VIEW_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "chat/md.h"
#include "core/event.h"
#include "json/js.h"

enum view_format { VIEW_TEXT, VIEW_JSON, VIEW_EVENTS };
/* AUTO: where NO_COLOR and TERM do not speak against it, on a terminal. */
enum view_color { VIEW_COLOR_AUTO, VIEW_COLOR_ALWAYS, VIEW_COLOR_NEVER };

struct view {
	enum view_format format;
	bool		 verbose, quiet;
	bool		 mute;		/* answers go elsewhere */
	bool		 out_tty, err_tty;
	bool		 colour;	/* on stderr */
	bool		 draws;		/* TERM is one that can do anything */
	size_t		 piece;		/* bytes that one write may take */
	struct event_ctx ctx;		/* of the stream */
	struct buf	 out;		/* not yet written */
	struct buf	 said;		/* text of the answer shown so far */
	bool		 mid_line;	/* stdout is not at a line's begin */
	bool		 thinking;	/* stderr is amid reasoning */
	struct vec	 calls;		/* what each open call is about */
	size_t		 call;		/* the one that is shown as running */
	bool		 running;	/* its line is begun */
	bool		 hurry;		/* we end: wait for no slow reader */
	int64_t		 due;		/* clock_ms; then we do, -1 never */
	bool		 pretty;	/* Markdown is rendered */
	struct md	 md, thought;	/* of the answer; of the reasoning */
	/* What goes on while nothing is to be seen. */
	bool		 spins;		/* a terminal that can be told */
	int64_t		 since;		/* clock_ms of its begin, or -1 */
	int64_t		 ticked;	/* of the last time it was told */
	size_t		 written;	/* bytes of calls that came in */
	int64_t		 again_at;	/* a request is tried again then */
	bool		 spun;		/* it is on the line now */
	int		 error;		/* errno of stdout, 0 while it works */
};

void view_init(struct view *v, enum view_format format,
    enum view_color color, bool verbose, bool quiet);
void view_free(struct view *v);
/* Show an event (borrowed). */
void view_event(struct view *v, jv ev);
/* Text of our own for the user, as it is, on stdout (text format only). */
void view_text(struct view *v, const char *s);
/* A line (borrowed) that is no event: of a coprocess, before all others. */
void view_line(struct view *v, jv line);
/*
 * While nothing is to be seen for a while, a line on stderr tells what goes
 * on and for how long, and goes when there is anything to see.  When it is
 * due (clock_ms, -1: never), and to tell it then.
 */
int64_t view_due(const struct view *v);
void view_tick(struct view *v);
/* It is gone, because something else comes to stderr; the call that runs stands
 * there again. */
void view_hide(struct view *v);
/* Columns of the terminal, of stdout or else stderr; 80 when none tells. */
unsigned view_columns(void);
/* Write what is due, until a signal comes; on failure v->error says why. */
void view_flush(struct view *v);
/* Forget text that is still to be written. */
void view_drop(struct view *v);

#endif
