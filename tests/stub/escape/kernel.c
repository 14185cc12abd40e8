/*
 * The kernel's rarer doors, capabilities, what outlives a process.
 */
#include "escape.h"

#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>

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
/* Out, or a kernel that was built without it. */
static int
built(long r)
{
	return r < 0 && errno == ENOSYS ? absent() : reached(r);
}
static int module(void) { return built(syscall(SYS_finit_module, -1, "", 0)); }
static int do_reboot(void) { return reached(syscall(SYS_reboot, 1, 2, 3, 0)); }
static int swap(void) { return reached(syscall(SYS_swapon, "/nonesuch", 0)); }
static int kexec(void) { return built(syscall(SYS_kexec_load, 0, 99, 0, 0)); }
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
static int tiocsti_high(void) { return tty_ioctl((unsigned long)0x100005412ULL); }
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
/* What others hold by a name of the whole machine. */
static int
queue(void)
{
	return got(syscall(SYS_msgget, KEY_OF(PORT), 0));
}
static int
shared_memory(void)
{
	return got(shm_open(NAME_OF(PORT), O_RDWR, 0));
}

const struct attempt attempts_kernel[] = {
	A(new_userns), A(clone_userns), A(clone3_userns), A(mount_tmpfs),
	A(do_chroot), A(fs_open), A(tree_open), A(set_ns), A(key), A(key_add),
	A(uffd), A(perf), A(do_bpf), A(by_handle), A(module), A(do_reboot),
	A(swap), A(kexec), A(klog), A(set_clock), A(set_host), A(persona),
	A(ring), A(tiocsti), A(tioclinux), A(tiocsti_high), A(fanotify),
	A(capable), A(bounding), A(privileges), A(queue), A(shared_memory), { NULL, NULL },
};
