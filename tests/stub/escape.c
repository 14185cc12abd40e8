/*
 * escape NAME: tries one named way out of a jail.  Exit 0: it got out; 1: it
 * was refused (why on stderr); 3: it does not apply to this machine.
 *
 * What it aims at comes from the environment: W the workspace (with sub/ in
 * it), OUT a directory outside with a file `secret', HOSTHOME a home with
 * .ssh/id_rsa, VICTIM the id of a process of the same user, PORT of a
 * listener on 127.0.0.1, SOCK of one on a path, MARK the reverse of a word
 * that only outside environments hold (in CANARY), DELAY and
 * TAG of the file sub/late-TAG that a survivor writes after DELAY ms.
 * Every attempt is harmless where it succeeds, so that each can also be run
 * without a jail to show that it is able to.
 *
 * escape --list names them; escape --as UID CMD... runs CMD as that user;
 * escape --listen serves PORT's, OUT/sock's and an abstract socket's ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_OF_JAIL = 0, REFUSED = 1, NOT_HERE = 3 };

static char path_buf[8][4096];

__attribute__((format(printf, 1, 2)))
static const char *
path(const char *fmt, ...)
{
	static int i;
	va_list ap;

	i = (i + 1) % 8;
	va_start(ap, fmt);
	vsnprintf(path_buf[i], sizeof path_buf[i], fmt, ap);
	va_end(ap);
	return path_buf[i];
}

static const char *
aim(const char *name)
{
	const char *v = getenv(name);

	if (!v || !*v) {
		fprintf(stderr, "escape: no %s\n", name);
		exit(9);
	}
	return v;
}

#define W aim("W")
#define OUT aim("OUT")
#define VICTIM atol(aim("VICTIM"))

/* 0 or more means out. */
static int
got(long r)
{
	if (r < 0)
		perror("refused");
	return r < 0 ? REFUSED : OUT_OF_JAIL;
}

/* Out, if the kernel looked at the call at all. */
static int
reached(long r)
{
	if (r < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES))
		return got(r);
	return OUT_OF_JAIL;
}

static int
can_write(const char *p)
{
	int fd = open(p, O_WRONLY | O_CREAT | O_APPEND, 0644);

	return got(fd < 0 ? -1 : write(fd, "escaped\n", 8));
}

static int
can_open(const char *p, int flags)
{
	return got(open(p, flags));
}

static int
can_read(const char *p)
{
	char c;
	int fd = open(p, O_RDONLY);

	ssize_t n = fd < 0 ? -1 : read(fd, &c, 1);

	if (n == 0)
		fprintf(stderr, "refused: %s is empty\n", p);
	return n == 0 ? REFUSED : got(n);
}

static int
can_list(const char *p)
{
	DIR *d = opendir(p);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			return OUT_OF_JAIL;
	fprintf(stderr, "refused: nothing in %s\n", p);
	return REFUSED;
}

/* ---- files outside ---- */
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

static int
disk_device(void)
{
	char name[64], line[256], dev[80];
	FILE *f = fopen("/proc/partitions", "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%*d %*d %*d %63s", name) == 1) {
			snprintf(dev, sizeof dev, "/dev/%s", name);
			if (can_read(dev) == OUT_OF_JAIL)
				return OUT_OF_JAIL;
		}
	return can_read("/dev/vda") && can_read("/dev/sda") ? REFUSED :
	    OUT_OF_JAIL;
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
static int sysrq(void) { return can_open("/proc/sysrq-trigger", O_WRONLY); }
static int oom_victim(void)
{
	return can_open(path("/proc/%ld/oom_score_adj", VICTIM), O_WRONLY);
}

