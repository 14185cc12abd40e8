/*
 * cmd_import.c - import.
 */
#include "mem/cmd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "core/state.h"
#include "json/jq.h"
#include "json/jsonl.h"

#define LINES		65536	/* in one transaction */

struct import {
	uint64_t	 stored, existing, updated, bad;
	int64_t		 open;		/* lines since the last commit */
	struct err	 first;		/* what was bad first */
	struct jq_filter *jq;
};

static int
import_one(struct cmd *c, jv line, struct import *im, struct err *e)
{
	struct item it;
	int rc;

	if (item_read(&it, line, c->s.now, e) == -1)
		return -1;
	rc = cmd_put(c, &it, NULL, e);
	item_free(&it);
	if (rc == STORE_NEW)
		im->stored++;
	else if (rc == STORE_SAME)
		im->existing++;
	else if (rc == STORE_CHANGED)
		im->updated++;
	return rc == -1 ? -1 : 0;
}

/* A line, or what the program of the user makes of it. */
static int
import_line(struct cmd *c, jv line, struct import *im, struct err *e)
{
	int rc;
	jv v;

	if (im->jq == NULL)
		return import_one(c, line, im, e);
	jq_give(im->jq, line);
	while ((rc = jq_take(im->jq, &v, e)) == 1) {
		rc = import_one(c, v, im, e);
		js_free(v);
		if (rc == -1)
			return -1;
	}
	return rc;
}

/* A bad line is told and left out; the rest is imported. */
static void
bad_line(struct import *im, struct err *e)
{
	if (im->bad++ == 0)
		im->first = *e;
	if (im->bad <= 10)
		log_warn("%s", e->msg);
	*e = (struct err)ERR_INIT;
}

static int
import_from(struct cmd *c, int fd, const char *name, struct import *im,
    struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&in, name);
	while (rc == 0 && (st = jsonl_read(&in, fd, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		if (st == JSONL_ERROR) {
			if (e->kind != ERR_DATA) {
				rc = -1;
				break;
			}
			/* It names the line itself. */
			bad_line(im, e);
			continue;
		}
		rc = import_line(c, v, im, e);
		js_free(v);
		if (rc == -1 && e->kind == ERR_DATA) {
			err_wrap(e, "%s line %llu", name,
			    (unsigned long long)in.lineno);
			bad_line(im, e);
			rc = 0;
		}
		if (rc == 0 && ++im->open >= LINES) {
			im->open = 0;
			rc = store_commit(&c->s, e);
			if (rc == 0)
				rc = store_begin(&c->s, e);
		}
	}
	jsonl_free(&in);
	return rc;
}

static int
import_all(struct cmd *c, struct import *im, struct err *e)
{
	int rc = 0;

	if (c->words.n == 0)
		return import_from(c, STDIN_FILENO, "<stdin>", im, e);
	for (size_t i = 0; rc == 0 && i < c->words.n; i++) {
		const char *name = c->words.v[i];
		int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) :
		    open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

		if (fd == -1)
			return err_sys(e, "%s", name);
		rc = import_from(c, fd, name, im, e);
		close(fd);
	}
	return rc;
}

static int
open_jq(struct cmd *c, struct import *im, struct err *e)
{
	char *modules = state_share("jq");

	im->jq = jq_open(c->jq, modules, e);
	free(modules);
	return im->jq != NULL ? 0 : -1;
}

int
cmd_import(struct cmd *c, struct err *e)
{
	struct import im = { .first = ERR_INIT };
	int rc;
	jv v;

	if (c->words.n == 0 && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "import: from where? Name files "
		    "or pipe lines in");
	if (c->jq != NULL && open_jq(c, &im, e) == -1)
		return -1;
	db_cache(c->s.db, 262144, 0);
	rc = store_begin(&c->s, e);
	if (rc == 0) {
		rc = import_all(c, &im, e);
		if (rc == -1)
			store_rollback(&c->s);
		else
			rc = store_commit(&c->s, e);
	}
	jq_close(im.jq);
	if (rc == -1)
		return -1;
	v = js_set_int(js_obj(), "stored", (int64_t)im.stored);
	v = js_set_int(v, "existing", (int64_t)im.existing);
	v = js_set_int(v, "updated", (int64_t)im.updated);
	v = js_set_int(v, "bad", (int64_t)im.bad);
	cmd_line_take(c, v);
	if (im.bad > 0)
		return err_set(e, ERR_DATA, "%llu line%s left out; the "
		    "first: %.300s", (unsigned long long)im.bad,
		    im.bad == 1 ? " was" : "s were", im.first.msg);
	return 0;
}
