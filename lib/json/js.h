/*
 * js.h - JSON values, over libjq's jv, without its traps.
 *
 * Three clauses, nowhere contradicted: readers borrow, builders consume,
 * every returned jv is owned.  A function of the toolkit that takes a jv
 * borrows it unless its name ends in _take.
 *
 * libjq aborts the process when a getter meets the wrong kind, and when a
 * value is printed that holds an invalid one.  So this layer is the only
 * place that calls raw getters, parsers and printers; everything here is
 * safe on any value, wrong kinds and invalid ones included.
 *
 * Strings may contain NUL bytes: use the length, or js_cstr() which refuses
 * them.  Numbers are doubles; whole numbers beyond 2^53 travel as strings,
 * or are written again by exact.h.
 */
#ifndef JSON_JS_H
#define JSON_JS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "base/err.h"

#include <jv.h>

/* Greatest nesting that js_parse accepts. */
#define JS_DEPTH	200

/* ---- parsing and printing ---- */

/*
 * Parse exactly one JSON text of n bytes (RFC 8259; white space around it
 * is fine, p need not be NUL-terminated).  Ill-formed UTF-8 and unpaired
 * surrogate escapes are repaired to U+FFFD, a leading BOM is skipped.
 * Returns an owned value, or an invalid one with e filled (ERR_DATA; the
 * message never quotes the input).
 */
jv js_parse(const char *p, size_t n, struct err *e);
/* Append v as compact JSON on one line, keys in insertion order. */
void js_dump(struct buf *b, jv v);
/* The same with keys sorted: for bytes that are compared or hashed. */
void js_dump_sorted(struct buf *b, jv v);
/* The same, indented for people. */
void js_dump_pretty(struct buf *b, jv v);
/* Append the n bytes at p as a JSON string literal, repaired. */
void js_quote(struct buf *b, const char *p, size_t n);

/* ---- readers: borrow ---- */

bool js_is_obj(jv v);
bool js_is_arr(jv v);
bool js_is_str(jv v);
bool js_is_num(jv v);
bool js_is_bool(jv v);
bool js_is_null(jv v);
/* True for any value but an invalid one. */
bool js_is_valid(jv v);
/* "object", "array", "string", "number", "boolean", "null", "nothing". */
const char *js_kind(jv v);

/* The member, owned; an invalid value when o is no object or lacks it. */
jv js_get(jv o, const char *key);
bool js_has(jv o, const char *key);
/* Elements of an array, members of an object, else 0. */
size_t js_len(jv v);
/* Element i, owned; invalid when a is no array or i is out of range. */
jv js_at(jv a, size_t i);
/* Keys of an object as an owned array of strings, in insertion order. */
jv js_keys(jv o);

/*
 * The bytes of a string, and in *len (may be NULL) their number; NULL when
 * v is no string.  Valid while v, or any other owner of it, lives.
 */
const char *js_bytes(jv v, size_t *len);
/* The same, but NULL as well when the string contains a NUL byte. */
const char *js_cstr(jv v);
/*
 * The string member of o as a C string, valid as long as o is unchanged;
 * NULL when it is missing, of another kind, or contains a NUL byte.
 */
const char *js_str(jv o, const char *key);
/* The same with the length, NUL bytes allowed. */
const char *js_str_len(jv o, const char *key, size_t *len);
/* True when member key of o is a string equal to s. */
bool js_str_is(jv o, const char *key, const char *s);
/* The value of a boolean member; dflt when missing or of another kind. */
bool js_bool(jv o, const char *key, bool dflt);
/*
 * The whole number v, or the member of o: true and *out set when it is a
 * number, integral and within [min, max] (which must be within +-2^53).
 */
bool js_int_of(jv v, int64_t min, int64_t max, int64_t *out);
bool js_int(jv o, const char *key, int64_t min, int64_t max, int64_t *out);
/* The number member of o as a double; dflt when missing. */
double js_num(jv o, const char *key, double dflt);
/* Same value, compared deeply. */
bool js_eq(jv a, jv b);

/* ---- builders: consume their jv arguments, return an owned value ---- */

jv js_obj(void);
jv js_arr(void);
jv js_null(void);
jv js_from_bool(bool v);
/* A number; v must be within +-2^53 (BUG otherwise). */
jv js_from_int(int64_t v);
jv js_from_num(double v);
/* A string; ill-formed UTF-8 is repaired. */
jv js_from_str(const char *s);
jv js_from_bytes(const char *p, size_t n);
jv js_from_buf(const struct buf *b);
jv js_fmt(const char *fmt, ...) BASE_PRINTF(1, 2);
/* o with member key set to v; both consumed; v must be valid (BUG). */
jv js_set(jv o, const char *key, jv v) BASE_MUST_USE;
/* Shorthands of js_set. */
jv js_set_str(jv o, const char *key, const char *s) BASE_MUST_USE;
jv js_set_int(jv o, const char *key, int64_t v) BASE_MUST_USE;
jv js_set_bool(jv o, const char *key, bool v) BASE_MUST_USE;
/* o with member key set to the strings of v; without it when v has none. */
jv js_set_list(jv o, const char *key, const struct vec *v) BASE_MUST_USE;
/* o with member from of src copied as member key, if src has it. */
jv js_copy_key(jv o, const char *key, jv src, const char *from)
    BASE_MUST_USE;
/* o without member key. */
jv js_del(jv o, const char *key) BASE_MUST_USE;
/* a with v appended; both consumed; v must be valid (BUG). */
jv js_push(jv a, jv v) BASE_MUST_USE;
/* One more reference to v, which stays borrowed. */
jv js_ref(jv v) BASE_MUST_USE;
/* Drop a value; any value, invalid ones included. */
void js_free(jv v);
/* The invalid value, to initialise variables with. */
jv js_none(void);

#endif
