/*
 * jq.c - a jq program that the user gave, run on one value.
 */
#include "json/jq.h"

#include "base/mem.h"

#include <jq.h>
#include <stdlib.h>

static void
on_complaint(void *arg, jv msg)
{
	struct err *e = arg;

	if (e->kind == ERR_NONE && jv_get_kind(msg) == JV_KIND_STRING)
		err_set(e, ERR_DATA, "%s", jv_string_value(msg));
	jv_free(msg);
}

int
jq_holds(const char *program, jv v, struct err *e)
{
	jq_state *jq = jq_init();
	int rc = 0;
	jv out;

	if (jq == NULL)
		return err_set(e, ERR_TEMP, "libjq does not start");
	jq_set_error_cb(jq, on_complaint, e);
	if (!jq_compile(jq, program)) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_DATA, "the jq program does not "
			    "compile");
		jq_teardown(&jq);
		return -1;
	}
	jq_start(jq, jv_copy(v), 0);
	while (jv_is_valid(out = jq_next(jq))) {
		jv_kind k = jv_get_kind(out);

		rc = k != JV_KIND_FALSE && k != JV_KIND_NULL;
		jv_free(out);
	}
	if (jv_invalid_has_msg(jv_copy(out))) {
		jv msg = jv_invalid_get_msg(out);

		err_set(e, ERR_NEGATIVE, "%s", jv_get_kind(msg) ==
		    JV_KIND_STRING ? jv_string_value(msg) : "jq failed");
		jv_free(msg);
		rc = -1;
	} else {
		jv_free(out);
	}
	jq_teardown(&jq);
	return rc;
}

struct jq_filter {
	jq_state	*jq;
};

struct jq_filter *
jq_open(const char *program, const char *modules, struct err *e)
{
	struct jq_filter *f = xcalloc(1, sizeof(*f));
	struct err said = ERR_INIT;

	f->jq = jq_init();
	if (f->jq == NULL) {
		err_set(e, ERR_TEMP, "libjq does not start");
		free(f);
		return NULL;
	}
	jq_set_error_cb(f->jq, on_complaint, &said);
	jq_set_attr(f->jq, jv_string("JQ_LIBRARY_PATH"), modules != NULL ?
	    jv_array_append(jv_array(), jv_string(modules)) : jv_array());
	if (jq_compile(f->jq, program))
		return f;
	err_set(e, ERR_USAGE, "the jq program does not compile: %.300s",
	    said.msg);
	jq_close(f);
	return NULL;
}

void
jq_close(struct jq_filter *f)
{
	if (f == NULL)
		return;
	jq_teardown(&f->jq);
	free(f);
}

void
jq_give(struct jq_filter *f, jv v)
{
	jq_start(f->jq, jv_copy(v), 0);
}

int
jq_take(struct jq_filter *f, jv *out, struct err *e)
{
	jv v = jq_next(f->jq);
	jv msg;

	*out = jv_invalid();
	if (jv_is_valid(v)) {
		*out = v;
		return 1;
	}
	if (!jv_invalid_has_msg(jv_copy(v))) {
		jv_free(v);
		return 0;
	}
	msg = jv_invalid_get_msg(v);
	err_set(e, ERR_DATA, "jq: %.300s", jv_get_kind(msg) ==
	    JV_KIND_STRING ? jv_string_value(msg) : "failed");
	jv_free(msg);
	return -1;
}
