/*
 * Names in the workspace that programs outside obey.
 */
#include "escape.h"

static int in_w(const char *rel) { return can_write(path("%s/%s", W, rel)); }
static int move_w(const char *a, const char *b)
{
	return got(rename(path("%s/%s", W, a), path("%s/%s", W, b)));
}
static int plant_hook(void) { return in_w(".git/hooks/pre-commit"); }
static int git_config(void) { return in_w(".git/config"); }
static int rename_git(void) { return move_w(".git", ".git-old"); }
static int rename_hooks(void) { return move_w(".git/hooks", ".git/h"); }
static int
replace_config(void)
{
	int r = in_w(".git/new");

	return r ? r : move_w(".git/new", ".git/config");
}
static int
exchange_config(void)
{
	return got((int)syscall(SYS_renameat2, AT_FDCWD, path("%s/sub/f", W),
	    AT_FDCWD, path("%s/.git/config", W), 2));
}
static int
link_hook(void)
{
	const char *l = path("%s/sub/hook-link", W);

	unlink(l);
	if (link(path("%s/.git/hooks/sample", W), l) < 0)
		return got(-1);
	return can_write(l);
}
static int submodule_hook(void) { return in_w(".git/modules/m/hooks/x"); }
static int rename_modules(void) { return move_w(".git/modules/m", "sub/m"); }
static int new_envrc(void) { return in_w(".envrc"); }
static int new_mcp(void) { return in_w(".mcp.json"); }
static int
new_vscode(void)
{
	mkdir(path("%s/.vscode", W), 0755);
	return in_w(".vscode/tasks.json");
}
static int
move_idea(void)
{
	mkdir(path("%s/sub/idea", W), 0755);
	return move_w("sub/idea", ".idea");
}
static int agents_tool(void) { return in_w(".agents/tools/t"); }
static int rename_agents(void) { return move_w(".agents", ".agents2"); }
static int start_file(void) { return in_w(".bashrc"); }
static int
start_link(void)
{
	return got(unlink(path("%s/.profile", W)));
}
static int start_target(void) { return in_w("sub/dot-profile"); }
static int named_file(void) { return in_w("keep/deep/me"); }
static int named_parent(void) { return move_w("keep", "kept"); }
static int named_missing(void) { return in_w("keep/fresh"); }
static int
rmdir_mask(void)
{
	if (rmdir(path("%s/.envrc", W)) < 0 && errno != ENOENT)
		return got(-1);
	return in_w(".envrc");
}
static int chmod_hook(void)
{
	return got(chmod(path("%s/.git/hooks/sample", W), 0755));
}

const struct attempt attempts_names[] = {
	A(plant_hook), A(git_config), A(rename_git), A(rename_hooks),
	A(replace_config), A(exchange_config), A(link_hook),
	A(submodule_hook), A(rename_modules), A(new_envrc), A(new_mcp),
	A(new_vscode), A(move_idea), A(agents_tool), A(rename_agents),
	A(start_file), A(start_link), A(start_target), A(named_file),
	A(named_parent), A(named_missing), A(rmdir_mask), A(chmod_hook), { NULL, NULL },
};