/* ---- devices and set-id bits ---- */
static int
make_node(mode_t type, unsigned dev)
{
	const char *p = path("%s/sub/node%d", W, (int)getpid());
	int r = mknod(p, type | 0600, dev);

	if (r == 0)
		unlink(p);
	return got(r);
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
	if (syscall(452, AT_FDCWD, p, 04755, 0) < 0 && errno == ENOSYS &&
	    !getenv("IN_JAIL"))
		return NOT_HERE;
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

/* ---- names in the workspace that others obey ---- */
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
	return got(renameat2(AT_FDCWD, path("%s/sub/f", W), AT_FDCWD,
	    path("%s/.git/config", W), 2));
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

/* ---- network ---- */
static int
sock(int family, int type, int proto)
{
	return got(socket(family, type, proto));
}
static int
connect_to(int family, int type, const void *a, socklen_t n)
{
	int s = socket(family, type, 0);

	return got(s < 0 ? -1 : connect(s, a, n));
}
static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}
static int
tcp_connect(void)
{
	struct sockaddr_in a = loopback(atoi(aim("PORT")));

	return connect_to(AF_INET, SOCK_STREAM, &a, sizeof a);
}
static int
tcp_listen(void)
{
	struct sockaddr_in a = loopback(0);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return got(s < 0 || bind(s, (void *)&a, sizeof a) < 0 ? -1 :
	    listen(s, 1));
}
static int
udp_send(void)
{
	struct sockaddr_in a = loopback(atoi(aim("PORT")));
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return got(s < 0 ? -1 : sendto(s, "x", 1, 0, (void *)&a, sizeof a));
}
static int tcp6(void) { return sock(AF_INET6, SOCK_STREAM, 0); }
static int
mptcp(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 262);

	if (s < 0 && errno == EPROTONOSUPPORT)
		return NOT_HERE;
	return got(s);
}
static int
unix_to(const char *name, int abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	if (n > 100)
		return NOT_HERE;
	memcpy(a.sun_path + abstract, name, n);
	return connect_to(AF_UNIX, SOCK_STREAM, &a, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + n + 1));
}
static const char *
abstract_name(void)
{
	return path("agent-escape-%d", atoi(aim("PORT")));
}
static int unix_path(void) { return unix_to(aim("SOCK"), 0); }
static int unix_abstract(void) { return unix_to(abstract_name(), 1); }
static int vsock(void)
{
	int r = sock(AF_VSOCK, SOCK_STREAM, 0);

	return r && errno == EAFNOSUPPORT ? NOT_HERE : r;
}
static int netlink(void) { return sock(AF_NETLINK, SOCK_RAW, 0); }
static int packet(void) { return sock(AF_PACKET, SOCK_RAW, 0); }
static int icmp(void) { return sock(AF_INET, SOCK_RAW, 1); }
static int
alg(void)
{
	int s = socket(AF_ALG, SOCK_SEQPACKET, 0);

	return s < 0 && errno == EAFNOSUPPORT ? NOT_HERE : got(s);
}
static int
socketpair_inet(void)
{
	int v[2];

	/* The kernel answers EOPNOTSUPP when it gets to see the call. */
	return reached(socketpair(AF_INET, SOCK_STREAM, 0, v));
}
#ifdef __x86_64__
/* int 0x80: the i386 table, where socket is 359 and getpid 20. */
static int
int80(void)
{
	pid_t p = fork();
	int status;

	if (p == 0) {
		long r;

		__asm__ volatile("int $0x80" : "=a"(r) : "a"(359L), "b"(1L),
		    "c"(1L), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
		_exit(r >= 0 ? 0 : 1);
	}
	waitpid(p, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		return NOT_HERE;
	return status == 0 ? OUT_OF_JAIL : REFUSED;
}
static int x32(void) { return got(syscall(0x40000000L | 39)); }
static int get_iopl(void) { return reached(syscall(SYS_iopl, 0)); }
static int
ldt(void)
{
	char b[64];

	return got(syscall(SYS_modify_ldt, 0, b, sizeof b));
}
#else
static int int80(void) { return NOT_HERE; }
static int x32(void) { return NOT_HERE; }
static int get_iopl(void) { return NOT_HERE; }
static int ldt(void) { return NOT_HERE; }
#endif

/* ---- other processes ---- */
static pid_t
sleeper(void)
{
	pid_t p = fork();

	if (p == 0) {
		pause();
		_exit(0);
	}
	return p;
}
static int
trace_child(void)
{
	pid_t p = sleeper();
	int r = got(ptrace(PTRACE_SEIZE, p, 0, 0));

	kill(p, SIGKILL);
	return r;
}
static int
vm_read(void)
{
	static char secret[8] = "secret";
	char buf[8];
	pid_t p = sleeper();
	struct iovec a = { buf, 8 }, b = { secret, 8 };
	int r = got(process_vm_readv(p, &a, 1, &b, 1, 0));

	kill(p, SIGKILL);
	return r;
}
static int kill_victim(void) { return got(kill((pid_t)VICTIM, 0)); }
static int
pidfd_victim(void)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)VICTIM, 0);

	return got(fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, 0, NULL,
	    0));
}
static int
pidfd_steal(void)
{
	pid_t p = sleeper();
	int fd = (int)syscall(SYS_pidfd_open, p, 0);
	int r = got(syscall(SYS_pidfd_getfd, fd, 0, 0));

	kill(p, SIGKILL);
	return r;
}
static int
environ_of(long pid)
{
	char buf[65536];
	char canary[64] = "";
	const char *mark = aim("MARK");
	int fd = open(path("/proc/%ld/environ", pid), O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);

	/* MARK is the word backwards, so that it is not itself found. */
	for (size_t i = strlen(mark), k = 0; i > 0 && k < 63; k++)
		canary[k] = mark[--i];
	if (fd >= 0)
		close(fd);
	return n > 0 && memmem(buf, (size_t)n, canary, strlen(canary)) ?
	    OUT_OF_JAIL : REFUSED;
}
static int
proc_environ(void)
{
	int r = environ_of(VICTIM);
	long self = getpid();

	for (long pid = 1; r && pid < 32768; pid++)
		if (pid != self)
			r = environ_of(pid);
	return r;
}
static int own_environ(void) { return getenv("CANARY") ? OUT_OF_JAIL : REFUSED; }
static int
cmdline(void)
{
	return can_read(path("/proc/%ld/cmdline", VICTIM));
}
static int
parent_mem(void)
{
	return got(open(path("/proc/%d/mem", (int)getppid()), O_RDONLY));
}
static int
limit_victim(void)
{
	struct rlimit r = { 4096, 4096 };

	return got(prlimit((pid_t)VICTIM, RLIMIT_MSGQUEUE, &r, NULL));
}
static int
trace_victim(void)
{
	long r = ptrace(PTRACE_SEIZE, (pid_t)VICTIM, 0, 0);

	if (r == 0) {
		ptrace(PTRACE_INTERRUPT, (pid_t)VICTIM, 0, 0);
		waitpid((pid_t)VICTIM, NULL, __WALL);
		ptrace(PTRACE_DETACH, (pid_t)VICTIM, 0, 0);
	}
	return got(r);
}

