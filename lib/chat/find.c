/*
 * find.c - the sessions of a workspace: the last one, one by id, all.
 */
#include "chat/find.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/replay.h"
#include "core/msg.h"
#include "json/jsonl.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX		".jsonl"
#define WORDS_MAX	72	/* bytes of a prompt in the list */

struct entry {
	char		*id, *path;
	struct timespec	 time;
};

struct entries {
	struct entry	*v;
	size_t		 n, cap;
};

static void
entries_free(struct entries *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].id);
		free(all->v[i].path);
	}
	free(all->v);
}

static void
add(struct entries *all, const char *dir, const char *name, size_t id_len,
    const struct timespec *time)
{
	if (all->n == all->cap) {
		all->cap = all->cap != 0 ? 2 * all->cap : 16;
		all->v = xreallocarray(all->v, all->cap, sizeof(*all->v));
	}
	all->v[all->n++] = (struct entry){
		.id = xmemdup(name, id_len),
		.path = xasprintf("%s/%s", dir, name),
		.time = *time,
	};
}

static int
by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->time.tv_sec != y->time.tv_sec)
		return x->time.tv_sec < y->time.tv_sec ? -1 : 1;
	if (x->time.tv_nsec != y->time.tv_nsec)
		return x->time.tv_nsec < y->time.tv_nsec ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Every session file in dir that is a regular file with something in it,
 * oldest first; a folder that cannot be read has none. */
static struct entries
scan(const char *dir)
{
	struct entries all = { NULL, 0, 0 };
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		size_t n = strlen(de->d_name), m = strlen(SUFFIX);
		struct stat st;

		if (n <= m || strcmp(de->d_name + n - m, SUFFIX) != 0)
			continue;
		if (fstatat(dirfd(d), de->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			add(&all, dir, de->d_name, n - m, &st.st_mtim);
	}
	if (d != NULL)
		closedir(d);
	if (all.n > 1)
		qsort(all.v, all.n, sizeof(*all.v), by_time);
	return all;
}

char *
find_last(const char *dir, struct err *e)
{
	struct entries all = scan(dir);
	char *path = NULL;

	if (all.n > 0)
		path = xstrdup(all.v[all.n - 1].path);
	else
		err_set(e, ERR_NOINPUT, "this workspace has no session yet; "
		    "start one without -c");
	entries_free(&all);
	return path;
}

/* The session of that name, when one alone has it. */
static char *
by_name(const char *dir, const char *name, struct err *e)
{
	jv all = find_all(dir);
	char *path = NULL;
	size_t found = 0;

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);

		if (js_str_is(one, "name", name)) {
			free(path);
			path = xstrdup(js_str(one, "path"));
			found++;
		}
		js_free(one);
	}
	js_free(all);
	if (found == 0)
		err_set(e, ERR_NOINPUT, "no session '%.64s' in this "
		    "workspace; 'agent-chat sessions' lists them", name);
	if (found > 1) {
		err_set(e, ERR_USAGE, "%zu sessions have the name "
		    "'%.64s'; give an id", found, name);
		free(path);
		path = NULL;
	}
	return path;
}

char *
find_id(const char *dir, const char *id, struct err *e)
{
	struct entries all = scan(dir);
	char *path = NULL;
	size_t found = 0, n = strlen(id);

	for (size_t i = 0; i < all.n; i++) {
		if (n == 0 || strncmp(all.v[i].id, id, n) != 0)
			continue;
		free(path);
		path = xstrdup(all.v[i].path);
		found++;
		if (all.v[i].id[n] == '\0') {
			found = 1;	/* the whole id */
			break;
		}
	}
	if (found == 0)
		path = by_name(dir, id, e);
	if (found > 1) {
		err_set(e, ERR_USAGE, "'%.64s' begins the ids of "
		    "%zu sessions; give more of it", id, found);
		free(path);
		path = NULL;
	}
	entries_free(&all);
	return path;
}

/* What is counted of a session. */
struct turns {
	int64_t	n;
	bool	begun;		/* one of its own, not of the talk it forked */
};

