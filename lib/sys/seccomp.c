/*
 * A seccomp filter assembled from two tables: calls refused outright, and
 * calls refused by a bit or value in their arguments.  It is a search tree
 * over the numbers of calls, then a piece for each call whose arguments are
 * looked at, then the answers: the kernel tries it on every number there is
 * when it is installed, which for a list takes longer than all the rest.
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
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
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

/* Where an instruction goes: an answer, or the piece of a call. */
enum target { ALLOW, DENY, NONE, FORBID, PIECES, TARGETS = PIECES + 40 };

enum { CALLS = 512 };		/* their numbers are smaller, on all machines */

/*
 * Assembled twice: what lies behind an instruction is known when the first
 * round is done, and stands where it stood in the second.
 */
struct code {
	struct sock_filter op[400];
	unsigned n;
	unsigned at[TARGETS];	/* where each target begins */
	uint8_t to[CALLS];	/* of each call */
	int call[TARGETS];	/* that a piece is for */
	int pieces;
	bool far;		/* a jump was too long, or a number too high */
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

static uint8_t
distance(struct code *c, unsigned at)
{
	unsigned d = at - c->n - 1;

	c->far |= d > 255;
	return (uint8_t)d;
}

/* To yes, or to no, which may be the next instruction, -1. */
static void
branch(struct code *c, uint16_t op, uint32_t k, int yes, int no)
{
	emit(c, BPF_JMP | op, k, yes < 0 ? 0 : distance(c, c->at[yes]),
	    no < 0 ? 0 : distance(c, c->at[no]));
}

static void
set(struct code *c, int nr, enum target to)
{
	if (nr < 0 || nr >= CALLS)
		c->far = true;
	else
		c->to[nr] = (uint8_t)to;
}

static void
set_all(struct code *c, const int *nr, size_t n, enum target to)
{
	for (size_t i = 0; i < n; i++)
		set(c, nr[i], to);
}

#define SET(c, list, to) \
	set_all(c, list, sizeof(list) / sizeof((list)[0]), to)

/* A piece that looks at the arguments of nr, unless there is one. */
static void
look_at(struct code *c, int nr)
{
	if (nr >= 0 && nr < CALLS && c->to[nr] >= PIECES)
		return;
	if (PIECES + c->pieces == TARGETS) {
		c->far = true;
		return;
	}
	c->call[PIECES + c->pieces] = nr;
	set(c, nr, (enum target)(PIECES + c->pieces++));
}

/* What happens to each call; what is refused needs no look. */
static void
decide(struct code *c, enum seccomp_flags flags)
{
#ifdef __x86_64__
	look_at(c, SYS_open);
#endif
	look_at(c, SYS_openat);
	look_at(c, SYS_personality);
	look_at(c, SYS_socketpair);
	look_at(c, SYS_socket);
	for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++)
		look_at(c, judged[i].nr);
	SET(c, refused, DENY);
	SET(c, absent, NONE);
	if (!(flags & SECCOMP_OPENAT2))
		set(c, NR_OPENAT2, NONE);
	if (flags & SECCOMP_NO_IPC)
		SET(c, ipc, FORBID);
	if (flags & SECCOMP_NO_TRUNCATE)
		set(c, SYS_truncate, FORBID);
	if (flags & SECCOMP_NO_EXEC)
		SET(c, exec_calls, DENY);
	if (flags & SECCOMP_NO_FORK)
		SET(c, fork_calls, DENY);
}

/* How often the answer changes among the calls from..to. */
static int
changes(const struct code *c, int from, int to)
{
	int n = 0;

	for (int i = from + 1; i < to; i++)
		n += c->to[i] != c->to[i - 1];
	return n;
}

/* Calls from..to, among which it does: one jump for each change. */
static void
tree(struct code *c, int from, int to)
{
	int cut = from, half = changes(c, from, to) / 2, low, high;
	unsigned here = c->n;

	for (int seen = -1; seen < half; cut++)
		seen += c->to[cut + 1] != c->to[cut];
	low = changes(c, from, cut);
	high = changes(c, cut, to);
	branch(c, BPF_JGE, (uint32_t)cut, high ? -1 : c->to[cut],
	    low ? -1 : c->to[from]);
	if (low)
		tree(c, from, cut);
	if (high && low && here < sizeof c->op / sizeof c->op[0]) {
		c->far |= c->n - here - 1 > 255;
		c->op[here].jt = (uint8_t)(c->n - here - 1);
	}
	if (high)
		tree(c, cut, to);
}

/* open and openat: a set-id mode counts only when a file may be made. */
static void
judge_open(struct code *c, int flags)
{
	load_arg(c, flags);
	branch(c, BPF_JSET, FLAG_CREATES, -1, ALLOW);
	load_arg(c, flags + 1);
	branch(c, BPF_JSET, MODE_SETID, DENY, ALLOW);
}

