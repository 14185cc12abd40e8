/*
 * redact.h - take secrets out of text: values that are known, and what has
 * the shape of one.
 *
 * A secret becomes [redacted:NAME], so that a reader knows what stood there.
 * Shapes are those that their issuers made recognisable (a prefix and a
 * length), private-key blocks, passwords in URLs, and values behind a name
 * such as API_KEY= that look random.  Ordinary text is left as it is.
 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Know this value, and its base64 and URL-encoded forms, as the secret
 * called name (NULL: "[redacted]" alone).  Fewer than 8 bytes, and what
 * people write where no key is needed ("not-needed"), are no secret.
 */
void redact_know(const char *name, const char *value);
/* Know the values of all variables whose names are those of secrets. */
void redact_environment(void);
/* True when NAME is that of a secret: a word of it is KEY, TOKEN, ... */
bool redact_name(const char *name, size_t n);

/* Replace the values that are known; returns how many were. */
size_t redact_known(struct buf *b);
/* The same, and everything that has the shape of a secret. */
size_t redact_text(struct buf *b);
/* True when text holds a mark that redact_text() makes. */
bool redact_marked(const char *p, size_t n);

#endif