/* Take one line into the summary o: the first prompt, the turns. */
static jv
summarize_take(jv o, jv ev, struct turns *t)
{
	bool user = msg_role(ev) == MSG_USER;
	struct buf b = BUF_INIT;
	size_t n;

	if (js_str_is(ev, "type", "turn.start"))
		t->begun = true;
	if (js_str_is(ev, "type", "turn.start") || (user && !t->begun))
		t->n++;
	if (js_str_is(ev, "type", "undo") && t->n > 0)
		t->n--;
	if (js_str_is(ev, "type", "notice") && js_str_is(ev, "code", "name"))
		o = js_copy_key(o, "name", ev, "text");
	if (js_has(o, "words") || !user)
		return o;
	msg_content(&b, ev);
	n = b.len > WORDS_MAX ? utf8_cut(buf_str(&b), WORDS_MAX) : b.len;
	for (size_t i = 0; i < n; i++)
		if (b.data[i] == '\n' || b.data[i] == '\t')
			b.data[i] = ' ';
	o = js_set(o, "words", js_from_bytes(buf_str(&b), n));
	buf_free(&b);
	return o;
}

/* Whether a line can matter to the summary: parsing is what costs. */
static bool
matters(const char *p, size_t n, bool begun)
{
	size_t head = n < 64 ? n : 64;

	return memmem(p, head, "\"turn.start\"", 12) != NULL ||
	    memmem(p, head, "\"notice\"", 8) != NULL ||
	    memmem(p, head, "\"undo\"", 6) != NULL ||
	    (!begun && memmem(p, head, "\"message\"", 9) != NULL);
}

static jv
summary(const struct entry *en)
{
	jv o = js_set_str(js_obj(), "id", en->id);
	char stamp[CLOCK_STAMP_SIZE], b[BASE_PIECE];
	struct jsonl in;
	struct turns turns = { 0, false };
	int fd = open(en->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	ssize_t got;

	clock_stamp(stamp, (int64_t)en->time.tv_sec * 1000 +
	    en->time.tv_nsec / 1000000);
	o = js_set_str(o, "time", stamp);
	jsonl_init(&in, en->id);
	while (fd != -1 && (got = fd_read(fd, b, sizeof(b))) > 0) {
		struct err ignored = ERR_INIT;
		enum jsonl_status st;
		const char *p;
		size_t n;

		jsonl_feed(&in, b, (size_t)got);
		while ((st = jsonl_line(&in, &p, &n, &ignored)) ==
		    JSONL_ITEM || st == JSONL_ERROR) {
			jv ev;

			if (st == JSONL_ERROR ||
			    !matters(p, n, turns.begun &&
			    js_has(o, "words")))
				continue;
			ev = js_parse(p, n, &ignored);
			o = summarize_take(o, ev, &turns);
			js_free(ev);
		}
	}
	jsonl_free(&in);
	if (fd != -1)
		close(fd);
	o = js_set_int(o, "turns", turns.n);
	return js_set_str(o, "path", en->path);
}

jv
find_all(const char *dir)
{
	struct entries all = scan(dir);
	jv list = js_arr();

	for (size_t i = 0; i < all.n; i++)
		list = js_push(list, summary(&all.v[i]));
	entries_free(&all);
	return list;
}

void
find_events(const char *path, void (*take)(void *arg, jv ev), void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum jsonl_status st = JSONL_ITEM;
	struct jsonl in;
	char b[BASE_PIECE];

	jsonl_init(&in, "session");
	while (fd != -1 && st != JSONL_END) {
		struct err ignored = ERR_INIT;
		jv v = js_none();

		st = jsonl_next(&in, &v, NULL, NULL, &ignored);
		if (st == JSONL_ITEM) {
			take(arg, v);
			js_free(v);
		} else if (st != JSONL_ERROR && st != JSONL_END) {
			ssize_t n = fd_read(fd, b, sizeof(b));

			if (n > 0)
				jsonl_feed(&in, b, (size_t)n);
			else
				jsonl_eof(&in);
		}
	}
	jsonl_free(&in);
	if (fd != -1)
		close(fd);
}

void
find_replay(void *arg, jv ev)
{
	replay_feed(arg, ev);
}
