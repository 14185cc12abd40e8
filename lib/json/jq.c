/*
 * jq.c - a jq program that the user gave, run on one value.
 */
#include "json/jq.h"

#include <jq.h>

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
