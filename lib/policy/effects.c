/*
 * effects.c - the files that a simple command reads and writes, and hosts.
 */
#include "policy/effects.h"

#include "base/mem.h"
#include "policy/word.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* What the operands of a command are. */
enum manner {
	READS,			/* files it reads: also when not known */
	NOTHING,		/* no files whose content it shows */
	WRITES,			/* files it changes */
	LAST,			/* the last one is written, others read */
	BOTH,			/* read and changed */
	PATTERN,		/* the first is none, the others are read */
	MODE,			/* the first is none, the others changed */
	DD,			/* if=file of=file */
};

static const struct {
	const char	*names;		/* with blanks around */
	enum manner	 manner;
} manners[] = {
	{ " echo printf true false : exit return cd pushd popd pwd ls dir "
	    "vdir stat test [ [[ basename dirname readlink realpath export "
	    "set unset local declare typeset readonly alias unalias kill "
	    "sleep seq expr date which whereis type hash history jobs "
	    "wait read getopts shift trap umask ulimit id whoami groups "
	    "hostname uname git apt apt-get npm yarn pnpm pip pip3 cargo "
	    "go find gfind make gmake docker podman du df tree locate pgrep "
	    "pkill killall systemctl service ssh eval exit command fork "
	    "man info help adduser useradd usermod passwd mktemp logname "
	    "file sha1sum sha256sum sha512sum md5sum cksum wc cmp curl "
	    "wget ping dig host nslookup ", NOTHING },
	{ " rm rmdir unlink mkdir touch truncate shred mkfifo mknod tee "
	    "wipefs blkdiscard ", WRITES },
	{ " chmod chown chgrp chattr setfacl ", MODE },
	{ " cp install ln rsync scp ", LAST },
	{ " mv ", BOTH },
	{ " grep egrep fgrep zgrep rg ag ack sed gsed awk gawk mawk nawk jq "
	    "perl ", PATTERN },
	{ " dd ", DD },
};

/* Options of which the next word is a file to be written. */
static const struct {
	const char	*names, *option;
} outputs[] = {
	{ " sort curl gcc cc clang ld as ", "-o" }, { " wget ", "-O" },
	{ " curl ", "--output" }, { " wget ", "--output-document" },
	{ " sort git ", "--output" }, { " find ", "-fprint" },
	{ " find ", "-fprintf" }, { " find ", "-fprint0" },
	{ " find ", "-fls" }, { " wget ", "-o" },
};

static bool
named(const char *names, const char *name)
{
	char *padded = xasprintf(" %s ", name);
	bool hit = strstr(names, padded) != NULL;

	free(padded);
	return hit;
}

static enum manner
manner_of(const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(manners); i++)
		if (named(manners[i].names, name))
			return manners[i].manner;
	return READS;
}

