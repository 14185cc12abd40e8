/* Where a user's files are, with and without the variables. */
#include "sys/xdg.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static void
is_path(char *got, const char *want, const char *name)
{
	is_str(got, want, name);
	free(got);
}

int
main(void)
{
	struct passwd *pw;
	char *path;

	setenv("HOME", "/h", 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("XDG_DATA_HOME", "data", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	is_path(xdg_config("policy"), "/h/.config/agent/policy", "not set");
	is_path(xdg_data("tools"), "/h/.local/share/agent/tools",
	    "not absolute");
	is_path(xdg_state(), "/s/agent", "set");
	unsetenv("XDG_CACHE_HOME");
	is_path(xdg_cache("batch"), "/h/.cache/agent/batch", "a cache");
	is_path(xdg_home(""), "/h", "home");
	is_path(xdg_home(".agents/tools"), "/h/.agents/tools", "under home");
	setenv("HOME", "here", 1);
	path = xdg_home("");
	ok(path == NULL || path[0] == '/', "HOME that is not absolute");
	free(path);
	unsetenv("HOME");
	pw = getpwuid(getuid());
	is_path(xdg_home(""), pw != NULL && pw->pw_dir[0] == '/' ?
	    pw->pw_dir : NULL, "without HOME, the account's");
	is_path(xdg_state(), "/s/agent", "which is not asked for then");
	return done_testing();
}
