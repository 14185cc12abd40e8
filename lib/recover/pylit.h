/*
 * pylit.h - one Python call with literal arguments, as JSON.
 *
 * Reads name(value, key=value ...) where every value is a literal: numbers,
 * strings of all kinds but f-strings, True, False, None (and true, false,
 * null), lists, tuples, dicts.  Nothing is ever evaluated: an expression
 * is no call.
 */
#ifndef RECOVER_PYLIT_H
#define RECOVER_PYLIT_H

#include "base/base.h"
#include "base/buf.h"
#include "recover/jsonfix.h"

struct pylit {
	struct buf	name;	/* dotted */
	struct buf	keys;	/* members "k":v with commas between */
	struct buf	list;	/* a JSON array of the positional arguments */
	size_t		nlist;
	size_t		len;	/* bytes it took of the input */
};

#define PYLIT_INIT	{ BUF_INIT, BUF_INIT, BUF_INIT, 0, 0 }

/* Read the call at p; the strings are those of the Python language. */
enum jsonfix_status pylit_call(struct pylit *c, const char *p, size_t n);
/* Read one literal, appended to out as JSON; *len is what it took. */
enum jsonfix_status pylit_value(struct buf *out, const char *p, size_t n,
    size_t *len);
void pylit_free(struct pylit *c);

#endif
