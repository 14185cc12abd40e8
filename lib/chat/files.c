/*
 * files.c - files that a person hands over: read, shown, and whether the
 * model takes them.
 */
#include "chat/chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "chat/calls.h"
#include "sys/file.h"
#include "sys/proc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SHOW_ROWS	16	/* of the screen, at most */
#define SHOW_COLUMNS	60
#define SHOW_MS		5000	/* that the program may take */

/* Where a picture can be drawn at all. */
static bool
can_draw(const struct chat *c)
{
	return c->view.out_tty && c->view.pretty && c->view.colour &&
	    !c->o->quiet &&
	    c->o->command == CHAT_TALK && !c->o->coprocess;
}

/* Let chafa(1) draw it, where that is installed. */
static bool
draw(struct chat *c, const char *path)
{
	struct vec v = VEC_INIT;
	struct err none = ERR_INIT;
	struct winsize w = { .ws_col = 80, .ws_row = 24 };
	struct proc p;
	bool good = false;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	vec_push(&v, "chafa");
	vec_push(&v, "--animate=off");
	vec_pushf(&v, "--size=%dx%d", w.ws_col < SHOW_COLUMNS ? w.ws_col :
	    SHOW_COLUMNS, w.ws_row / 2 < SHOW_ROWS ? w.ws_row / 2 :
	    SHOW_ROWS);
	/* A name is no option. */
	vec_pushf(&v, "%s%s", *path == '-' ? "./" : "", path);
	view_flush(&c->view);
	proc_init(&p, vec_argv(&v));
	p.how[0] = p.how[2] = PROC_NULL;
	p.die_with_us = true;
	if (proc_start(&p, &none) == 0) {
		good = proc_wait_ms(&p, SHOW_MS) &&
		    proc_exit_code(p.status) == 0;
		proc_stop(&p, 0);
	}
	vec_free(&v);
	return good;
}

int
chat_attach(struct chat *c, const char *path, struct err *e)
{
	size_t n = js_len(c->attach.pictures), bytes = c->attach.bytes;
	struct buf size = BUF_INIT;

	if (attach_file(&c->attach, path, e) == -1)
		return -1;
	if (js_len(c->attach.pictures) > n && can_draw(c) &&
	    !draw(c, path)) {
		calls_size(&size, c->attach.bytes - bytes);
		log_note("picture: %.200s, %s", path, buf_str(&size));
		buf_free(&size);
	}
	chat_depends(c, path);
	return 0;
}

void
chat_depends(struct chat *c, const char *path)
{
	char *whole;

	if (c->o->deps_file == NULL)
		return;
	whole = *path == '/' ? xstrdup(path) : file_real_name(path);
	if (whole != NULL && !vec_has(&c->deps, whole))
		vec_push(&c->deps, whole);
	free(whole);
}

int
chat_takes(const struct chat *c, struct err *e)
{
	const char *model = js_str(c->gate.hello, "model");

	if (!attach_pictures(&c->attach) ||
	    js_bool(c->gate.hello, "vision", true))
		return 0;
	return err_set(e, ERR_CONFIG, "%.80s takes no pictures; try "
	    "--model with one that does, or \"vision\": true in a profile of "
	    "your own, agent-profile(5)", model != NULL ? model : "the model");
}
