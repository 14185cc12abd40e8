/*
 * The one JSON line of -s and of --probe.  All its strings are ours or
 * escaped; it is written with one write(2).
 */
#include "jail/jail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const wall_name[] = {
	"userns", "mount", "pid", "net", "landlock", "seccomp", "rlimits",
	NULL,
};

struct line {
	char text[2048];
	size_t n;
};

__attribute__((format(printf, 2, 3)))
static void
add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->n, sizeof l->text - l->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->n += (size_t)n;
	if (l->n >= sizeof l->text)
		l->n = sizeof l->text - 1;
}

static void
add_walls(struct line *l, const char *key, unsigned walls)
{
	const char *sep = "";

	add(l, "\"%s\":[", key);
	for (int i = 0; wall_name[i]; i++)
		if (walls & 1u << i) {
			add(l, "%s\"%s\"", sep, wall_name[i]);
			sep = ",";
		}
	add(l, "]");
}

static void
add_layers(struct line *l, const struct jail *j, const struct outcome *o)
{
	add_walls(l, "walls", o->walls);
	add(l, ",");
	add_walls(l, "missing", o->lost);
	add(l, ",\"landlock_abi\":%d,\"mode\":\"%s\"", j->abi,
	    o->walls & WALL_MOUNT ? "namespaces" : "strict");
}

/* -1 when it could not be written; mostly there is nobody left to tell. */
static int
send(int fd, struct line *l)
{
	add(l, "\n");
	return fd >= 0 && write(fd, l->text, l->n) < 0 ? -1 : 0;
}

void
report_outcome(int fd, const struct jail *j, const struct outcome *o)
{
	struct line l = { .n = 0 };

	if (o->code >= 0)
		add(&l, "{\"exit\":%d", o->code);
	else
		add(&l, "{\"signal\":%d", o->signal);
	if (o->what && o->error)
		add(&l, ",\"error\":\"%s\",\"message\":\"%s\"",
		    o->code == JAIL_NOT_FOUND ? "not_found" : "not_runnable",
		    strerror(o->error));
	if (o->killed)
		add(&l, ",\"killed\":\"%s\"", o->killed);
	add(&l, ",\"timed_out\":%s,\"wall_ms\":%ld,", o->killed &&
	    !strcmp(o->killed, "timeout") ? "true" : "false", o->wall_ms);
	add_layers(&l, j, o);
	add(&l, "}");
	send(fd, &l);
}

void
report_refusal(int fd, const struct jail *j, const struct outcome *o)
{
	struct line l = { .n = 0 };

	add(&l, "{\"error\":\"sandbox_unavailable\",\"message\":\"%s%s%s\","
	    "\"layers\":{", o->what ? o->what : "unknown", o->error ? ": " : "",
	    o->error ? strerror(o->error) : "");
	add_layers(&l, j, o);
	add(&l, "}}");
	send(fd, &l);
}

int
report_probe(int fd, const struct jail *j, const struct outcome *o)
{
	struct line l = { .n = 0 };

	add(&l, "{\"available\":%s,", o->code == 0 ? "true" : "false");
	if (o->what)
		add(&l, "\"message\":\"%s%s%s\",", o->what,
		    o->lost_errno ? ": " : "", o->lost_errno ?
		    strerror(o->lost_errno) : "");
	add_layers(&l, j, o);
	add(&l, "}");
	return send(fd, &l);
}
