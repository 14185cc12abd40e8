/*
 * skills.c - skills: folders with a file SKILL.md below their places.
 */
#include "core/skills.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "core/front.h"
#include "core/skill_places.h"
#include "sys/file.h"
#include "sys/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX	200000	/* folders in one folder */
#define NOTES_MAX	20

/* A folder that was looked at, whatever path led there. */
struct place_id {
	dev_t	dev;
	ino_t	ino;
};

struct search {
	struct skills	*all;
	const struct skill_place *at;
	struct vec	 queue;		/* folders from the place on, "" it */
	size_t		 folders;	/* looked at below it */
	struct place_id	*seen;		/* of the user's */
	size_t		 nseen;
};

void
skills_free(struct skills *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].name);
		free(all->v[i].path);
		free(all->v[i].rel);
	}
	free(all->v);
	vec_free(&all->notes);
	*all = (struct skills){ NULL, 0, VEC_INIT };
}

/* ---- names ---- */

static bool
is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return n > 0 && n <= 64 && s[n] == '\0' && s[0] != '-' &&
	    s[0] != '_' && s[0] != '.';
}

static void
note(struct skills *all, const char *path, const char *what)
{
	struct buf b = BUF_INIT;

	if (all->notes.n < NOTES_MAX) {
		utf8_escape(&b, path, strlen(path), UTF8_LINE);
		vec_pushf(&all->notes, "%.300s: %s", buf_str(&b), what);
	}
	buf_free(&b);
}

/* ---- one folder ---- */

/* Whether name in dir is of that type (S_IFDIR, S_IFREG); the project's links
 * are neither. */
static bool
is_type(const struct search *s, int dir, const char *name, mode_t type)
{
	struct stat st;

	return fstatat(dir, name, &st, s->at->rel != NULL ?
	    AT_SYMLINK_NOFOLLOW : 0) == 0 && (st.st_mode & S_IFMT) == type;
}

/* The names of the folders in dir that may be looked at, sorted. */
static void
folders(const struct search *s, DIR *d, struct vec *names)
{
	struct dirent *e;

	while (names->n < NAMES_MAX && (e = readdir(d)) != NULL) {
		const char *name = e->d_name;

		if (name[0] == '.' || walk_dull(name) || !utf8_plain(name))
			continue;
		if (e->d_type == DT_DIR || ((e->d_type == DT_LNK ||
		    e->d_type == DT_UNKNOWN) && is_type(s, dirfd(d), name,
		    S_IFDIR)))
			vec_push(names, name);
	}
	vec_sort(names);
}

/* Only the user's places have links, which may lead in a circle. */
static bool
seen_before(struct search *s, int dir, const char *name)
{
	struct stat st;

	if (s->at->rel != NULL || fstatat(dir, name, &st, 0) == -1)
		return false;
	for (size_t i = 0; i < s->nseen; i++)
		if (s->seen[i].dev == st.st_dev &&
		    s->seen[i].ino == st.st_ino)
			return true;
	s->seen = xreallocarray(s->seen, s->nseen + 1, sizeof(*s->seen));
	s->seen[s->nseen++] = (struct place_id){ st.st_dev, st.st_ino };
	return false;
}

static void
add(struct search *s, const char *sub, const char *name)
{
	struct skills *all = s->all;
	const struct skill_place *at = s->at;
	char *path = xasprintf("%s/%s", at->path, sub);

	if (!is_name(name)) {
		note(all, path, "no name of a skill (letters, digits, "
		    "hyphens)");
		free(path);
		return;
	}
	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = (struct skill){
		.name = xstrdup(name),
		.path = path,
		.rel = at->rel != NULL ? xasprintf("%s/%s", at->rel, sub) :
		    NULL,
	};
}

/* Look at what is in one folder of the place; false at the limit. */
static bool
look(struct search *s, const char *sub, size_t depth)
{
	char *path = xasprintf("%s%s%s", s->at->path, *sub != '\0' ? "/" :
	    "", sub);
	DIR *d = opendir(path);
	struct vec names = VEC_INIT;
	bool more = true;

	if (d != NULL)
		folders(s, d, &names);
	for (size_t i = 0; i < names.n && more; i++) {
		const char *name = names.v[i];
		char *below = xasprintf("%s%s%s", sub, *sub != '\0' ? "/" :
		    "", name);
		char *file = xasprintf("%s/" SKILL_FILE, name);

		more = s->folders++ < SKILLS_FOLDERS;
		if (more && !seen_before(s, dirfd(d), name)) {
			if (is_type(s, dirfd(d), file, S_IFREG))
				add(s, below, name);
			else if (depth < SKILLS_DEPTH)
				vec_push(&s->queue, below);
		}
		free(file);
		free(below);
	}
	if (d != NULL)
		closedir(d);
	vec_free(&names);
	free(path);
	return more;
}

/* ---- all of them ---- */

static size_t
depth_of(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}

/* By name; of one name the one that lies less deep. */
static int
by_skill(const void *a, const void *b)
{
	const struct skill *x = a, *y = b;
	size_t n = depth_of(x->path), m = depth_of(y->path);
	int order = strcmp(x->name, y->name);

	if (order == 0 && n != m)
		order = n < m ? -1 : 1;
	return order != 0 ? order : strcmp(x->path, y->path);
}

/* What is near the top is found before what is deep below. */
static void
search_place(struct search *s)
{
	size_t first = s->all->n, depth = 1, level;
	bool more = true;

	s->folders = 0;
	vec_push(&s->queue, "");
	level = s->queue.n;
	for (size_t i = 0; i < s->queue.n && more; i++) {
		char *sub = xstrdup(s->queue.v[i]);

		if (i == level) {
			level = s->queue.n;
			depth++;
		}
		more = look(s, sub, depth);
		free(sub);
	}
	if (!more)
		note(s->all, s->at->path, "has more folders than are looked "
		    "at; skills beyond them are not found");
	if (s->all->n > first + 1)
		qsort(s->all->v + first, s->all->n - first,
		    sizeof(*s->all->v), by_skill);
	vec_free(&s->queue);
}

void
skills_find(struct skills *all, const char *workspace)
{
	struct search s = { .all = all, .queue = VEC_INIT };
	struct skill_places where;

	*all = (struct skills){ NULL, 0, VEC_INIT };
	skill_places_find(&where, workspace);
	for (size_t i = 0; i < where.n; i++) {
		s.at = &where.v[i];
		search_place(&s);
	}
	skill_places_free(&where);
	free(s.seen);
}

/* ---- one of them ---- */

jv
skill_read(const struct skill *s, struct buf *text, size_t *body)
{
	char *path = xasprintf("%s/" SKILL_FILE, s->path);
	struct err ignored = ERR_INIT;
	jv head = js_none();

	buf_reset(text);
	if (file_read(path, text, SKILL_MAX, &ignored) == 0) {
		head = front_read(buf_str(text), text->len, body);
		if (js_str(head, "description") == NULL) {
			js_free(head);
			head = js_none();
		}
	}
	free(path);
	return head;
}

bool
skill_for_model(jv head)
{
	return js_is_obj(head) && !js_str_is(head, "disable-model-invocation",
	    "true");
}

bool
skill_for_user(jv head)
{
	return js_is_obj(head) && !js_str_is(head, "user-invocable", "false");
}
