/*
 * account_hear.c - what agent-ledger(1) says of the bookings.
 */
#include "gate/account_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/event.h"

#define PATIENCE_MS	120000	/* for a server that asks for rest */

static struct booking *
find(struct account *a, jv line)
{
	const char *s = js_str(line, "id");
	uint64_t id = s != NULL ? strtoull(s, NULL, 10) : 0;
	struct booking *b;

	TAILQ_FOREACH(b, &a->list, link)
		if (b->id == id)
			break;
	return b;
}

static void
on_granted(struct account *a, struct booking *b, jv line)
{
	int64_t tokens;

	if (b->state != BOOKING_ASKED)
		return;
	b->state = BOOKING_GRANTED;
	if (js_int(line, "tokens", 0, ACCOUNT_TOKENS * 2, &tokens) &&
	    tokens >= b->input)
		b->output = tokens - b->input;
	a->deaths = 0;
	a->spent = true;
	if (clock_ms() - b->begun < ACCOUNT_TELL_MS)
		a->told = false;
}

/* What to try, for the two that can be helped. */
static void
advise(struct err *e)
{
	size_t n = strlen(e->msg);
	const char *more = e->kind == ERR_RATE ? "; try later, or a longer "
	    "--limit-wait" : e->kind == ERR_LIMIT ? "; try a smaller "
	    "--max-tokens, or raise it" : "";

	snprintf(e->msg + n, sizeof(e->msg) - n, "%s", more);
}

static void
on_denied(struct account *a, struct booking *b, jv line)
{
	struct err e = ERR_INIT;

	if (b->state != BOOKING_ASKED)
		return;
	event_to_err(line, &e);
	advise(&e);
	account_deny(a, b, &e);
}

static void
on_waiting(struct account *a, struct booking *b, jv line)
{
	static const char *const reasons[] = { "requests", "tokens", "line",
	    "in_flight", "retry_after", "budget" };
	struct err e = ERR_INIT;
	jv cancel;

	if (b->state != BOOKING_ASKED)
		return;
	b->reason = reasons[0];
	for (size_t i = 0; i < BASE_NITEMS(reasons); i++)
		if (js_str_is(line, "reason", reasons[i]))
			b->reason = reasons[i];
	b->delay = 0;
	js_int(line, "delay_ms", 0, INT64_C(1) << 50, &b->delay);
	b->delay += clock_ms();
	if (strcmp(b->reason, "retry_after") != 0 || a->set.patient ||
	    b->delay - clock_ms() <= PATIENCE_MS)
		return;
	cancel = js_set(event_new("cancel"), "id", js_get(b->line, "id"));
	account_send(a, cancel);
	js_free(cancel);
	err_set(&e, ERR_RATE, "the server wants to be left alone for %lld s; "
	    "try later, or --limit-wait=1h",
	    (long long)(b->delay - clock_ms()) / 1000);
	account_deny(a, b, &e);
}

static void
on_unwritten(struct account *a, const char *why)
{
	/* There is nothing more to wait for. */
	if (a->unsure > 0)
		a->unsure--;
	account_say(a, "ledger", "what a request used could not be written "
	    "down, and what was held for it counts: %s",
	    why != NULL ? why : "agent-ledger does not say why");
}

void
account_hear(struct account *a, jv line)
{
	struct booking *b = find(a, line);

	if (js_str_is(line, "type", "settled") && a->unsure > 0)
		a->unsure--;
	else if (js_str_is(line, "type", "error") && b != NULL)
		on_denied(a, b, line);
	else if (js_str_is(line, "type", "error"))
		on_unwritten(a, js_str(line, "message"));
	else if (b == NULL)
		return;
	else if (js_str_is(line, "type", "granted"))
		on_granted(a, b, line);
	else if (js_str_is(line, "type", "denied"))
		on_denied(a, b, line);
	else if (js_str_is(line, "type", "waiting"))
		on_waiting(a, b, line);
}

/* One line says that it waits, however many do. */
void
account_tell(struct account *a)
{
	struct booking *b;
	char text[200];
	long long s;

	TAILQ_FOREACH(b, &a->list, link) {
		if (a->told || b->state != BOOKING_ASKED ||
		    clock_ms() - b->begun < ACCOUNT_TELL_MS)
			continue;
		a->told = true;
		s = clock_left(b->delay) / 1000 + 1;
		if (b->reason == NULL)
			snprintf(text, sizeof(text), "waiting for "
			    "agent-ledger, whose file others may be at");
		else if (strcmp(b->reason, "budget") == 0)
			snprintf(text, sizeof(text), "waiting for requests "
			    "that hold the rest of the budget");
		else if (strcmp(b->reason, "in_flight") == 0)
			snprintf(text, sizeof(text), "waiting until fewer "
			    "requests are under way");
		else if (strcmp(b->reason, "retry_after") == 0)
			snprintf(text, sizeof(text), "waiting %lld s, as the "
			    "server asked for", s);
		else
			snprintf(text, sizeof(text), "waiting for a turn "
			    "under the shared limit (%s), %lld s or more",
			    b->reason, s);
		a->note(a->arg, "limit_wait", text);
	}
}
