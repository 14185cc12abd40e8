/*
 * A seccomp filter assembled from two tables: calls refused outright, and
 * calls refused by a bit or value in their arguments.
 *
 * Invariant: the first instructions check the architecture, so that no other
 * entry (int 0x80, x32) offers the same calls under other numbers.
 * Only arguments passed in registers are judged; where the kernel reads
 * flags from memory (clone3, openat2) the call itself is refused.
 */
#include "sys/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE 0
#endif

enum {
	NR_OPEN_TREE_ATTR = 467, NR_FCHMODAT2 = 452, NR_QUOTACTL_FD = 443,
	NR_CLONE3 = 435, NR_OPENAT2 = 437,
	NS_FLAGS = 0x7e020000, NS_TIME = 0x80,
	CLONE_IS_THREAD = 0x10000,
	MODE_SETID = 06000, MODE_FMT = 0170000, MODE_CHR = 0020000,
	MODE_BLK = 0060000,
	/* O_CREAT, or the bit that makes O_TMPFILE */
	FLAG_CREATES = 0100 | 020000000,
	IOCTL_STI = 0x5412, IOCTL_LINUX = 0x541c, IOCTL_CONS = 0x541d,
	FAMILY_UNIX = 1, FAMILY_INET = 2, FAMILY_INET6 = 10,
	FAMILY_NETLINK = 16,
};

/* Always EPERM. */
static const int refused[] = {
	/* other processes */
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
	SYS_pidfd_getfd, SYS_process_madvise, SYS_migrate_pages,
	SYS_move_pages,
	/* kernel attack surface */
	SYS_bpf, SYS_userfaultfd, SYS_perf_event_open, SYS_keyctl,
	SYS_add_key, SYS_request_key, SYS_fanotify_init,
	/* mounts, roots, namespaces, handles that cross path rules */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns,
	SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
	SYS_fspick, SYS_mount_setattr, NR_OPEN_TREE_ATTR,
	SYS_open_by_handle_at, SYS_name_to_handle_at,
	/* the machine */
	SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl,
	NR_QUOTACTL_FD, SYS_syslog, SYS_sethostname, SYS_setdomainname,
	SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex,
	SYS_vhangup, SYS_lookup_dcookie, SYS_nfsservctl,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef __x86_64__
	SYS_iopl, SYS_ioperm, SYS_uselib, SYS__sysctl, SYS_modify_ldt,
	SYS_ustat, SYS_sysfs,
#endif
};

/* ENOSYS, so that libraries take their older way. */
static const int absent[] = {
	NR_CLONE3, SYS_io_uring_setup, SYS_io_uring_enter,
	SYS_io_uring_register,
};

static const int ipc[] = {
	SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semctl,
#if NATIVE != 0	/* the others have one call for all, and no filter here */
	SYS_semop, SYS_semtimedop,
#endif
	SYS_msgget, SYS_msgctl, SYS_msgsnd, SYS_msgrcv,
	SYS_mq_open, SYS_mq_unlink,
};

static const int exec_calls[] = { SYS_execve, SYS_execveat };

static const int fork_calls[] = {
#ifdef __x86_64__
	SYS_fork, SYS_vfork,
#endif
};

/* EPERM when (argument & mask) equals, or has any bit of, value. */
struct judged {
	int nr, arg;
	uint32_t mask, value;	/* mask 0: any bit of value */
};

static const struct judged judged[] = {
	{ SYS_clone, 0, 0, NS_FLAGS },
	{ SYS_unshare, 0, 0, NS_FLAGS | NS_TIME },
	{ SYS_ioctl, 1, ~0u, IOCTL_STI },
	{ SYS_ioctl, 1, ~0u, IOCTL_LINUX },
	{ SYS_ioctl, 1, ~0u, IOCTL_CONS },
	{ SYS_prlimit64, 0, 0, ~0u },
	{ SYS_mknodat, 2, MODE_FMT, MODE_CHR },
	{ SYS_mknodat, 2, MODE_FMT, MODE_BLK },
	{ SYS_mknodat, 2, 0, MODE_SETID },
	{ SYS_fchmod, 1, 0, MODE_SETID },
	{ SYS_fchmodat, 2, 0, MODE_SETID },
	{ NR_FCHMODAT2, 2, 0, MODE_SETID },
#ifdef __x86_64__
	{ SYS_mknod, 1, MODE_FMT, MODE_CHR },
	{ SYS_mknod, 1, MODE_FMT, MODE_BLK },
	{ SYS_mknod, 1, 0, MODE_SETID },
	{ SYS_chmod, 1, 0, MODE_SETID },
	{ SYS_creat, 1, 0, MODE_SETID },
#endif
};

struct code {
	struct sock_filter op[400];
	unsigned n;
};

static void
emit(struct code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (c->n < sizeof c->op / sizeof c->op[0])
		c->op[c->n] = (struct sock_filter){ op, jt, jf, k };
	c->n++;
}

static void
load(struct code *c, size_t off)
{
	emit(c, BPF_LD | BPF_W | BPF_ABS, (uint32_t)off, 0, 0);
}

/* The low word of argument i: both supported machines are little-endian. */
static void
load_arg(struct code *c, int i)
{
	load(c, offsetof(struct seccomp_data, args) + (size_t)i * 8);
}

static void
answer(struct code *c, int error)
{
	emit(c, BPF_RET, SECCOMP_RET_ERRNO | (uint32_t)error, 0, 0);
}

