/*
 * Device nodes and set-id bits: ways to more rights.
 */
#include "escape.h"

static int
make_node(mode_t type, unsigned dev)
{
	const char *p = path("%s/sub/node%d", W, (int)getpid());
	int r = mknod(p, type | 0600, dev);

	if (r == 0)
		unlink(p);
	return got(r);
}
/* A device that an administrator left where the jail may read. */
static int
node_in_read(void)
{
	const char *p = path("%s/node", aim("READ"));
	struct stat st;

	return stat(p, &st) < 0 ? absent() : can_open(p, O_RDONLY);
}
static int mknod_block(void) { return make_node(S_IFBLK, 0xfe00); }
static int mknod_char(void) { return make_node(S_IFCHR, 0x0103); }
static int
has_setid(const char *p)
{
	struct stat st;
	int r = stat(p, &st) == 0 && (st.st_mode & 06000) ? 0 : -1;

	unlink(p);
	return r < 0 ? REFUSED : OUT_OF_JAIL;
}
static const char *
fresh(void)
{
	const char *p = path("%s/sub/suid%d", W, (int)getpid());

	unlink(p);
	return p;
}
static int
suid_chmod(void)
{
	const char *p = fresh();

	close(open(p, O_CREAT | O_WRONLY, 0755));
	chmod(p, 04755);
	return has_setid(p);
}
static int
sgid_fchmod(void)
{
	const char *p = fresh();

	fchmod(open(p, O_CREAT | O_WRONLY, 0755), 02755);
	return has_setid(p);
}
static int
suid_fchmodat2(void)
{
	const char *p = fresh();

	close(open(p, O_CREAT | O_WRONLY, 0755));
	if (syscall(452, AT_FDCWD, p, 04755, 0) < 0 && errno == ENOSYS)
		return absent();
	return has_setid(p);
}
static int
suid_open(void)
{
	const char *p = fresh();

	close((int)syscall(SYS_openat, AT_FDCWD, p, O_CREAT | O_WRONLY, 04755));
	return has_setid(p);
}
static int
suid_openat2(void)
{
	const char *p = fresh();
	uint64_t how[3] = { O_CREAT | O_WRONLY, 04755, 0 };

	close((int)syscall(437, AT_FDCWD, p, how, sizeof how));
	return has_setid(p);
}
static int
suid_mknod(void)
{
	const char *p = fresh();

	(void)!mknod(p, S_IFREG | 04755, 0);
	return has_setid(p);
}
static int
suid_exec(void)
{
	int status;
	pid_t p = fork();

	if (p == 0) {
		execl(path("%s/suid", aim("READ")), "suid", "euid", NULL);
		_exit(99);
	}
	waitpid(p, &status, 0);
	return WEXITSTATUS(status) == 0 ? OUT_OF_JAIL : REFUSED;
}
static int euid(void) { return geteuid() == 0 ? OUT_OF_JAIL : REFUSED; }

const struct attempt attempts_nodes[] = {
	A(node_in_read), A(mknod_block), A(mknod_char), A(suid_chmod), A(sgid_fchmod),
	A(suid_fchmodat2), A(suid_open), A(suid_openat2), A(suid_mknod),
	A(suid_exec), A(euid), { NULL, NULL },
};
