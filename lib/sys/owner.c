/*
 * owner.c - as root, work in somebody's folder as that somebody.
 */
#include "sys/owner.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

bool
owner_become(int dir)
{
	gid_t own = getegid();
	struct stat st;

	if (geteuid() != 0 || fstat(dir, &st) == -1 || st.st_uid == 0)
		return false;
	if (setgroups(0, NULL) == -1 ||
	    setresgid(st.st_gid, st.st_gid, st.st_gid) == -1)
		return false;
	if (setresuid(st.st_uid, st.st_uid, st.st_uid) == 0)
		return true;
	/* As before, then; nothing hangs on the group. */
	(void)!setresgid(own, own, own);
	return false;
}
