/*
 * cmd_compact.c - compact: a talk made shorter, as a filter.
 *
 * The lines are messages, agent-message(5), or the events of a session,
 * agent-events(5), of which the messages remain that its model saw last.
 * How it is done is core/compact.h; nothing is written before all was read.
 */
#include "mem/cmd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "core/compact.h"
#include "core/ids.h"
#include "core/msg.h"
#include "json/jsonl.h"
#include "sys/file.h"

struct shorten {
	struct compact	 talk;
	const char	*dir;		/* of artifacts */
	struct err	*e;		/* why one could not be kept */
};

/* Keep the whole of a result under a name made of what it says, so that the
 * same talk names the same files. */
static bool
keep(void *arg, jv msg, struct buf *path)
{
	struct shorten *s = arg;
	struct buf text = BUF_INIT;
	char sum[65];
	char *name;
	bool did;

	if (s->e->kind != ERR_NONE)
		return false;
	msg_content(&text, msg);
	ids_sha256(sum, text.data, text.len);
	name = xasprintf("%s/%.32s.txt", s->dir, sum);
	did = file_mkdirs(s->dir, 0700, s->e) == 0 &&
	    file_replace(name, text.data, text.len, 0600, s->e) == 0;
	if (did)
		buf_adds(path, name);
	free(name);
	buf_free(&text);
	return did;
}

static int
take(struct shorten *s, jv line, struct err *e)
{
	switch (msg_classify(line)) {
	case MSG_LINE_OTHER:
		return err_set(e, ERR_DATA, "neither a message nor an event; "
		    "agent-message(5) says what a message is");
	case MSG_LINE_MESSAGE:
		if (msg_check(line, e) == -1)
			return -1;
		break;
	case MSG_LINE_EVENT:
		break;
	}
	compact_event(&s->talk, line);
	return 0;
}

static int
read_talk(struct shorten *s, int fd, const char *name, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&in, name);
	while (rc == 0 && (st = jsonl_read(&in, fd, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		/* It names its line itself. */
		if (st == JSONL_ERROR) {
			rc = -1;
			break;
		}
		rc = take(s, v, e);
		if (rc == -1)
			err_wrap(e, "%s line %llu", name,
			    (unsigned long long)in.lineno);
		js_free(v);
	}
	jsonl_free(&in);
	return rc;
}

static int
read_all(struct cmd *c, struct shorten *s, struct err *e)
{
	const char *name = c->words.n > 0 ? c->words.v[0] : "-";
	int fd, rc;

	if (strcmp(name, "-") == 0)
		return read_talk(s, STDIN_FILENO, "<stdin>", e);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return err_sys(e, "%s", name);
	rc = read_talk(s, fd, name, e);
	close(fd);
	return rc;
}

static int
deepest(const struct cmd *c, enum compact_tier *t, struct err *e)
{
	*t = COMPACT_HARD;
	if (c->tier == NULL)
		return 0;
	for (*t = COMPACT_OLD; *t <= COMPACT_HARD; ++*t)
		if (strcmp(c->tier, compact_tier_name(*t)) == 0)
			return 0;
	return err_set(e, ERR_USAGE, "--tier: '%.40s' is none of old, shrink, "
	    "drop and hard", c->tier);
}

/* Shorten, and write what is left whether or not that is short enough. */
static int
run(struct cmd *c, struct shorten *s, enum compact_tier deep, struct err *e)
{
	long long before = (long long)compact_tokens(&s->talk), after;
	enum compact_tier used = COMPACT_NONE;
	bool fits = compact_run(&s->talk, c->budget, deep, &used);

	if (e->kind != ERR_NONE)
		return err_wrap(e, "--artifacts");
	after = (long long)compact_tokens(&s->talk);
	for (size_t i = 0; i < s->talk.n; i++) {
		jv msg = compact_get(&s->talk, i);

		if (js_is_valid(msg))
			cmd_line_take(c, msg);
		else
			js_free(msg);
	}
	log_note("%lld tokens, now %lld; tier %s", before, after,
	    compact_tier_name(used));
	if (fits)
		return 0;
	return err_set(e, ERR_LIMIT, "--budget %lld: the shortest that was "
	    "allowed has about %lld tokens%s", (long long)c->budget, after,
	    deep < COMPACT_HARD ? "; try --tier hard" : "");
}

int
cmd_compact(struct cmd *c, struct err *e)
{
	struct shorten s = { .dir = c->artifacts, .e = e };
	enum compact_tier deep;
	int rc;

	if (c->budget == 0)
		return err_set(e, ERR_USAGE, "compact: how short? Say it in "
		    "tokens, as in --budget 8000");
	if (deepest(c, &deep, e) == -1)
		return -1;
	if (c->words.n > 1)
		return err_set(e, ERR_USAGE, "compact: one talk at a time, "
		    "not '%.60s' as well", c->words.v[1]);
	if (c->words.n == 0 && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "compact: which talk? Name a "
		    "file or pipe lines in");
	compact_init(&s.talk);
	if (c->artifacts != NULL) {
		s.talk.save = keep;
		s.talk.arg = &s;
	}
	rc = read_all(c, &s, e);
	if (rc == 0)
		rc = run(c, &s, deep, e);
	compact_free(&s.talk);
	return rc;
}