char *
effects_host(const char *text)
{
	const char *p = strstr(text, "://"), *at, *end;
	char *host;

	if (p == NULL)
		return NULL;
	p += 3;
	end = p + strcspn(p, "/?#");
	at = memrchr(p, '@', (size_t)(end - p));
	p = at != NULL ? at + 1 : p;
	if (*p == '[')
		end = memchr(p, ']', (size_t)(end - p)) != NULL ?
		    (const char *)memchr(p, ']', (size_t)(end - p)) + 1 : end;
	else
		end = p + strcspn(p, ":/?#");
	host = xmemdup(p, (size_t)(end - p));
	for (char *c = host; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (*host == '\0') {
		free(host);
		return NULL;
	}
	return host;
}

struct walker {
	const struct sh_cmd *c;
	effect_fn	*fn;
	void		*arg;
	char		*name;
};

static void
host_of(struct walker *w, const struct sh_word *word)
{
	char *text = word_text(word->code), *host = effects_host(text);

	if (host != NULL)
		w->fn(w->arg, EFFECT_HOST, host, word->sure);
	free(host);
	free(text);
}

/* A word that names a file, or has one behind = or @. */
static void
file_of(struct walker *w, const struct sh_word *word, enum effect what)
{
	const char *code = word->code, *eq = strchr(code, '='), *at;

	if (strstr(code, "://") != NULL)
		return;
	if (*code != '-')
		w->fn(w->arg, what, code, word->sure);
	if (eq != NULL && eq[1] != '\0')
		w->fn(w->arg, what, eq + 1, word->sure);
	at = *code == '@' ? code : eq != NULL && eq[1] == '@' ? eq + 1 : NULL;
	if (at != NULL)
		w->fn(w->arg, EFFECT_READ, at + 1, word->sure);
}

/* Options that write the word behind them; and those of curl that send. */
static void
options(struct walker *w, size_t i)
{
	const struct sh_word *word = &w->c->argv[i];
	bool more = i + 1 < w->c->n;

	for (size_t k = 0; k < BASE_NITEMS(outputs); k++) {
		size_t n = strlen(outputs[k].option);

		if (!named(outputs[k].names, w->name) ||
		    strncmp(word->code, outputs[k].option, n) != 0)
			continue;
		if (word->code[n] == '\0' && more)
			w->fn(w->arg, EFFECT_WRITE, w->c->argv[i + 1].code,
			    w->c->argv[i + 1].sure);
		else if (word->code[n] == '=')
			w->fn(w->arg, EFFECT_WRITE, word->code + n + 1,
			    word->sure);
		else if (n == 2 && word->code[n] != '\0')
			w->fn(w->arg, EFFECT_WRITE, word->code + n,
			    word->sure);
	}
	if (strcmp(w->name, "curl") == 0 && more &&
	    (strcmp(word->code, "-T") == 0 ||
	    strcmp(word->code, "--upload-file") == 0))
		w->fn(w->arg, EFFECT_READ, w->c->argv[i + 1].code,
		    w->c->argv[i + 1].sure);
}

/* sed -i changes what it reads. */
static bool
in_place(const struct walker *w)
{
	for (size_t i = 1; i < w->c->n && strstr(w->name, "sed"); i++)
		if (strncmp(w->c->argv[i].code, "-i", 2) == 0 ||
		    strncmp(w->c->argv[i].code, "--in-place", 10) == 0)
			return true;
	return false;
}

/* grep -e PATTERN and the like: then no operand is the pattern. */
static bool
has_pattern(const struct walker *w)
{
	for (size_t i = 1; i < w->c->n; i++) {
		const char *s = w->c->argv[i].code;

		if (strcmp(s, "-e") == 0 || strcmp(s, "-f") == 0 ||
		    strncmp(s, "--regexp", 8) == 0 ||
		    strncmp(s, "--expression", 12) == 0 ||
		    strncmp(s, "--file", 6) == 0)
			return true;
	}
	return false;
}

static void
operand(struct walker *w, const struct sh_word *word, enum manner m,
    size_t number, bool last)
{
	const char *code = word->code;

	switch (m) {
	case WRITES:
		file_of(w, word, EFFECT_WRITE);
		break;
	case MODE:
		if (number != 0)
			file_of(w, word, EFFECT_WRITE);
		break;
	case BOTH:
		file_of(w, word, EFFECT_WRITE);
		file_of(w, word, EFFECT_READ);
		break;
	case LAST:
		file_of(w, word, last && number != 0 ? EFFECT_WRITE :
		    EFFECT_READ);
		break;
	case DD:
		if (strncmp(code, "of=", 3) == 0)
			w->fn(w->arg, EFFECT_WRITE, code + 3, word->sure);
		else if (strncmp(code, "if=", 3) == 0)
			w->fn(w->arg, EFFECT_READ, code + 3, word->sure);
		break;
	case PATTERN:
		if (number == 0)
			break;
		if (in_place(w))
			file_of(w, word, EFFECT_WRITE);
		file_of(w, word, EFFECT_READ);
		break;
	case NOTHING:
		if (*code == '@' || strstr(code, "=@") != NULL)
			file_of(w, word, EFFECT_READ);
		break;
	default:
		file_of(w, word, EFFECT_READ);
		break;
	}
}

static void
operands(struct walker *w)
{
	enum manner m = (w->c->flags & SH_CLEAR) != 0 ? NOTHING :
	    manner_of(w->name);
	size_t number = m == PATTERN && has_pattern(w) ? 1 : 0, last = 0;
	bool over = false;

	for (size_t i = 1; i < w->c->n; i++)
		if (w->c->argv[i].code[0] != '-')
			last = i;
	for (size_t i = 1; i < w->c->n; i++) {
		const struct sh_word *word = &w->c->argv[i];
		bool option = !over && word->code[0] == '-' &&
		    word->code[1] != '\0';

		host_of(w, word);
		if (option && strcmp(word->code, "--") == 0) {
			over = true;
		} else if (option) {
			options(w, i);
			if (m != NOTHING && strchr(word->code, '=') != NULL)
				file_of(w, word, EFFECT_READ);
		} else {
			operand(w, word, m, number++, i == last);
		}
	}
}

void
effects_of(const struct sh_cmd *c, effect_fn *fn, void *arg)
{
	struct walker w = { c, fn, arg, sh_name(c) };

	for (size_t i = 0; i < c->nredir; i++) {
		const struct sh_word *word = &c->redir[i].word;

		if (strchr("<&", c->redir[i].op) != NULL && !word->file)
			fn(arg, EFFECT_READ, word->code, word->sure);
		if (strchr(">+&", c->redir[i].op) != NULL && !word->file)
			fn(arg, EFFECT_WRITE, word->code, word->sure);
	}
	if (c->n != 0)
		operands(&w);
	free(w.name);
}

bool
effects_carries(const char *url)
{
	const char *query = strchr(url, '?'), *p = strstr(url, "://");

	if (query != NULL && strlen(query + 1) > 64)
		return true;
	p = p != NULL ? p + 3 : url;
	while (*p != '\0') {
		size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=%");
		bool digit = false;

		for (size_t i = 0; i < n; i++)
			digit |= p[i] >= '0' && p[i] <= '9';
		if (n >= 32 && digit)
			return true;
		p += n + (p[n] != '\0');
	}
	return false;
}
