/*
 * window.h - the size of the context that a server really loaded.
 *
 * Servers tell it in places of their own: llama-server in its list of
 * models and in /props, Ollama in /api/ps (loaded), /api/show (what the
 * model was trained for, and what it is configured to), LM Studio in
 * /api/v0/models, vLLM, SGLang and services in their lists.  Whatever is
 * answered instead counts as not told.
 */
#ifndef GATE_WINDOW_H
#define GATE_WINDOW_H

#include "base/base.h"
#include "json/js.h"
#include "net/http.h"

#define WINDOW_LIMIT	1000000000	/* nobody has more */

/*
 * Put "window" (what is loaded) and "window_max" (what the model can) into
 * o, as far as m, a server's description of a model, tells them.  Consumes
 * and returns o.
 */
jv window_read(jv o, jv m);
/*
 * Ask the server at base for what its list of models, an array as of
 * models_list(), leaves out; of the model only, or of all when it is NULL.
 * kind is the server's, agent-profile(5), NULL when not known; key may be
 * NULL; deadline is of clock_ms().  Consumes and returns the list.
 */
jv window_ask(jv list, struct http *h, const char *base, const char *key,
    const char *kind, const char *model, int64_t deadline);
/* The numbers of the model in a list; 0 for what is not told. */
void window_of(jv list, const char *model, int64_t *window, int64_t *max);

#endif
