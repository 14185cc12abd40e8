/*
 * tally.c - the tokens of a talk, estimated, and what was learned about the
 * estimate from the counts that servers report.
 */
#include "gate/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "core/tokens.h"
#include "sys/file.h"

#define FILE_MAX	((size_t)4096)
#define FEW		300	/* tokens: a template's own words weigh more */
#define SAMPLES_MAX	20	/* later counts weigh as the twentieth does */
#define FACTOR_MIN	0.5
#define FACTOR_MAX	2.5
#define NEWS		0.02	/* of the factor: is not left for the end */
#define SOME		0.002	/* at the end */
#define SHORT_OF	0.6	/* of the estimate */
#define SHORT_BY	500	/* tokens */
#define SHORT_MIN	100	/* less is no count: a system message alone
				 * is more */

double
tally_messages(struct tally *t, const struct request *r)
{
	const char *p = r->store.data;

	if (t->upto > r->store.len)
		*t = (struct tally){ 0 };
	while (t->upto < r->store.len) {
		const char *nl = memchr(p + t->upto, '\n',
		    r->store.len - t->upto);
		size_t end = nl != NULL ? (size_t)(nl - p) : r->store.len;

		/* Behind the mark of dialect.h. */
		t->messages += tokens_message(p + t->upto + 1,
		    end - t->upto - 1);
		t->pictures = t->pictures || memmem(p + t->upto,
		    end - t->upto, "\"image_url\"", 11) != NULL;
		t->upto = end + (nl != NULL);
	}
	return t->messages;
}

double
tally_tools(struct request *r)
{
	struct buf b = BUF_INIT;
	double sum = 0;

	if (r->tools_cost >= 0)
		return r->tools_cost;
	if (js_is_arr(r->tools) && js_len(r->tools) > 0) {
		js_dump(&b, r->tools);
		sum = tokens_tools(b.data, b.len);
	}
	buf_free(&b);
	return r->tools_cost = sum;
}

/* The file about the model; NULL when there is no state folder. */
static char *
path_of(const char *model, bool make)
{
	struct err ignored = ERR_INIT;
	char *dir = state_path("tokens", &ignored), *path = NULL;
	char hash[65];

	if (dir == NULL)
		return NULL;
	if (model == NULL)
		model = "";
	ids_sha256(hash, model, strlen(model));
	if (!make || file_mkdirs(dir, 0700, &ignored) == 0)
		path = xasprintf("%s/%.16s.json", dir, hash);
	free(dir);
	return path;
}

static struct tally_model
load(const char *path)
{
	struct tally_model m = { .factor = 1 };
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	double factor;
	jv v;

	if (path == NULL || file_read(path, &b, FILE_MAX, &ignored) == -1) {
		buf_free(&b);
		return m;
	}
	v = js_parse(buf_str(&b), b.len, &ignored);
	factor = js_num(v, "factor", 0);
	if (factor >= FACTOR_MIN && factor <= FACTOR_MAX &&
	    js_int(v, "samples", 1, SAMPLES_MAX, &m.samples))
		m.factor = factor;
	js_free(v);
	buf_free(&b);
	return m;
}

static void
save(const char *path, const char *model, const struct tally_model *m)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_set_str(js_obj(), "model", model != NULL ? model : "");

	v = js_set(v, "factor", js_from_num((double)(int64_t)(m->factor *
	    10000 + 0.5) / 10000));
	v = js_set_int(v, "samples", m->samples);
	js_dump(&b, v);
	buf_addc(&b, '\n');
	file_replace_hint(path, b.data, b.len, 0600, &ignored);
	js_free(v);
	buf_free(&b);
}

struct tally_model
tally_read(const char *model)
{
	char *path = path_of(model, false);
	struct tally_model m = load(path);

	free(path);
	return m;
}

/* ---- what a process learns ---- */

static bool
is_of(const struct tally_book *k, size_t i, const char *model)
{
	return strcmp(k->v[i].model, model != NULL ? model : "") == 0;
}

struct tally_model
tally_known(const struct tally_book *k, const char *model)
{
	for (size_t i = 0; i < k->n; i++)
		if (is_of(k, i, model))
			return k->v[i].now;
	return tally_read(model);
}

/* Write down number i when it is news, or, at the end, when it is another. */
static void
note(struct tally_book *k, size_t i, bool end)
{
	const struct tally_model *m = &k->v[i].now, *old = &k->v[i].written;
	double off = m->factor / old->factor - 1, least = end ? SOME : NEWS;
	char *path;

	if (m->samples == 0 || (off <= least && -off <= least &&
	    old->samples > 0 && (!end || m->samples == old->samples)))
		return;
	k->v[i].written = *m;
	if ((path = path_of(k->v[i].model, true)) != NULL)
		save(path, k->v[i].model, m);
	free(path);
}

/* The index of the model's; the older of two others makes room. */
static size_t
look_up(struct tally_book *k, const char *model)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (is_of(k, i, model))
			return i;
	if (i == BASE_NITEMS(k->v)) {
		note(k, 0, true);
		free(k->v[0].model);
		k->v[0] = k->v[1];
		i--;
	}
	k->v[i].model = xstrdup(model != NULL ? model : "");
	k->v[i].now = k->v[i].written = tally_read(model);
	k->n = i + 1;
	return i;
}

void
tally_keep(struct tally_book *k)
{
	for (size_t i = 0; i < k->n; i++)
		note(k, i, false);
}

void
tally_close(struct tally_book *k)
{
	for (size_t i = 0; i < k->n; i++) {
		note(k, i, true);
		free(k->v[i].model);
	}
	k->n = 0;
}

enum tally_verdict
tally_learn(struct tally_book *k, const char *model, double raw,
    int64_t counted, int64_t *about)
{
	size_t i = look_up(k, model);
	struct tally_model *m = &k->v[i].now;
	double ratio = (double)counted / raw, guess = raw * m->factor;

	*about = (int64_t)(guess + 0.5);
	if (counted >= SHORT_MIN && (double)counted < guess * SHORT_OF &&
	    guess - (double)counted > SHORT_BY)
		return TALLY_SHORT;
	if (raw < FEW || ratio < FACTOR_MIN || ratio > FACTOR_MAX)
		return TALLY_FINE;
	if (m->samples < SAMPLES_MAX)
		m->samples++;
	m->factor += (ratio - m->factor) / (double)m->samples;
	return TALLY_FINE;
}
