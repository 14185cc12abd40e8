/*
 * hub.c - all servers that are configured, and one loop for them.
 */
#include "mcp/hub.h"

#include "base/clock.h"
#include "base/mem.h"
#include "mcp/store.h"
#include "sys/sig.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int
hub_open(struct hub *h, const struct entry_files *files,
    const char *workspace, struct err *e)
{
	memset(h, 0, sizeof(*h));
	if (entries_read(&h->entries, files, e) == -1)
		return -1;
	/* What a server leaves behind becomes ours, so that it can be
	 * ended. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	h->workspace = xstrdup(workspace);
	h->webs = webs_new();
	for (size_t i = 0; i < h->entries.n; i++) {
		const struct entry *c = h->entries.v[i];

		h->v[i] = xcalloc(1, sizeof(*h->v[i]));
		server_init(h->v[i], c, h->workspace, c->http ? &web_link :
		    &pipe_link);
		if (c->http)
			web_attach(h->v[i], h->webs);
		h->pin[i] = store_pin(c);
		h->v[i]->was_legacy = js_str_is(h->pin[i], "era", "legacy");
	}
	return 0;
}

/* Kill the children that are left, until there are none. */
static void
end_strays(void)
{
	for (int round = 0; round < 20; round++) {
		DIR *d;
		struct dirent *x;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
			return;
		d = opendir("/proc");
		while (d != NULL && (x = readdir(d)) != NULL) {
			char path[64], line[512], *end;
			FILE *f;
			long parent = 0, pid = strtol(x->d_name, &end, 10);

			if (*end != '\0' || pid <= 1)
				continue;
			snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
			f = fopen(path, "re");
			if (f != NULL && fgets(line, sizeof(line), f) != NULL &&
			    (end = strrchr(line, ')')) != NULL)
				sscanf(end + 1, " %*c %ld", &parent);
			if (f != NULL)
				fclose(f);
			if (parent == (long)getpid())
				kill((pid_t)pid, SIGKILL);
		}
		if (d != NULL)
			closedir(d);
		poll(NULL, 0, 5);
	}
}

void
hub_close(struct hub *h)
{
	struct server *pipes[ENTRY_MAX];
	size_t n = 0;
	bool any = false;

	for (size_t i = 0; i < h->entries.n; i++) {
		any |= h->v[i]->opened_at != 0 && !h->entries.v[i]->http;
		if (!h->entries.v[i]->http)
			pipes[n++] = h->v[i];
	}
	webs_goodbye(h->webs, h->v, h->entries.n);
	pipe_stop(pipes, n);
	if (any)
		end_strays();
	for (size_t i = 0; i < h->entries.n; i++) {
		server_free(h->v[i]);
		js_free(h->pin[i]);
	}
	webs_free(h->webs);
	for (size_t i = 0; i < h->entries.n; i++) {
		if (h->entries.v[i]->http)
			web_detach(h->v[i]);
		free(h->v[i]);
	}
	entries_free(&h->entries);
	free(h->workspace);
	memset(h, 0, sizeof(*h));
}

struct server *
hub_find(struct hub *h, const char *name, size_t *at)
{
	for (size_t i = 0; i < h->entries.n; i++)
		if (strcmp(h->entries.v[i]->name, name) == 0) {
			if (at != NULL)
				*at = i;
			return h->v[i];
		}
	return NULL;
}

size_t
hub_poll(const struct hub *h, struct pollfd p[HUB_FDS])
{
	size_t n = 0;

	p[n++] = (struct pollfd){ webs_fd(h->webs), POLLIN, 0 };
	for (size_t i = 0; i < h->entries.n; i++)
		if (h->entries.v[i]->http) {
			web_poll(h->v[i], &p[n]);
			n += WEB_FDS;
		} else {
			pipe_poll(h->v[i], &p[n]);
			n += PIPE_FDS;
		}
	return n;
}

int
hub_left(const struct hub *h)
{
	int left = webs_left(h->webs);

	for (size_t i = 0; i < h->entries.n; i++) {
		left = clock_sooner(left, clock_left(server_deadline(
		    h->v[i])));
		if (h->entries.v[i]->http)
			left = clock_sooner(left, web_left(h->v[i]));
	}
	return left;
}

void
hub_work(struct hub *h, const struct pollfd p[HUB_FDS])
{
	size_t n = 1;

	webs_run(h->webs);
	for (size_t i = 0; i < h->entries.n; i++)
		if (h->entries.v[i]->http) {
			web_work(h->v[i]);
			n += WEB_FDS;
		} else {
			pipe_work(h->v[i], &p[n]);
			n += PIPE_FDS;
		}
	for (size_t i = 0; i < h->entries.n; i++)
		server_tick(h->v[i]);
}

void
hub_wait(struct hub *h, const bool wanted[ENTRY_MAX])
{
	struct pollfd p[HUB_FDS + 1];
	size_t open;

	for (size_t i = 0; i < h->entries.n; i++)
		if (wanted[i])
			server_open(h->v[i]);
	for (;;) {
		size_t n = hub_poll(h, p);

		open = 0;
		for (size_t i = 0; i < h->entries.n; i++)
			open += h->v[i]->state == SERVER_OPENING;
		if (open == 0 || sig_caught() != 0)
			return;
		p[n] = (struct pollfd){ sig_fd(), POLLIN, 0 };
		poll(p, n + 1, hub_left(h));
		hub_work(h, p);
	}
}

int
hub_pin(struct hub *h, size_t at, struct err *e)
{
	const struct server *s = h->v[at];
	jv pin = js_obj(), notes = js_arr();

	pin = js_set_str(pin, "server", s->entry->name);
	pin = js_set_str(pin, "era", s->modern ? "modern" : "legacy");
	pin = js_set_str(pin, "version", s->version);
	if (js_is_obj(s->info))
		pin = js_set(pin, "info", js_ref(s->info));
	for (size_t i = 0; i < s->notes.n; i++)
		notes = js_push(notes, js_from_str(s->notes.v[i]));
	pin = js_set(pin, "notes", notes);
	pin = js_set(pin, "tools", js_ref(s->tools));
	js_free(h->pin[at]);
	h->pin[at] = pin;
	h->changed = true;
	return store_pin_write(s->entry, pin, e);
}