/* ---- the kernel's rarer doors ---- */
static int
in_child(int (*fn)(void))
{
	pid_t p = fork();
	int status;

	if (p == 0)
		_exit(fn());
	waitpid(p, &status, 0);
	return WEXITSTATUS(status);
}
static int new_userns_(void) { return got(unshare(CLONE_NEWUSER)); }
static int new_userns(void) { return in_child(new_userns_); }
static int
clone_ns(unsigned long flags)
{
	long p = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (p == 0)
		_exit(0);
	return got(p);
}
static int clone_userns(void) { return clone_ns(CLONE_NEWUSER); }
static int
clone3_userns(void)
{
	uint64_t a[8] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
	long p = syscall(SYS_clone3, a, sizeof a);

	if (p == 0)
		_exit(0);
	return got(p);
}
static int
mount_(void)
{
	unsigned long flags = CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0);

	if (unshare((int)flags) < 0 || mount("none", "/", NULL,
	    MS_REC | MS_PRIVATE, NULL) < 0)
		return got(-1);
	return got(mount("x", path("%s/sub", W), "tmpfs", 0, NULL));
}
static int mount_tmpfs(void) { return in_child(mount_); }
static int chroot_(void) { return got(chroot(W)); }
static int do_chroot(void) { return in_child(chroot_); }
static int fs_open(void) { return reached(syscall(430, "nonesuch", 0)); }
static int
tree_open(void)
{
	return got(syscall(428, AT_FDCWD, W, O_CLOEXEC));
}
static int set_ns(void) { return reached(setns(-1, 0)); }
static int key(void) { return got(syscall(SYS_keyctl, 0, -3, 1)); }
static int
key_add(void)
{
	return got(syscall(SYS_add_key, "user", "agent-escape", "x", 1L, -1L));
}
static int uffd(void) { return got(syscall(SYS_userfaultfd, 1)); }
static int
perf(void)
{
	uint32_t a[32] = { 1, 128, 0 };

	return reached(syscall(SYS_perf_event_open, a, 0, -1, -1, 0x8000));
}
static int do_bpf(void) { return reached(syscall(SYS_bpf, 999, NULL, 0)); }
static int
by_handle(void)
{
	struct {
		struct file_handle h;
		char space[128];
	} f = { .h.handle_bytes = 128 };
	int id, dir = open(W, O_RDONLY | O_DIRECTORY);

	if (name_to_handle_at(AT_FDCWD, OUT, &f.h, &id, 0) < 0 &&
	    errno != ENOENT)
		return got(-1);
	return got(open_by_handle_at(dir, &f.h, O_RDONLY));
}
static int module(void) { return reached(syscall(SYS_finit_module, -1, "", 0)); }
static int do_reboot(void) { return reached(syscall(SYS_reboot, 1, 2, 3, 0)); }
static int swap(void) { return reached(syscall(SYS_swapon, "/nonesuch", 0)); }
static int kexec(void) { return reached(syscall(SYS_kexec_load, 0, 99, 0, 0)); }
static int
klog(void)
{
	char b[256];

	return got(syscall(SYS_syslog, 3, b, sizeof b));
}
static int set_clock(void) { return reached(syscall(SYS_clock_settime, 99, NULL)); }
static int
set_host(void)
{
	char h[65] = "";

	gethostname(h, sizeof h - 1);
	return got(sethostname(h, strlen(h)));
}
static int persona(void) { return got(syscall(SYS_personality, 0x0400000)); }
static int
ring(void)
{
	char p[256] = "";

	return got(syscall(SYS_io_uring_setup, 4, p));
}
static int
tty_ioctl(unsigned long what)
{
	char c = 'x';

	return reached(ioctl(open("/dev/null", O_RDONLY), what, &c));
}
static int tiocsti(void) { return tty_ioctl(0x5412); }
static int tioclinux(void) { return tty_ioctl(0x541c); }
/* The upper half of a 32-bit argument is not looked at by the kernel. */
static int tiocsti_high(void) { return tty_ioctl(0x100005412UL); }
static int fanotify(void) { return reached(syscall(SYS_fanotify_init, -1, 0)); }
static int
capable(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	return syscall(SYS_capget, &h, d) == 0 && (d[0].effective |
	    d[0].permitted | d[0].inheritable) ? OUT_OF_JAIL : REFUSED;
}
static int
bounding(void)
{
	return prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 1 ? OUT_OF_JAIL :
	    REFUSED;
}
static int
privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? REFUSED : OUT_OF_JAIL;
}
static int
queue(void)
{
	long id = syscall(SYS_msgget, 0x0a6e57, 01600);

	if (id >= 0)
		syscall(SYS_msgctl, id, 0, NULL);
	return got(id);
}
static int shared_memory(void)
{
	int fd = open("/dev/shm/agent-escape", O_CREAT | O_WRONLY, 0644);

	unlink("/dev/shm/agent-escape");
	return got(fd);
}