static void
allow(struct code *c)
{
	emit(c, BPF_RET, SECCOMP_RET_ALLOW, 0, 0);
}

static void
equal(struct code *c, uint32_t k, uint8_t jt, uint8_t jf)
{
	emit(c, BPF_JMP | BPF_JEQ, k, jt, jf);
}

static void
refuse(struct code *c, const int *nr, size_t n, int error)
{
	for (size_t i = 0; i < n; i++) {
		equal(c, (uint32_t)nr[i], 0, 1);
		answer(c, error);
	}
}

#define REFUSE(c, list, error) \
	refuse(c, list, sizeof(list) / sizeof((list)[0]), error)

static void
judge(struct code *c, const struct judged *r)
{
	equal(c, (uint32_t)r->nr, 0, r->mask ? 5 : 4);
	load_arg(c, r->arg);
	if (r->mask) {
		emit(c, BPF_ALU | BPF_AND, r->mask, 0, 0);
		equal(c, r->value, 0, 1);
	} else {
		emit(c, BPF_JMP | BPF_JSET, r->value, 0, 1);
	}
	answer(c, EPERM);
	load(c, offsetof(struct seccomp_data, nr));
}

/* open and openat: a set-id mode counts only when a file may be made. */
static void
judge_open(struct code *c, int nr, int flags)
{
	equal(c, (uint32_t)nr, 0, 6);
	load_arg(c, flags);
	emit(c, BPF_JMP | BPF_JSET, FLAG_CREATES, 0, 3);
	load_arg(c, flags + 1);
	emit(c, BPF_JMP | BPF_JSET, MODE_SETID, 0, 1);
	answer(c, EPERM);
	load(c, offsetof(struct seccomp_data, nr));
}

/* A new task that is no thread of this process. */
static void
judge_clone(struct code *c, enum seccomp_flags flags)
{
	equal(c, SYS_clone, 0, 4);
	load_arg(c, 0);
	emit(c, BPF_JMP | BPF_JSET, flags & SECCOMP_THREADS ? CLONE_IS_THREAD :
	    0, 1, 0);
	answer(c, EPERM);
	load(c, offsetof(struct seccomp_data, nr));
}

static void
judge_personality(struct code *c)
{
	equal(c, SYS_personality, 0, 7);
	load_arg(c, 0);
	equal(c, 0, 4, 0);		/* Linux */
	equal(c, 8, 3, 0);		/* 32-bit uname */
	equal(c, 0x40000, 2, 0);	/* no address randomisation */
	equal(c, 0xffffffff, 1, 0);	/* a question */
	answer(c, EPERM);
	load(c, offsetof(struct seccomp_data, nr));
}

static void
judge_sockets(struct code *c, enum seccomp_flags flags)
{
	equal(c, SYS_socketpair, 0, 4);
	load_arg(c, 0);
	equal(c, FAMILY_UNIX, 0, 1);
	allow(c);
	answer(c, EACCES);
	equal(c, SYS_socket, 0, flags & SECCOMP_NET ? 9 : 1);
	if (flags & SECCOMP_NET) {
		load_arg(c, 0);
		equal(c, FAMILY_INET, 6, 0);
		equal(c, FAMILY_INET6, 5, 0);
		equal(c, flags & SECCOMP_UNIX ? FAMILY_UNIX : FAMILY_INET,
		    4, 0);
		/* Libraries ask for addresses and routes: protocol 0. */
		equal(c, FAMILY_NETLINK, 0, 2);
		load_arg(c, 2);
		equal(c, 0, 1, 0);
		answer(c, EACCES);
		allow(c);
	} else {
		answer(c, EACCES);
	}
}

static void
assemble(struct code *c, enum seccomp_flags flags)
{
	load(c, offsetof(struct seccomp_data, arch));
	equal(c, NATIVE, 1, 0);
	emit(c, BPF_RET, SECCOMP_RET_KILL_PROCESS, 0, 0);
	load(c, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	emit(c, BPF_JMP | BPF_JGE, 0x40000000, 0, 1);
	answer(c, ENOSYS);
	judge_open(c, SYS_open, 1);
#endif
	judge_open(c, SYS_openat, 2);
	for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++)
		judge(c, &judged[i]);
	judge_personality(c);
	REFUSE(c, refused, EPERM);
	REFUSE(c, absent, ENOSYS);
	if (!(flags & SECCOMP_OPENAT2))
		refuse(c, (int []){ NR_OPENAT2 }, 1, ENOSYS);
	if (flags & SECCOMP_NO_IPC)
		REFUSE(c, ipc, EACCES);
	if (flags & SECCOMP_NO_EXEC)
		REFUSE(c, exec_calls, EPERM);
	if (flags & SECCOMP_NO_FORK) {
		REFUSE(c, fork_calls, EPERM);
		judge_clone(c, flags);
	}
	judge_sockets(c, flags);
	allow(c);
}

int
seccomp_probe(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return NATIVE != 0 && syscall(SYS_seccomp,
	    SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int
seccomp_install(enum seccomp_flags flags)
{
	struct code c = { .n = 0 };
	struct sock_fprog prog;

	if (NATIVE == 0) {
		errno = ENOTSUP;
		return -1;
	}
	assemble(&c, flags);
	if (c.n > sizeof c.op / sizeof c.op[0]) {
		errno = E2BIG;
		return -1;
	}
	prog = (struct sock_fprog){ (unsigned short)c.n, c.op };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
