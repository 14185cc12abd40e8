/*
 * key.h - the key for the server: where it comes from, where it may go.
 *
 * A key is never sent to a URL that came from a less trusted place than the
 * key did, and never to a server that was merely found.  Keys are never
 * given on the command line, where other users could read them.
 *
 * GEMINI_API_KEY belongs to Gemini's host: it goes there, and to another
 * server only where an option names that for Gemini; no other key but one
 * of an option goes there with the gateway gemini.
 */
#ifndef GATE_KEY_H
#define GATE_KEY_H

#include "base/base.h"
#include "base/err.h"
#include "gate/settings.h"

/*
 * Fill s->key from --key-file, --key-env, the OPENAI pair, the environment
 * or the configuration, which may both name a file or a command (of a key, a
 * file and a command the most trusted one counts); the URL is known already.
 * Once there is a key, it is registered as a secret and the process can no
 * longer be inspected.
 * 0, or -1 with e filled (ERR_CONFIG).
 */
int key_load(struct settings *s, const struct settings_flags *f,
    struct err *e);
/* Fill s->fallback_key, the key for the server of the fallback when that is
 * another one; borrowed from the configuration.  Trust counts as above. */
void key_fallback(struct settings *s);
/*
 * The key to send to the URL of the settings into *key, borrowed, or NULL when
 * none may go there.  Where a command tells it, this runs it, once if that
 * goes well: so ask only when there is something to be sent.  0, or -1 with e
 * filled: the command failed (key_cmd.h), or there is no key and no request
 * makes sense without one (ERR_AUTH).
 */
int key_for(const struct settings *s, const char **key, struct err *e);
/* True when there is a key, or a command that tells one. */
bool key_held(const struct settings *s);
/* True when it may be sent to the URL of the settings. */
bool key_may_go(const struct settings *s);
/* Forget it. */
void key_free(struct settings *s);

#endif