static void
judge_personality(struct code *c)
{
	load_arg(c, 0);
	branch(c, BPF_JEQ, 0, ALLOW, -1);		/* Linux */
	branch(c, BPF_JEQ, 8, ALLOW, -1);		/* 32-bit uname */
	branch(c, BPF_JEQ, 0x40000, ALLOW, -1);	/* no randomisation */
	branch(c, BPF_JEQ, 0xffffffff, ALLOW, DENY);	/* a question */
}

static void
judge_socket(struct code *c, enum seccomp_flags flags)
{
	if (flags & SECCOMP_NET) {
		load_arg(c, 0);
		branch(c, BPF_JEQ, FAMILY_INET, ALLOW, -1);
		branch(c, BPF_JEQ, FAMILY_INET6, ALLOW, -1);
		if (flags & SECCOMP_UNIX)
			branch(c, BPF_JEQ, FAMILY_UNIX, ALLOW, -1);
		/* Libraries ask for addresses and routes: protocol 0. */
		branch(c, BPF_JEQ, FAMILY_NETLINK, -1, FORBID);
		load_arg(c, 2);
		branch(c, BPF_JEQ, 0, ALLOW, FORBID);
	} else {
		emit(c, BPF_RET, SECCOMP_RET_ERRNO | EACCES, 0, 0);
	}
}

/* All that the table says of one call. */
static void
judge(struct code *c, int nr, enum seccomp_flags flags)
{
	for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++) {
		const struct judged *r = &judged[i];

		if (r->nr != nr)
			continue;
		load_arg(c, r->arg);
		if (r->mask && r->mask != ~0u)
			emit(c, BPF_ALU | BPF_AND, r->mask, 0, 0);
		branch(c, r->mask ? BPF_JEQ : BPF_JSET, r->value, DENY, -1);
	}
	/* A new task that is no thread of this process. */
	if (nr == SYS_clone && (flags & SECCOMP_NO_FORK)) {
		load_arg(c, 0);
		branch(c, BPF_JSET, flags & SECCOMP_THREADS ?
		    CLONE_IS_THREAD : 0, ALLOW, DENY);
	}
	emit(c, BPF_RET, SECCOMP_RET_ALLOW, 0, 0);
}

static void
piece(struct code *c, int nr, enum seccomp_flags flags)
{
	switch (nr) {
#ifdef __x86_64__
	case SYS_open:
		judge_open(c, 1);
		break;
#endif
	case SYS_openat:
		judge_open(c, 2);
		break;
	case SYS_personality:
		judge_personality(c);
		break;
	case SYS_socketpair:
		load_arg(c, 0);
		branch(c, BPF_JEQ, FAMILY_UNIX, ALLOW, FORBID);
		break;
	case SYS_socket:
		judge_socket(c, flags);
		break;
	default:
		judge(c, nr, flags);
	}
}

static void
assemble(struct code *c, enum seccomp_flags flags)
{
	static const uint32_t answers[] = { SECCOMP_RET_ALLOW,
		SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ERRNO | ENOSYS,
		SECCOMP_RET_ERRNO | EACCES };

	c->n = 0;
	c->far = false;
	load(c, offsetof(struct seccomp_data, arch));
	emit(c, BPF_JMP | BPF_JEQ, NATIVE, 1, 0);
	emit(c, BPF_RET, SECCOMP_RET_KILL_PROCESS, 0, 0);
	load(c, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	branch(c, BPF_JGE, 0x40000000, NONE, -1);
#endif
	tree(c, 0, CALLS);
	for (int i = PIECES; i < PIECES + c->pieces; i++) {
		c->at[i] = c->n;
		piece(c, c->call[i], flags);
	}
	for (int i = 0; i < PIECES; i++) {
		c->at[i] = c->n;
		emit(c, BPF_RET, answers[i], 0, 0);
	}
}

int
seccomp_probe(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return NATIVE != 0 && syscall(SYS_seccomp,
	    SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* NULL with errno when there is none. */
static const struct code *
program(enum seccomp_flags flags)
{
	static struct code c;

	if (NATIVE == 0) {
		errno = ENOTSUP;
		return NULL;
	}
	memset(&c, 0, sizeof c);
	decide(&c, flags);
	if (!c.far) {
		assemble(&c, flags);
		assemble(&c, flags);
	}
	if (c.far || c.n > sizeof c.op / sizeof c.op[0]) {
		errno = E2BIG;
		return NULL;
	}
	return &c;
}

int
seccomp_show(enum seccomp_flags flags, const struct sock_filter **op)
{
	const struct code *c = program(flags);

	*op = c ? c->op : NULL;
	return c ? (int)c->n : -1;
}

int
seccomp_install(enum seccomp_flags flags)
{
	const struct code *c = program(flags);
	struct sock_fprog prog;

	if (!c)
		return -1;
	prog = (struct sock_fprog){ (unsigned short)c->n,
		(struct sock_filter *)(uintptr_t)c->op };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
