/*
 * The filter of system calls, run in an interpreter of its own over every
 * call there is, with arguments on both sides of what is told apart, against
 * what sys/seccomp.h promises, written down a second time.
 */
#include "sys/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "tap.h"

#if defined(__x86_64__)
#define HERE	AUDIT_ARCH_X86_64
#define OTHER	AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define HERE	AUDIT_ARCH_AARCH64
#define OTHER	AUDIT_ARCH_ARM
#endif

enum { OK, DENIED = EPERM, UNKNOWN = ENOSYS, FORBIDDEN = EACCES, DEAD = -1,
	BROKEN = -2 };

#ifdef HERE

/* What the kernel would answer; BROKEN for what it would not take. */
static int
interpret(const struct sock_filter *op, int n, const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (int i = 0; i < n; i++) {
		uint32_t k = op[i].k;
		bool yes;

		switch (op[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (k % 4 != 0 || k > sizeof(*d) - 4)
				return BROKEN;
			memcpy(&a, (const char *)d + k, 4);
			continue;
		case BPF_ALU | BPF_AND:
			a &= k;
			continue;
		case BPF_JMP | BPF_JEQ: yes = a == k; break;
		case BPF_JMP | BPF_JGE: yes = a >= k; break;
		case BPF_JMP | BPF_JSET: yes = (a & k) != 0; break;
		case BPF_RET:
			switch (k & SECCOMP_RET_ACTION_FULL) {
			case SECCOMP_RET_ALLOW: return OK;
			case SECCOMP_RET_KILL_PROCESS: return DEAD;
			case SECCOMP_RET_ERRNO:
				return (int)(k & SECCOMP_RET_DATA);
			}
			return BROKEN;
		default:
			return BROKEN;
		}
		i += yes ? op[i].jt : op[i].jf;
	}
	return BROKEN;	/* it ran off the end */
}

static bool
among(int nr, const int *list)
{
	while (*list != -1)
		if (*list++ == nr)
			return true;
	return false;
}
#define AMONG(nr, ...) among(nr, (const int[]){ __VA_ARGS__, -1 })

/* ---- what is promised ---- */

static bool
never(int nr)
{
#ifdef __x86_64__
	if (AMONG(nr, SYS_iopl, SYS_ioperm, SYS_uselib, SYS__sysctl,
	    SYS_modify_ldt, SYS_ustat, SYS_sysfs))
		return true;
#endif
	return AMONG(nr, SYS_ptrace, SYS_process_vm_readv,
	    SYS_process_vm_writev, SYS_kcmp, 438 /* pidfd_getfd */,
	    440 /* process_madvise */, SYS_migrate_pages, SYS_move_pages,
	    SYS_bpf, SYS_userfaultfd, SYS_perf_event_open, SYS_keyctl,
	    SYS_add_key, SYS_request_key, SYS_fanotify_init, SYS_mount,
	    SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns,
	    428 /* open_tree */, 429 /* move_mount */, 430 /* fsopen */,
	    431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */,
	    442 /* mount_setattr */, 467 /* open_tree_attr */,
	    SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_kexec_load,
	    SYS_kexec_file_load, SYS_init_module, SYS_finit_module,
	    SYS_delete_module, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct,
	    SYS_quotactl, 443 /* quotactl_fd */, SYS_syslog, SYS_sethostname,
	    SYS_setdomainname, SYS_settimeofday, SYS_clock_settime,
	    SYS_clock_adjtime, SYS_adjtimex, SYS_vhangup, SYS_lookup_dcookie,
	    SYS_nfsservctl);
}

static bool
queues(int nr)
{
	return AMONG(nr, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget,
	    SYS_semctl, SYS_semop, SYS_semtimedop, SYS_msgget, SYS_msgctl,
	    SYS_msgsnd, SYS_msgrcv, SYS_mq_open, SYS_mq_unlink);
}

static bool
forks(int nr)
{
#ifdef __x86_64__
	return AMONG(nr, SYS_fork, SYS_vfork);
#else
	return nr < 0;
#endif
}

/* Flags and mode of the calls that open or make a file, by where they are;
 * -1: it has none. */
static int
mode_at(int nr, int *flags)
{
	*flags = -1;
	switch (nr) {
#ifdef __x86_64__
	case SYS_open: *flags = 1; return 2;
	case SYS_chmod: case SYS_creat: case SYS_mknod: return 1;
#endif
	case SYS_openat: *flags = 2; return 3;
	case SYS_fchmod: return 1;
	case SYS_fchmodat: case SYS_mknodat: case 452: return 2;
	}
	return -1;
}

static bool
makes_device(int nr, const uint64_t *a)
{
	uint64_t kind = 0;

#ifdef __x86_64__
	if (nr == SYS_mknod)
		kind = a[1] & 0170000;
#endif
	if (nr == SYS_mknodat)
		kind = a[2] & 0170000;
	return kind == 0020000 || kind == 0060000;
}

static int
socket_answer(int flags, const uint64_t *a)
{
	if (!(flags & SECCOMP_NET))
		return FORBIDDEN;
	switch (a[0]) {
	case 1: return flags & SECCOMP_UNIX ? OK : FORBIDDEN;
	case 2: case 10: return OK;
	case 16: return a[2] == 0 ? OK : FORBIDDEN;
	}
	return FORBIDDEN;
}

static bool
bad_clone(int flags, uint64_t a)
{
	if (a & 0x7e020000)	/* CLONE_NEWNS .. CLONE_NEWNET */
		return true;
	if (!(flags & SECCOMP_NO_FORK))
		return false;
	return !((flags & SECCOMP_THREADS) && (a & 0x10000));
}

static int
promised(int flags, int nr, const uint64_t *a)
{
	int oflags, mode = mode_at(nr, &oflags);

	if (nr >= 0x40000000 || AMONG(nr, 435, 425, 426, 427) ||
	    (nr == 437 && !(flags & SECCOMP_OPENAT2)))
		return UNKNOWN;
	if (never(nr) || makes_device(nr, a))
		return DENIED;
	if ((flags & SECCOMP_NO_IPC) && queues(nr))
		return FORBIDDEN;
	if ((flags & SECCOMP_NO_TRUNCATE) && nr == SYS_truncate)
		return FORBIDDEN;
	if ((flags & SECCOMP_NO_EXEC) && AMONG(nr, SYS_execve, SYS_execveat))
		return DENIED;
	if ((flags & SECCOMP_NO_FORK) && forks(nr))
		return DENIED;
	if (mode >= 0 && (a[mode] & 06000) &&
	    (oflags < 0 || (a[oflags] & (0100 | 020000000))))
		return DENIED;
	switch (nr) {
	case SYS_socket: return socket_answer(flags, a);
	case SYS_socketpair: return a[0] == 1 ? OK : FORBIDDEN;
	case SYS_clone: return bad_clone(flags, a[0]) ? DENIED : OK;
	case SYS_unshare: return a[0] & (0x7e020000 | 0x80) ? DENIED : OK;
	case SYS_ioctl:
		return a[1] == 0x5412 || a[1] == 0x541c || a[1] == 0x541d ?
		    DENIED : OK;
	case SYS_prlimit64:	/* of another process */
		return a[0] != 0 ? DENIED : OK;
	case SYS_personality:
		return a[0] == 0 || a[0] == 8 || a[0] == 0x40000 ||
		    a[0] == 0xffffffffU ? OK : DENIED;
	}
	return OK;
}

/* ---- the comparison ---- */

static const uint64_t samples[] = { 0, 1, 2, 8, 10, 16, 0100, 0x80, 0x10000,
	0x10011, 0x20000, 0x40000, 0x02000000, 0x10000000, 0x40000000, 0644,
	04755, 02755, 0020644, 0060644, 0100644, 0104755, 0x5401, 0x5412,
	0x541c, 0x541d, 020000000, 020200000, 0xffffffff };
#define NSAMPLES	(sizeof(samples) / sizeof(samples[0]))

/* The calls whose arguments matter, or might. */
static bool
looked_at(int nr)
{
	int flags;

	return mode_at(nr, &flags) >= 0 || AMONG(nr, SYS_clone, SYS_unshare,
	    SYS_ioctl, SYS_prlimit64, SYS_personality, SYS_socket,
	    SYS_socketpair, 437, SYS_execve, SYS_mmap);
}

/* Pairs of values in neighbouring arguments, then in those two apart. */
static int
compare(int flags, const struct sock_filter *op, int n, int nr)
{
	size_t step = looked_at(nr) ? 1 : 9;
	int bad = 0;

	for (size_t i = 0; i < 2 * NSAMPLES * NSAMPLES; i += step) {
		struct seccomp_data d = { .nr = nr, .arch = HERE };
		size_t xy[] = { i / 2 % NSAMPLES, i / 2 / NSAMPLES };
		uint64_t a[6];
		int got, want;

		for (unsigned k = 0; k < 6; k++)
			d.args[k] = a[k] = samples[xy[k >> i % 2 & 1]];
		want = promised(flags, nr, a);
		got = interpret(op, n, &d);
		if (got != want && bad++ == 0)
			printf("# call %d, flags %d, %#lx %#lx: %d, not %d\n",
			    nr, flags, (long)samples[xy[0]],
			    (long)samples[xy[1]], got, want);
	}
	return bad;
}

static void
every(int flags)
{
	const struct sock_filter *op;
	struct seccomp_data d = { .nr = SYS_getpid, .arch = OTHER };
	int n = seccomp_show((enum seccomp_flags)flags, &op), bad = 0;

	for (int nr = 0; n > 0 && nr < 520; nr++)
		bad += compare(flags, op, n, nr);
	if (n > 0) {
		bad += compare(flags, op, n, 0x40000000 + SYS_openat);
		bad += interpret(op, n, &d) != DEAD;
	}
	ok(n > 0 && bad == 0, "flags %d: every call as promised", flags);
}

int
main(void)
{
	for (int flags = 0; flags < 128; flags++)
		every(flags);
	every(SECCOMP_NO_TRUNCATE);
	every(SECCOMP_NO_TRUNCATE | 127);
	return done_testing();
}

#else

int
main(void)
{
	const struct sock_filter *op;

	is_int(seccomp_show((enum seccomp_flags)0, &op), -1,
	    "no filter for this machine");
	return done_testing();
}

#endif
