/*
 * peer.c - one model behind one server: what is known of the two.
 */
#include "gate/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "gate/endpoint.h"
#include "gate/fault.h"
#include "gate/rest.h"

void
peer_free(struct peer *p)
{
	if (p->ready)
		ask_free(&p->ask);
	free(p->base);
	free(p->model);
	memset(p, 0, sizeof(*p));
}

void
peer_open(struct ask *a, struct http *h, const struct settings *s,
    const char *base, const char *key)
{
	ask_init(a, h, base, key);
	a->connect_ms = s->connect_ms;
	a->first_ms = s->first_ms;
	a->idle_ms = s->idle_ms;
	a->total_ms = s->total_ms;
	a->beat_ms = isatty(STDERR_FILENO) || s->verbose ? s->beat_ms : 0;
	a->retries = (int)s->retries;
	a->patience_ms = rest_patience(s);
}

/* True for what a profile can be about. */
static bool
is_server(const char *base)
{
	return base == NULL || strncmp(base, "http", 4) == 0;
}

int
peer_dress(const struct settings *s, const struct profile_for *f,
    unsigned repair, struct profile *p, struct request *r, struct err *e)
{
	bool cold = s->v[SET_TEMPERATURE].value == NULL;
	struct profile_for who = *f;
	struct request_head h = { .model = f->model,
	    .max_tokens = s->max_tokens };
	struct buf sampling = BUF_INIT;
	char temp[32];
	int rc = 0;

	who.choice = s->v[SET_PROFILE].value;
	if (!is_server(f->base))
		profile_free(p);
	else if (f->base != NULL || f->model != NULL)
		rc = profile_find(p, &who, e);
	profile_sampling(p, cold, &sampling);
	h.repair = repair | p->repair;
	/* Also where a test or a relay stands for it. */
	if (s->gemini && f->base != NULL && strcmp(f->base, s->url) == 0)
		h.repair |= REPAIR_SCHEMA | REPAIR_SIGNATURES;
	h.sampling = sampling.len > 0 ? buf_str(&sampling) : NULL;
	h.preamble = profile_str(p, "preamble");
	if (!cold) {
		snprintf(temp, sizeof(temp), "%g", s->temperature);
		h.temperature = temp;
	}
	request_head(r, &h);
	buf_free(&sampling);
	return rc;
}

int
peer_parse(struct peer *p, const char *text, struct err *e)
{
	const char *at = strstr(text, "@http");
	size_t n = at != NULL ? (size_t)(at - text) : strlen(text);

	if (n == 0)
		return err_set(e, ERR_CONFIG, "fallback: expected MODEL or "
		    "MODEL@URL, got '%.80s'", text);
	p->model = xmemdup(text, n);
	if (at == NULL)
		return 0;
	p->base = endpoint_base(at + 1, e);
	return p->base != NULL ? 0 : err_wrap(e, "fallback");
}
