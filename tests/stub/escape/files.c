/*
 * Files outside: written, moved, linked, read.
 */
#include "escape.h"

#include <sys/time.h>

static int write_abs(void) { return can_write(path("%s/abs", OUT)); }
static int
write_dotdot(void)
{
	return can_write(path("%s/sub/../../out/dotdot", W));
}
static int
write_symlink(void)
{
	const char *l = path("%s/sub/link", W);

	unlink(l);
	if (symlink(path("%s/by-link", OUT), l) < 0)
		return got(-1);
	return can_write(l);
}
static int
write_dirlink(void)
{
	const char *l = path("%s/sub/dirlink", W);

	unlink(l);
	if (symlink(OUT, l) < 0)
		return got(-1);
	return can_write(path("%s/by-dirlink", l));
}
static int
write_hardlink(void)
{
	const char *l = path("%s/sub/hard", W);

	unlink(l);
	if (link(path("%s/secret", OUT), l) < 0)
		return got(-1);
	return can_write(l);
}
static int
link_out(void)
{
	const char *l = path("%s/linked-out", OUT);

	unlink(l);
	return got(link(path("%s/sub/f", W), l));
}
static int
rename_out(void)
{
	const char *f = path("%s/sub/mine", W);

	close(open(f, O_CREAT | O_WRONLY, 0644));
	return got(rename(f, path("%s/renamed", OUT)));
}
static int
rename_in(void)
{
	const char *f = path("%s/movable", OUT), *t = path("%s/sub/in", W);

	if (rename(f, t) < 0)
		return got(-1);
	return got(rename(t, f));
}
static int
proc_self_root(void)
{
	return can_write(path("/proc/self/root%s/self-root", OUT));
}
static int
proc_pid_root(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    open(path("/proc/%s/root%s/secret", e->d_name, OUT),
		    O_RDONLY) >= 0)
			return OUT_OF_JAIL;
	return can_read(path("/proc/%ld/root%s/secret", VICTIM, OUT));
}
static int
proc_pid_cwd(void)
{
	return can_read(path("/proc/%ld/cwd/secret", VICTIM));
}
static int
leaked_fd(void)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			fprintf(stderr, "descriptor %d\n", fd);
			return OUT_OF_JAIL;
		}
	return REFUSED;
}
static int truncate_out(void) { return got(truncate(path("%s/movable", OUT), 0)); }
static int unlink_out(void)
{
	const char *f = path("%s/by-unlink", OUT);

	close(open(f, O_CREAT | O_WRONLY, 0666));
	return got(unlink(path("%s/unlinkable", OUT)) == 0 ||
	    unlink(f) == 0 ? 0 : -1);
}
static int mkdir_out(void)
{
	const char *p = path("%s/dir%d", OUT, (int)getpid());

	return mkdir(p, 0755) < 0 ? got(-1) : got(rmdir(p));
}
static int chmod_out(void) { return got(chmod(path("%s/secret", OUT), 0640)); }
static int utime_out(void) { return got(utimes(path("%s/secret", OUT), NULL)); }
static int
exec_out(void)
{
	int status;
	pid_t p = fork();

	if (p == 0) {
		execl(path("%s/true", OUT), "true", (char *)NULL);
		_exit(99);
	}
	waitpid(p, &status, 0);
	return status == 0 ? OUT_OF_JAIL : REFUSED;
}
static int read_secret(void) { return can_read(path("%s/secret", OUT)); }
static int
read_ssh(void)
{
	return can_read(path("%s/.ssh/id_rsa", aim("HOSTHOME")));
}
static int read_shadow(void) { return can_read("/etc/shadow"); }
static int list_home(void) { return can_list(aim("HOSTHOME")); }
static int list_run(void) { return can_list("/run"); }
static int list_var(void) { return can_list("/var/lib"); }

/* Any disk of the machine, by whatever name it has. */
static int
disk_device(void)
{
	DIR *d = opendir("/dev");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_type == DT_BLK && open(path("/dev/%s", e->d_name),
		    O_RDONLY | O_NONBLOCK) >= 0)
			return OUT_OF_JAIL;
	return absent();
}
static int kmsg(void) { return can_open("/dev/kmsg", O_RDONLY | O_NONBLOCK); }
static int
sysfs_write(void)
{
	return can_open("/sys/kernel/mm/transparent_hugepage/enabled",
	    O_WRONLY);
}
static int
cgroup_write(void)
{
	return can_open("/sys/fs/cgroup/cgroup.procs", O_WRONLY) &&
	    can_open("/sys/fs/cgroup/memory/cgroup.procs", O_WRONLY) &&
	    can_open("/sys/fs/cgroup/unified/cgroup.procs", O_WRONLY);
}
static int
core_pattern(void)
{
	char buf[512];
	int fd = open("/proc/sys/kernel/core_pattern", O_RDWR);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);

	return got(n < 0 ? -1 : pwrite(fd, buf, (size_t)n, 0));
}
static int
sysrq(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	return fd < 0 && errno == ENOENT ? absent() : got(fd);
}
static int oom_victim(void)
{
	return can_open(path("/proc/%ld/oom_score_adj", VICTIM), O_WRONLY);
}

const struct attempt attempts_files[] = {
	A(write_abs), A(write_dotdot), A(write_symlink), A(write_dirlink),
	A(write_hardlink), A(link_out), A(rename_out), A(rename_in),
	A(proc_self_root), A(proc_pid_root), A(proc_pid_cwd), A(leaked_fd),
	A(truncate_out), A(unlink_out), A(mkdir_out), A(chmod_out),
	A(utime_out), A(exec_out), A(read_secret), A(read_ssh),
	A(read_shadow), A(list_home), A(list_run), A(list_var),
	A(disk_device), A(kmsg), A(sysfs_write), A(cgroup_write),
	A(core_pattern), A(sysrq), A(oom_victim), { NULL, NULL },
};
