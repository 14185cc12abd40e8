/*
 * xdg.h - where a user's files of the toolkit are.
 *
 * By the XDG Base Directory Specification 0.8: a variable that is not set,
 * empty or not absolute counts as its default under the home folder.  That
 * folder is HOME, or where it is not set, as in a service, the account's.
 *
 * Each returns a path that the caller frees, or NULL where there is no home.
 */
#ifndef SYS_XDG_H
#define SYS_XDG_H

/* rel under the home folder; "" is the folder itself. */
char *xdg_home(const char *rel);
/* $XDG_CONFIG_HOME/agent/rel, by default ~/.config/agent/rel. */
char *xdg_config(const char *rel);
/* $XDG_DATA_HOME/agent/rel, by default ~/.local/share/agent/rel. */
char *xdg_data(const char *rel);
/* $XDG_CACHE_HOME/agent/rel, by default ~/.cache/agent/rel. */
char *xdg_cache(const char *rel);
/* $XDG_STATE_HOME/agent, by default ~/.local/state/agent. */
char *xdg_state(void);

#endif
