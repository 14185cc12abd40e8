/*
 * xdg.c - where a user's files of the toolkit are.
 */
#include "sys/xdg.h"

#include "base/mem.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
absolute(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s == '/' ? s : NULL;
}

static const char *
home(void)
{
	const char *dir = absolute("HOME");
	struct passwd *pw;

	if (dir != NULL)
		return dir;
	pw = getpwuid(getuid());
	return pw != NULL && pw->pw_dir[0] == '/' ? pw->pw_dir : NULL;
}

char *
xdg_home(const char *rel)
{
	const char *dir = home();

	if (dir == NULL)
		return NULL;
	return *rel != '\0' ? xasprintf("%s/%s", dir, rel) : xstrdup(dir);
}

/* agent/rel in the folder that the variable names, or in its default. */
static char *
under(const char *variable, const char *otherwise, const char *rel)
{
	const char *dir = absolute(variable), *sep = *rel != '\0' ? "/" : "";

	if (dir != NULL)
		return xasprintf("%s/agent%s%s", dir, sep, rel);
	dir = home();
	return dir == NULL ? NULL : xasprintf("%s/%s/agent%s%s", dir,
	    otherwise, sep, rel);
}

char *
xdg_config(const char *rel)
{
	return under("XDG_CONFIG_HOME", ".config", rel);
}

char *
xdg_data(const char *rel)
{
	return under("XDG_DATA_HOME", ".local/share", rel);
}

char *
xdg_cache(const char *rel)
{
	return under("XDG_CACHE_HOME", ".cache", rel);
}

char *
xdg_state(void)
{
	return under("XDG_STATE_HOME", ".local/state", "");
}