/* ---- limits ---- */
static int
fork_many(void)
{
	static pid_t p[1500];
	int n = 0, r;

	while (n < 1500 && (p[n] = sleeper()) > 0)
		n++;
	r = n >= 1500 ? OUT_OF_JAIL : REFUSED;
	while (n > 0) {
		kill(p[--n], SIGKILL);
		waitpid(p[n], NULL, 0);
	}
	return r;
}
static int
touch_memory(size_t mib)
{
	size_t n = mib << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return got(-1);
	for (size_t i = 0; i < n; i += 4096)
		p[i] = 1;
	return OUT_OF_JAIL;
}
static int memory_one(void) { return touch_memory(200); }
static int
memory_tree(void)
{
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			if (touch_memory(40) == 0)
				usleep(900000);
			_exit(0);
		}
	usleep(900000);
	return OUT_OF_JAIL;
}
static int
file_size(void)
{
	const char *p = path("%s/sub/big", W);
	int fd = open(p, O_CREAT | O_WRONLY, 0644), r;

	signal(SIGXFSZ, SIG_IGN);
	r = got(ftruncate(fd, (off_t)1100 << 20));
	unlink(p);
	return r;
}
static int
descriptors(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	return r.rlim_max > 1024 ? OUT_OF_JAIL : REFUSED;
}
static int
core_file(void)
{
	struct rlimit r = { 1 << 20, 1 << 20 };

	return got(setrlimit(RLIMIT_CORE, &r));
}

