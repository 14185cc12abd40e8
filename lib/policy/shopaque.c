/*
 * shopaque.c - options, variables and words with which a command that looks
 * harmless runs something that cannot be seen.
 *
 * A command that is marked here is still judged by its name; only a rule
 * that allows it is not enough.
 */
#include "policy/shstate.h"

#include "base/mem.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* A command, and a pattern of the word that makes it run another. */
static const struct {
	const char	*name, *word;
} hidden[] = {
	{ "tar", "--checkpoint-action*" }, { "tar", "--to-command*" },
	{ "tar", "-I*" }, { "tar", "--use-compress-program*" },
	{ "tar", "-F*" }, { "tar", "--info-script*" },
	{ "tar", "--new-volume-script*" }, { "tar", "--rsh-command*" },
	{ "sort", "--compress-prog*" }, { "split", "--filter*" },
	{ "rsync", "-e*" }, { "rsync", "--rsh*" }, { "scp", "-S*" },
	{ "rsync", "--rsync-path*" }, { "scp", "-o*" }, { "ssh", "-o*" },
	{ "sftp", "-[So]*" }, { "zip", "-T*" }, { "zip", "--unzip*" },
	{ "rg", "--pre*" }, { "rg", "--hostname-bin*" }, { "ag", "--pager*" },
	{ "man", "-P*" }, { "man", "--pager*" }, { "man", "-H*" },
	{ "less", "+*" }, { "more", "+*" }, { "date", "--set*" },
	{ "git", "--ext-diff" }, { "git", "--textconv" },
	{ "git", "--upload-pack*" }, { "git", "--receive-pack*" },
	{ "git", "-O*" }, { "git", "--open-files-in-pager*" },
	{ "git", "--exec*" }, { "git", "-x" }, { "git", "ext::*" },
	{ "git", "--paginate" }, { "git", "bisect" }, { "git", "filter-*" },
	{ "git", "difftool" }, { "git", "mergetool" }, { "git", "config" },
	{ "find", "-fprint*" }, { "find", "-fls" },
	{ "curl", "-K*" }, { "curl", "--config*" },
	{ "wget", "--use-askpass*" }, { "wget", "-e*" },
	{ "alias", "*=*" }, { "hash", "-p*" }, { "enable", "-f*" },
	{ "mapfile", "-C*" }, { "readarray", "-C*" },
	{ "gcc", "-B*" },
	{ "sed", "--file*" }, { "sed", "-*f*" }, { "awk", "-*f*" },
};

/* Variables that programs run or load what they name. */
static const char *const loaded[] = {
	"LD_*", "DYLD_*", "PATH", "BASH_ENV", "ENV", "IFS", "GIT_*",
	"PYTHON*", "PERL*", "RUBY*", "NODE_*", "JAVA_TOOL_OPTIONS", "PS4",
	"*PAGER", "*EDITOR", "VISUAL", "LESS*", "BROWSER", "PROMPT_COMMAND",
	"SHELLOPTS", "BASHOPTS", "BASH_FUNC_*", "GCONV_PATH", "MAKEFLAGS",
	"*_ASKPASS", "SHELL", "TAR_OPTIONS", "RSYNC_RSH", "GREP_OPTIONS",
};

/* A sed script of addresses, p, q, d, = and plain s commands only. */
static bool
plain_sed(const char *p)
{
	while (*p != '\0') {
		if (strchr("0123456789,$;pqd=! \t\n", *p) != NULL) {
			p++;
		} else if (*p == 's' || *p == '/') {
			int parts = *p == 's' ? 2 : 1;
			char end = *p == 's' ? *++p : '/';

			for (p++; parts != 0 && *p != '\0'; p++) {
				if (*p == '\\' && p[1] != '\0')
					p++;
				else if (*p == end)
					parts--;
			}
			if (parts != 0)
				return false;
			p += end != '/' || p[-1] == end ?
			    strspn(p, "gpiI0123456789") : 0;
		} else {
			return false;
		}
	}
	return true;
}

static void
look_sed(struct sh_cmd *k)
{
	bool script = false;

	for (size_t i = 1; i < k->n; i++) {
		char *t = word_text(k->argv[i].code);
		bool e = t[0] == '-' && t[1] != '-' && t[1] != '\0' &&
		    t[strlen(t) - 1] == 'e';

		if (strncmp(t, "--expression=", 13) == 0) {
			script = true;
			if (!plain_sed(t + 13))
				sh_opaque(k, "its script may run commands");
		} else if (t[0] != '-' || t[1] == '\0') {
			if (!script && !plain_sed(t))
				sh_opaque(k, "its script may run commands");
			script = true;
		} else if (e) {
			script = false;
		}
		free(t);
	}
}

static void
look_awk(struct sh_cmd *k)
{
	for (size_t i = 1; i < k->n; i++) {
		char *t = word_text(k->argv[i].code);

		if (strstr(t, "system") != NULL || strchr(t, '|') != NULL ||
		    strstr(t, "getline") != NULL || strchr(t, '>') != NULL ||
		    strchr(t, '@') != NULL)
			sh_opaque(k, "its program may run commands");
		free(t);
	}
}

/* Builtins that evaluate subscripts: a[$(id)] in quotes runs id. */
static void
look_subscripts(struct sh_ctx *c, size_t i)
{
	for (size_t a = 1; a < c->sh->cmd[i].n; a++) {
		char *t = word_text(c->sh->cmd[i].argv[a].code), *at;

		at = strchr(t, '[');
		if (at != NULL && (strstr(at, "$(") != NULL ||
		    strchr(at, '`') != NULL)) {
			char *code = xasprintf(": \"%s\"", at);

			sh_opaque(&c->sh->cmd[i], "a subscript runs a "
			    "command");
			sh_text(c, code, strlen(code));
			free(code);
		}
		free(t);
	}
}

void
sh_look_opaque(struct sh_ctx *c, size_t i, const char *name)
{
	static const char *const evaluates[] = { "printf", "test", "[", "[[",
	    "read", "unset", "declare", "typeset", "local", "export", "let",
	    "wait", "readonly" };
	struct sh_cmd *k = &c->sh->cmd[i];

	for (size_t h = 0; h < BASE_NITEMS(hidden); h++) {
		bool hit = fnmatch(hidden[h].name, name, 0) == 0;

		for (size_t a = 1; hit && a < k->n; a++)
			if (fnmatch(hidden[h].word, k->argv[a].code, 0) == 0)
				sh_opaque(k, "an option of it runs a "
				    "program");
	}
	if (strcmp(name, "sed") == 0 || strcmp(name, "gsed") == 0)
		look_sed(k);
	if (strcmp(name, "awk") == 0 || strcmp(name, "gawk") == 0 ||
	    strcmp(name, "mawk") == 0 || strcmp(name, "nawk") == 0)
		look_awk(k);
	for (size_t e = 0; e < BASE_NITEMS(evaluates); e++)
		if (strcmp(name, evaluates[e]) == 0)
			look_subscripts(c, i);
}

/* Variables set for a command, or for all that follow. */
bool
sh_loads(const char *code)
{
	size_t n = strcspn(code, "=");
	char *name = xmemdup(code, n);
	bool hit = false;

	for (size_t i = 0; i < BASE_NITEMS(loaded) && !hit; i++)
		hit = fnmatch(loaded[i], name, 0) == 0;
	free(name);
	return hit;
}
