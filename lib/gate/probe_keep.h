/*
 * probe_keep.h - what a probe found: shown, and kept as a profile.
 */
#ifndef GATE_PROBE_KEEP_H
#define GATE_PROBE_KEEP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum probe_tools {
	PROBE_NO_CALL,		/* the model did not call */
	PROBE_NATIVE,		/* calls are the server's */
	PROBE_TEXT,		/* calls stand in the text */
	PROBE_REFUSED,		/* the server takes no tools, but words */
};

enum probe_form {
	PROBE_FORM_REFUSED, PROBE_FORM_IGNORED, PROBE_FORM_KEPT
};

struct probe {
	const char	*base, *model;	/* model may be NULL; borrowed */
	int64_t		 answer_ms;	/* of the first, short answer */
	bool		 usage, streams, stream_usage, reasoning;
	bool		 results;	/* the result of a call was taken */
	double		 speed;		/* tokens a second, 0 not known */
	enum probe_tools tools;
	enum probe_form	 form;
	char		 format[32];	/* of calls in the text, "" none */
	int64_t		 window, window_max;	/* 0 not told */
	unsigned	 repairs;	/* bits of fault.h that it asked for */
};

/*
 * Write it as the profile of this server and model.  The file's path,
 * which the caller frees, or NULL with e filled.
 */
char *probe_keep(const struct probe *f, struct err *e);
/* Append a table, or one object of JSON; path may be NULL. */
void probe_show(const struct probe *f, const char *path, bool json,
    struct buf *out);

#endif
