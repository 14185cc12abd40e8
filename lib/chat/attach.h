/*
 * attach.h - files that go with a prompt: pictures and texts.
 *
 * What a file is, its first bytes say, never its name.  A picture becomes a
 * content part image_url with a data URL (RFC 2397), as the chat completions
 * API takes it; a text stands behind the prompt between marks that name it.
 * Anything else is refused, because no model reads it.
 */
#ifndef CHAT_ATTACH_H
#define CHAT_ATTACH_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"
#include "sys/pump.h"

/* Bytes that all pictures of a prompt may have together: as base64 they are
 * a third longer, and a line of a session or a coprocess takes 8 MiB. */
#define ATTACH_MAX	((size_t)5 * 1024 * 1024)
#define ATTACH_TEXT_MAX	((size_t)1024 * 1024)	/* of one text */
#define ATTACH_OUTPUT_MAX ((size_t)64 * 1024)	/* of a command's output */

struct attach {
	jv	 pictures;	/* array of content parts */
	struct buf text;
	size_t	 bytes;		/* of the pictures */
};

void attach_init(struct attach *a);
void attach_free(struct attach *a);
/* What the n bytes at p are: "image/png", "image/jpeg", "image/gif",
 * "image/webp"; NULL when they are no such picture.  Pure. */
const char *attach_type(const char *p, size_t n);
/*
 * Add the file at path.  0, or -1 with e filled: ERR_NOINPUT when it can not
 * be read, ERR_DATA when it is too large or neither picture nor text.
 */
int attach_file(struct attach *a, const char *path, struct err *e);
/* How much of a command's output goes along, of max bytes (0: no limit) and
 * ATTACH_OUTPUT_MAX the smaller. */
size_t attach_output_max(size_t max);
/* Add what a command of the user wrote, and its exit status; that it wrote
 * nothing is said as well. */
void attach_output(struct attach *a, const char *command, int status,
    const struct pump_keep *output);
/* True when anything is attached. */
bool attach_any(const struct attach *a);
/* True when there is a picture among them. */
bool attach_pictures(const struct attach *a);
/* Append all of it, for a hash of what is asked. */
void attach_dump(const struct attach *a, struct buf *b);
/* The user's message of the prompt (n bytes at text) with all that is
 * attached, which is forgotten.  Owned. */
jv attach_message(struct attach *a, const char *text, size_t n);

#endif
