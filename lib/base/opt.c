/*
 * opt.c - the command line, the same way in every program.
 *
 * Not getopt_long(3): that one accepts abbreviations, prints by itself and
 * cannot name the nearest option.
 */
#include "base/opt.h"

#include "base/buf.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

void
opt_init(struct opt_state *s, const struct opt *table, int argc, char **argv)
{
	memset(s, 0, sizeof(*s));
	s->table = table;
	s->argc = argc;
	s->argv = argv;
	s->i = argc > 0 ? 1 : 0;
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edits between two short names: a letter more, less or another, or two that
 * follow each other exchanged (Damerau and Levenshtein's distance, where
 * nothing is edited twice). */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][65], la = strlen(a), lb = strlen(b);

	if (la > 64 || lb > 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *row = rows[i % 3], *up = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			row[j] = min3(up[j] + 1, row[j - 1] + 1,
			    up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[la % 3][lb];
}

const char *
opt_nearest(const char *s, const char *const *names)
{
	const char *best = NULL, *longer = NULL;
	/* Two slips in a word of three leave nothing of it. */
	size_t n = strlen(s), least = n < 4 ? 2 : n / 3 + 2;

	for (; *names != NULL; names++) {
		size_t d = distance(s, *names);

		if (d < least && d < strlen(*names)) {
			least = d;
			best = *names;
		}
		if (longer == NULL && n > 2 && strncmp(*names, s, n) == 0)
			longer = *names;
	}
	return best != NULL ? best : longer;
}

static int
unknown(struct opt_state *s, const char *name, struct err *e)
{
	const char *names[129], *near;
	size_t n = 0;

	for (const struct opt *o = s->table; o->name != NULL && n < 128; o++)
		names[n++] = o->name;
	names[n] = NULL;
	near = opt_nearest(name, names);
	if (near != NULL)
		err_set(e, ERR_USAGE, "unknown option --%.60s; did you mean "
		    "--%s?", name, near);
	else
		err_set(e, ERR_USAGE, "unknown option --%.60s; see %s --help",
		    name, log_prog());
	return OPT_ERROR;
}

/* The option's argument: after '=', or the next word. */
static int
take_arg(struct opt_state *s, const struct opt *o, const char *attached,
    struct err *e)
{
	s->arg = NULL;
	if (o->arg == NULL) {
		if (attached == NULL)
			return o->key;
		err_set(e, ERR_USAGE, "option --%s takes no argument",
		    o->name);
		return OPT_ERROR;
	}
	if (attached == NULL && s->i < s->argc)
		attached = s->argv[s->i++];
	if (attached == NULL) {
		err_set(e, ERR_USAGE, "option --%s needs an argument: %s",
		    o->name, o->arg);
		return OPT_ERROR;
	}
	s->arg = attached;
	return o->key;
}

static int
next_long(struct opt_state *s, const char *word, struct err *e)
{
	const char *eq = strchr(word, '=');
	size_t n = eq != NULL ? (size_t)(eq - word) : strlen(word);

	for (const struct opt *o = s->table; o->name != NULL; o++)
		if (strlen(o->name) == n && strncmp(o->name, word, n) == 0)
			return take_arg(s, o, eq != NULL ? eq + 1 : NULL, e);
	return unknown(s, word, e);
}

static int
next_short(struct opt_state *s, struct err *e)
{
	int c = (unsigned char)*s->cluster++;
	const char *rest = *s->cluster != '\0' ? s->cluster : NULL;

	for (const struct opt *o = s->table; o->name != NULL; o++) {
		if (o->key != c)
			continue;
		if (o->arg == NULL) {
			s->cluster = rest;
			s->arg = NULL;
			return c;
		}
		s->cluster = NULL;
		return take_arg(s, o, rest, e);
	}
	err_set(e, ERR_USAGE, "unknown option -%c; see %s --help", c,
	    log_prog());
	return OPT_ERROR;
}

int
opt_next(struct opt_state *s, struct err *e)
{
	const char *word;

	if (s->cluster != NULL)
		return next_short(s, e);
	if (s->i >= s->argc)
		return OPT_END;
	word = s->argv[s->i];
	if (word[0] != '-' || word[1] == '\0')
		return OPT_END;
	s->i++;
	if (strcmp(word, "--") == 0)
		return OPT_END;
	if (word[1] == '-')
		return next_long(s, word + 2, e);
	s->cluster = word + 1;
	return next_short(s, e);
}

static void
print_option(const struct opt *o)
{
	char left[64], brief[8] = "    ";
	bool letter = o->key > ' ' && o->key < 127;

	if (letter)
		snprintf(brief, sizeof(brief), "-%c, ", o->key);
	snprintf(left, sizeof(left), "  %s--%s%s%s", brief, o->name,
	    o->arg != NULL ? "=" : "", o->arg != NULL ? o->arg : "");
	if (strlen(left) > 29)
		printf("%s\n%-30s%s\n", left, "", o->help);
	else
		printf("%-30s%s\n", left, o->help);
}

void
opt_help(const char *synopsis, const char *about, const struct opt *table,
    const char *examples)
{
	printf("Examples:\n%s\nUsage: %s\n\n%s\n\nOptions:\n", examples,
	    synopsis, about);
	for (const struct opt *o = table; o->name != NULL; o++)
		print_option(o);
	printf("\nThe manual: man %s\n", log_prog());
}

void
opt_version(const char *prog, const char *libs)
{
	printf("%s %s\n", prog, VERSION);
	if (libs != NULL && *libs != '\0')
		printf("with %s\n", libs);
	printf("MIT licence\n");
}

int
opt_told(const struct opt_program *p, int key)
{
	if (key == 'h')
		opt_help(p->synopsis, p->about, p->table, p->examples);
	else if (key == OPT_VERSION)
		opt_version(p->name, p->libs);
	else
		return 0;
	return 1;
}

int
opt_parse(const struct opt_program *p, void *arg, int argc, char **argv,
    struct err *e)
{
	struct opt_state o;
	bool words = false;	/* "--" was there */
	int rc = 0;

	opt_init(&o, p->table, argc, argv);
	while (rc == 0 && (o.i < argc || o.cluster != NULL)) {
		int before = o.i, key = words ? OPT_END : opt_next(&o, e);

		if (key == OPT_ERROR)
			return -1;
		if (key != OPT_END) {
			rc = opt_told(p, key);
			if (rc == 0)
				rc = p->option(arg, key, o.arg, e);
			continue;
		}
		words |= o.i > before;
		if (o.i < argc)
			rc = p->operand(arg, argv[o.i++], e);
	}
	return rc;
}
