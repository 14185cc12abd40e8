/*
 * emit.h - an answer in the shapes of the API, streamed or whole.
 *
 * The order in a stream is the one that clients know: a chunk with the
 * role, chunks with pieces, one with the finish reason, one with the usage
 * when that was asked for, [DONE].  Pure: it appends to a buffer.
 */
#ifndef SERVE_EMIT_H
#define SERVE_EMIT_H

#include "base/base.h"
#include "base/buf.h"
#include "core/ids.h"
#include "json/js.h"

enum emit_kind { EMIT_CHAT, EMIT_TEXT };

struct emit {
	struct buf	*out;		/* borrowed */
	struct buf	 head;		/* what begins every chunk */
	enum emit_kind	 kind;
	bool		 stream;
	bool		 usage;		/* in a stream: wanted */
	bool		 begun;
	char		 id[IDS_SIZE];
	int64_t		 created;	/* seconds since 1970 */
};

/* Ready to append to out. */
void emit_init(struct emit *m, struct buf *out, enum emit_kind kind,
    bool stream, bool usage);
void emit_free(struct emit *m);
/* Before the first piece: the id of the answer, NULL for a new one, and what
 * answers, "" when that is not known. */
void emit_model(struct emit *m, const char *id, const char *model);

/* Pieces of a stream; n > 0. */
void emit_text(struct emit *m, const char *p, size_t n);
void emit_reasoning(struct emit *m, const char *p, size_t n);
void emit_call(struct emit *m, size_t index, const char *id,
    const char *name);
void emit_args(struct emit *m, size_t index, const char *p, size_t n);
/* The end of a stream; usage is an object or any other value for none. */
void emit_finish(struct emit *m, const char *finish, jv usage);
/* The end of a stream that failed: an event with the error (JSON). */
void emit_error(struct emit *m, const char *json, size_t n);
/* A whole answer; msg is a chat message. */
void emit_whole(struct emit *m, jv msg, const char *finish, jv usage);

#endif