/* ---- living on ---- */
static void
late(void)
{
	usleep((useconds_t)atoi(aim("DELAY")) * 1000);
	can_write(path("%s/sub/late-%s", W, aim("TAG")));
	_exit(0);
}
static int
live_plain(void)
{
	if (fork() == 0)
		late();
	return REFUSED;
}
static int
live_setsid(void)
{
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int s = 1; s < 32; s++)
				signal(s, SIG_IGN);
			late();
		}
		_exit(0);
	}
	return REFUSED;
}
static int
live_daemon(void)
{
	if (daemon(0, 0) == 0)
		late();
	return REFUSED;
}
static int
live_regicide(void)
{
	pid_t above = getppid();

	if (fork() == 0) {
		setsid();
		kill(above, SIGSTOP);
		kill(above, SIGKILL);
		late();
	}
	usleep(20000);
	return REFUSED;
}
static int
live_wait(void)
{
	if (fork() == 0) {
		setsid();
		late();
	}
	can_write(path("%s/sub/started", W));
	pause();
	return REFUSED;
}
/* Forks for ever, from every process, deaf to polite signals. */
static int
fork_bomb(void)
{
	for (int s = 1; s < 32; s++)
		signal(s, SIG_IGN);
	for (;;) {
		pid_t p = fork();

		if (p < 0 && errno != EAGAIN)
			break;
		if (p < 0)
			usleep(50000);	/* kind to who else is here */
		setsid();
	}
	return REFUSED;
}

