/*
 * rest.c - servers that want to be left alone, told to all processes.
 *
 * rest/HASH in the state folder holds the time, milliseconds since 1970.
 */
#include "gate/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/state.h"
#include "gate/account_set.h"
#include "sys/file.h"

#define REST_MAX_MS	3600000
#define PATIENCE_MS	120000	/* unless --limit-wait says */
#define TELL_MS		2000	/* who waits longer than this is told */
#define SPREAD_MS	250	/* so that not all come at once */

static char *
dir_of(void)
{
	struct err ignored = ERR_INIT;

	return state_path("rest", &ignored);
}

static char *
path_of(const char *dir, const struct account_ask *q)
{
	struct buf b = BUF_INIT;
	char hash[65];
	char *path;

	buf_addf(&b, "%s\n%s\n%s", q->endpoint, q->model != NULL ? q->model :
	    "", q->auth != NULL ? q->auth : "");
	ids_sha256(hash, b.data, b.len);
	path = xasprintf("%s/%.32s", dir, hash);
	explicit_bzero(b.data, b.len);
	buf_free(&b);
	return path;
}

/* What the file says, when it is to come and not absurd; else 0. */
static int64_t
read_time(const char *path)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	int64_t now, at = 0;

	if (file_read(path, &b, 32, &ignored) == 0) {
		now = clock_wall_ms();
		at = strtoll(buf_str(&b), NULL, 10);
		/* The clock may have been set back since. */
		if (at <= now || at > now + REST_MAX_MS) {
			at = 0;
			unlink(path);
		}
	}
	buf_free(&b);
	return at;
}

bool
rest_any(void)
{
	char *dir = dir_of();
	bool yes = dir != NULL && access(dir, F_OK) == 0;

	free(dir);
	return yes;
}

int64_t
rest_until(const struct account_ask *q)
{
	char *dir = dir_of(), *path;
	int64_t at = 0;

	if (dir != NULL && access(dir, F_OK) == 0) {
		path = path_of(dir, q);
		at = read_time(path);
		/* Gone when that was the last. */
		if (at == 0)
			rmdir(dir);
		free(path);
	}
	free(dir);
	return at;
}

void
rest_tell(const struct account_ask *q, int64_t ms)
{
	char *dir = dir_of(), *path = NULL;
	struct err ignored = ERR_INIT;
	int64_t at = clock_wall_ms() + (ms < REST_MAX_MS ? ms : REST_MAX_MS);
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld\n", (long long)at);

	if (ms > 0 && dir != NULL) {
		path = path_of(dir, q);
		if (read_time(path) < at &&
		    file_mkdirs(dir, 0700, &ignored) == 0)
			file_replace(path, text, (size_t)n, 0600, &ignored);
	}
	free(path);
	free(dir);
}

int64_t
rest_patience(const struct settings *s)
{
	struct account_set set;
	struct err ignored = ERR_INIT;

	if (account_set(&set, s, &ignored) == -1 || !set.patient)
		return PATIENCE_MS;
	return set.wait_ms;
}

int
rest_check(int64_t ms, int64_t patience, struct err *e)
{
	if (patience < 0 || ms <= patience)
		return 0;
	return err_set(e, ERR_RATE, "the server wants to be left alone for "
	    "%lld s; try later, or a longer --limit-wait",
	    (long long)(ms + 999) / 1000);
}

static void
tell(const struct sink *sink, int64_t ms)
{
	jv ev;

	if (ms < TELL_MS || sink->event == NULL)
		return;
	ev = js_set_str(event_new("notice"), "code", "limit_wait");
	ev = js_set(ev, "text", js_fmt("waiting %lld s, as the server asked "
	    "another process", (long long)(ms + 999) / 1000));
	sink->event(sink->arg, ev);
	js_free(ev);
}

int
rest_wait(const struct account_ask *q, int64_t patience,
    const struct sink *sink, struct err *e)
{
	int64_t at, last = 0, ms;

	/* Once for each time that is told. */
	while ((at = rest_until(q)) > last) {
		ms = at - clock_wall_ms();
		if (rest_check(ms, patience, e) == -1 ||
		    (q->wait_ms >= 0 && rest_check(ms, q->wait_ms, e) == -1))
			return -1;
		tell(sink, ms);
		if (sink_wait(sink, -1, clock_ms() + ms +
		    arc4random_uniform(SPREAD_MS), e) == -1)
			return -1;
		last = at;
	}
	return 0;
}
