/*
 * form.h - answers in a form: a JSON Schema that the answer has to fit.
 *
 * The server is asked to hold the model to it where it can (response_format
 * of the chat completions API), the model is told of it in words where the
 * server cannot, and the answer is looked at here in any case.  Pure, but
 * for form_load().
 */
#ifndef GATE_FORM_H
#define GATE_FORM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

struct form {
	jv	 schema;	/* invalid: any answer will do */
	char	*ask;		/* the value of response_format */
	char	*words;		/* the same for a model */
};

#define FORM_INIT { js_none(), NULL, NULL }

void form_free(struct form *f);
/*
 * Want answers of this schema: an object of JSON Schema, or the member
 * json_schema of a response_format (name, schema, strict) around it.
 * Borrowed.  0, or -1 with e filled (ERR_CONFIG).
 */
int form_set(struct form *f, jv schema, struct err *e);
/* The same from a file. */
int form_load(struct form *f, const char *path, struct err *e);
/*
 * The JSON text in an answer of n bytes: all of it but blanks, or what
 * stands in its one fence, or from its first bracket to its last.  The span
 * within p, or NULL when there is no JSON value.
 */
const char *form_find(const char *p, size_t n, size_t *len);
/*
 * True when the answer fits, with the span of its JSON text; else what is
 * wrong is appended to why, as of schema_check().
 */
bool form_fits(const struct form *f, const char *p, size_t n,
    const char **text, size_t *len, struct buf *why);

#endif
