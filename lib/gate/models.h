/*
 * models.h - which models a server has, and which servers are here.
 */
#ifndef GATE_MODELS_H
#define GATE_MODELS_H

#include "base/base.h"
#include "base/err.h"
#include "gate/settings.h"
#include "json/js.h"
#include "net/http.h"

#define MODELS_PROBE_MS	200	/* to find open ports */
#define MODELS_ASK_MS	1500	/* for one list */

/*
 * The models of the server at base, as an owned array of {"id","url",
 * "window"?,"window_max"?,"owned_by"?,"server"?}, the last being what the
 * server calls itself in its headers; key may be NULL.  Invalid with e
 * filled when it does not answer, or not with a list.
 */
jv models_list(struct http *h, const char *base, const char *key, int64_t ms,
    struct err *e);
/* The model to take from such an array when none was named, or NULL;
 * valid while the array is. */
const char *models_pick(jv list);
/* The same for a model that makes vectors of texts: the first that is called
 * so, else the only one there is. */
const char *models_pick_embed(jv list);
/*
 * Look at the local ports that the settings name.  Returns the models of
 * the first server that has a list, or of all of them; owned.  Invalid with
 * e filled (ERR_UNAVAILABLE, saying what to try) when there is none.
 */
jv models_find(struct http *h, const struct settings *s, bool all,
    struct err *e);
/* The lists as text for people: a table. */
void models_show(jv list, struct buf *out);

#endif