#define A(fn) { #fn, fn }
static const struct {
	const char *name;
	int (*fn)(void);
} attempt[] = {
	A(write_abs), A(write_dotdot), A(write_symlink), A(write_dirlink),
	A(write_hardlink), A(link_out), A(rename_out), A(rename_in),
	A(proc_self_root), A(proc_pid_root), A(proc_pid_cwd), A(leaked_fd),
	A(truncate_out), A(unlink_out), A(mkdir_out), A(chmod_out),
	A(utime_out), A(exec_out), A(read_secret), A(read_ssh),
	A(read_shadow), A(list_home), A(list_run), A(list_var),
	A(disk_device), A(kmsg), A(sysfs_write), A(cgroup_write),
	A(core_pattern), A(sysrq), A(oom_victim), A(mknod_block),
	A(mknod_char), A(suid_chmod), A(sgid_fchmod), A(suid_fchmodat2),
	A(suid_open), A(suid_openat2), A(suid_mknod), A(suid_exec), A(euid),
	A(plant_hook), A(git_config), A(rename_git), A(rename_hooks),
	A(replace_config), A(exchange_config), A(link_hook),
	A(submodule_hook), A(rename_modules), A(new_envrc), A(new_mcp),
	A(new_vscode), A(move_idea), A(agents_tool), A(rename_agents),
	A(start_file), A(start_link), A(start_target), A(named_file),
	A(named_parent), A(named_missing), A(rmdir_mask), A(chmod_hook),
	A(tcp_connect), A(tcp_listen), A(udp_send), A(tcp6), A(mptcp),
	A(unix_path), A(unix_abstract), A(vsock), A(netlink), A(packet),
	A(icmp), A(alg), A(socketpair_inet), A(int80), A(x32), A(get_iopl),
	A(ldt), A(trace_child), A(vm_read), A(kill_victim), A(pidfd_victim),
	A(pidfd_steal), A(proc_environ), A(own_environ), A(cmdline),
	A(parent_mem), A(limit_victim), A(trace_victim), A(new_userns),
	A(clone_userns), A(clone3_userns), A(mount_tmpfs), A(do_chroot),
	A(fs_open), A(tree_open), A(set_ns), A(key), A(key_add), A(uffd),
	A(perf), A(do_bpf), A(by_handle), A(module), A(do_reboot), A(swap),
	A(kexec), A(klog), A(set_clock), A(set_host), A(persona), A(ring),
	A(tiocsti), A(tioclinux), A(tiocsti_high), A(fanotify), A(capable),
	A(bounding), A(privileges), A(queue), A(shared_memory), A(fork_many),
	A(memory_one), A(memory_tree), A(file_size), A(descriptors),
	A(core_file), A(live_plain), A(live_setsid), A(live_daemon),
	A(live_regicide), A(live_wait), A(fork_bomb),
};

/* Prints the port, then serves until killed. */
static int
serve(void)
{
	struct sockaddr_in a = loopback(0);
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	socklen_t n = sizeof a;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int p = socket(AF_UNIX, SOCK_STREAM, 0);
	int q = socket(AF_UNIX, SOCK_STREAM, 0);
	char name[64];

	if (bind(s, (void *)&a, n) < 0 || listen(s, 64) < 0)
		return 9;
	getsockname(s, (void *)&a, &n);
	snprintf(u.sun_path, sizeof u.sun_path, "%s", aim("SOCK"));
	umask(0);
	unlink(u.sun_path);
	if (bind(p, (void *)&u, sizeof u) < 0 || listen(p, 64) < 0)
		return 9;
	memset(u.sun_path, 0, sizeof u.sun_path);
	snprintf(name, sizeof name, "agent-escape-%d", ntohs(a.sin_port));
	memcpy(u.sun_path + 1, name, strlen(name));
	if (bind(q, (void *)&u, (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + 1 + strlen(name))) < 0 || listen(q, 64) < 0)
		return 9;
	printf("%d\n", ntohs(a.sin_port));
	fclose(stdout);
	for (;;)
		pause();
}

static int
run_as(char **argv)
{
	uid_t uid = (uid_t)atoi(argv[0]);

	/* An ordinary user under test already is who the test wants. */
	if (uid != getuid() && (setgroups(0, NULL) < 0 ||
	    setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)) {
		perror("escape: --as");
		return 9;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 9;
}

int
main(int argc, char **argv)
{
	size_t n = sizeof attempt / sizeof attempt[0];

	if (argc > 3 && !strcmp(argv[1], "--as"))
		return run_as(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "--listen"))
		return serve();
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (size_t i = 0; i < n; i++)
			puts(attempt[i].name);
		return 0;
	}
	for (size_t i = 0; argc == 2 && i < n; i++)
		if (!strcmp(argv[1], attempt[i].name))
			return attempt[i].fn();
	fprintf(stderr, "usage: escape NAME | --list | --as UID CMD...\n");
	return 9;
}
