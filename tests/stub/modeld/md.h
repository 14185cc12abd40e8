/*
 * md.h - what the parts of modeld, the scripted model server, share.
 *
 * One process, one poll loop.  A script is parsed once into steps; a request
 * picks a step; the step is turned into bytes plus marks (pauses and cuts at
 * byte offsets); the loop sends them.  See README in the directory above.
 */
#ifndef MD_H
#define MD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jv.h>

/* text.c: growing bytes, JSON text */
struct text {
	char *p;		/* always NUL-terminated once used */
	size_t len, cap;
};

void *grow(void *, size_t bytes);
char *dup_range(const char *, size_t);
void text_add(struct text *, const void *, size_t);
void text_str(struct text *, const char *);
void text_fmt(struct text *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void text_quote(struct text *, const char *, size_t); /* a JSON string */
void text_free(struct text *);
/* NULL if [s, s+n) is one strict JSON value in valid UTF-8, else the fault. */
const char *json_fault(const char *s, size_t n);
/* End of the balanced object or array at s, or NULL. */
const char *json_skip(const char *s);
uint64_t now_ns(void);
uint64_t random_next(uint64_t *state);

/* script.c */
enum part_kind {
	PART_TEXT, PART_REASONING, PART_CALL, PART_TOKENS, PART_EVENT, PART_LINE
};

struct part {
	enum part_kind kind;
	char *a, *b, *id;	/* text; or name, arguments and id of a call */
	long n;
};

struct pair {
	char *key, *val;	/* val may be NULL */
};

struct list {
	struct pair *v;
	size_t n;
};

struct step {
	int line;
	bool rule, standby, loop;	/* when..., default..., loop */
	struct list conds, expects, opts, headers;
	struct part *parts;
	size_t nparts;
	long repeat, used;
	int status;
	char *body, *raw;	/* verbatim body; file of raw bytes */
};

struct script {
	struct step *v;
	size_t n, at;		/* at: the next step in sequence */
	struct list settings;
	const char *dir;	/* where FILE names start */
};

/* Message of the first mistake, or NULL; the text is not kept. */
const char *script_parse(struct script *, const char *text);
const char *opt(const struct step *, const char *key);	/* "" if bare */
long opt_num(const struct step *, const char *key, long otherwise);
const char *setting(const struct script *, const char *key);
long duration_ms(const char *);

/* http.c */
struct request {
	char *method, *path;
	struct list headers;	/* names in lower case */
	char *body;
	size_t body_len;
	jv json;		/* the body, or invalid */
	bool keep_alive, http10;
};

/* Bytes used, 0 if more are needed, -1 if it is no HTTP. */
long request_parse(struct request *, const char *, size_t);
void request_free(struct request *);
const char *request_header(const struct request *, const char *name);
jv request_get(const struct request *, const char *key);
char *request_last(const struct request *, const char *key);

/* check.c: NULL, or what a strict server dislikes; in a static buffer */
const char *request_fault(const struct request *, const struct script *);

/* choose.c */
struct step *script_choose(struct script *, const struct request *, long n);
const char *step_unmet(const struct step *, const struct request *);
bool is_chat(const struct request *);

/* other.c: what `set truncate N` leaves of a talk */
void request_cut(struct request *, const struct script *);

/* reply.c, stream.c */
enum mark_kind { MARK_PAUSE, MARK_CLOSE, MARK_RESET };

struct mark {
	size_t at;
	enum mark_kind kind;
	long ms;
};

struct reply {
	struct text out;
	struct mark *marks;
	size_t nmarks, capmarks;
	size_t head;		/* bytes of header */
	int status;
	bool close;		/* after the reply */
	/* while the body is built */
	bool chunked;
	long piece, pace_ms;
	struct text held;	/* events waiting for their chunk */
	long nheld;
};

struct context {
	const struct script *script;
	const struct step *step;
	const struct request *req;
	long n;			/* chat requests served, this one included */
};

void reply_build(struct reply *, const struct context *);
void reply_error(struct reply *, const struct request *, int status,
    const char *type, const char *message);
void reply_other(struct reply *, const struct context *);
void reply_head(struct reply *, const struct context *, const char *type,
    long length);
void reply_mark(struct reply *, size_t at, enum mark_kind, long ms);
void reply_stream(struct reply *, const struct context *);
void reply_free(struct reply *);
void chat_id(struct text *, const struct context *);
void expand(struct text *, const struct context *, const char *, bool in_json);
void answer_tokens(struct text *, long from, long n);
long usage_of(const struct context *, bool prompt);
/* Append the member usage. */
void usage_add(struct text *, const struct context *);
const char *finish_of(const struct context *);

/* gzip.c */
void gzip_body(struct reply *);
void add_bytes(struct text *, const char *);	/* {xHH} is a byte */

#endif
