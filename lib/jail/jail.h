/*
 * The jail: one command run behind every wall the kernel will give.
 *
 * Three roles in up to three processes.  The supervisor (supervise.c) stays
 * outside, holds the deadline and kills the tree.  The keeper (inside.c)
 * stands inside the namespaces or the Landlock domain and reaps.  The worker
 * (inside.c) lays the last walls on itself and becomes the command.
 *
 * The three build beside each other.  Behind namespaces the supervisor makes
 * what holds missing names, the keeper the root, the worker the network;
 * without, the supervisor makes the private directory, and where /etc takes
 * many rules it grants half of it.  The keeper goes on when the supervisor says
 * so, the worker when the keeper does.
 *
 * Nothing here allocates: all storage is static, one jail per process.
 */
#ifndef JAIL_JAIL_H
#define JAIL_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum wall {
	WALL_USERNS = 1, WALL_MOUNT = 2, WALL_PID = 4, WALL_NET = 8,
	WALL_LANDLOCK = 16, WALL_SECCOMP = 32, WALL_RLIMITS = 64,
	WALL_ALL = 127,
	WALL_SPACES = WALL_USERNS | WALL_MOUNT | WALL_PID | WALL_NET,
};

enum profile { PROFILE_WORKSPACE, PROFILE_READ_ONLY, PROFILE_FULL_READ };

enum {
	JAIL_DIRS = 32, JAIL_ENV = 128, JAIL_NAMES = 512,
	JAIL_TIMEOUT = 124, JAIL_REFUSED = 125,
	JAIL_CANNOT = 126, JAIL_NOT_FOUND = 127,
	JAIL_GATE_PORT = 3128,
};

/* A directory (or file, for -r) held open since before the walls. */
struct dir {
	int fd;
	const char *path;	/* canonical, as the kernel names it */
	dev_t dev;
	ino_t ino;
	bool isdir;
};

/* What is done to a name beneath a workspace that is not the tool's. */
enum guard_kind {
	GUARD_PIN,	/* an ancestor: writable, but cannot be renamed */
	GUARD_RO,	/* read-only */
	GUARD_LINK,	/* a symbolic link: cannot be replaced */
	GUARD_MASK,	/* did not exist: an empty directory for the while */
};

struct guard {
	enum guard_kind kind;
	int work;		/* index of the workspace */
	const char *rel;
};

struct jail {
	struct dir work[JAIL_DIRS], read[JAIL_DIRS], cwd;
	int nwork, nread;
	const char *protect[JAIL_DIRS];
	int nprotect;
	enum profile profile;
	bool network, keep_stdin, unsafe, probe, masks;
	unsigned seconds, megabytes, disk_megabytes;
	unsigned walls, require;
	char *env[JAIL_ENV];	/* of the command; NULL-terminated */
	int nenv;
	char **argv;
	int abi;		/* of Landlock, 0 none */
	struct guard guard[JAIL_NAMES];
	int nguard;
	const char *tmp;	/* where scratch is made */
	char scratch[128];	/* private directory of strict mode, or "" */
	uid_t uid;
	gid_t gid;
	int null_fd, pidmax_fd;
	int status_fd;		/* where the record goes, or -1 */
	int go_fd;		/* a byte comes when our part of it is done */
	int rules_fd;		/* a rule set that two fill, or -1 */
	int gate_fd;		/* control socket of a proxy, or -1 */
	bool pids_capped;	/* by this pid namespace */
	sigset_t *signals;	/* to restore before exec */
};

/* How it ended. */
struct outcome {
	int code;		/* exit status, or -1 */
	int signal;		/* or 0 */
	const char *killed;	/* why we killed it, or NULL */
	long wall_ms;
	unsigned walls;		/* that stood */
	unsigned lost;		/* asked for and not to be had */
	int lost_errno;
	const char *what;	/* of a refusal, or NULL */
	int error;		/* errno of it, or 0 */
};

/* From inside to the supervisor, over a close-on-exec pipe. */
enum note_kind { NOTE_LOST, NOTE_REFUSED, NOTE_EXEC, NOTE_DONE };

struct note {
	enum note_kind kind;
	int value;		/* wall lost, or wait status */
	int error;
	char what[64];
};

/*
 * supervise.c: runs j->argv.  Returns 0, or -1 when the jail cannot be.  The
 * record of a command that ran is written, and status_fd closed, when all of
 * the command is dead, before what the jail made for it is taken away.
 */
int jail_run(struct jail *j, struct outcome *o);

/*
 * inside.c: the child's whole life.  NOTE_DONE from a pid namespace says, too,
 * that nothing is left in it but the keeper.
 */
_Noreturn void inside_main(struct jail *j, unsigned walls, int notes,
    pid_t supervisor);
/* Whether the network namespace is made there, not with the others. */
bool inside_makes_net(unsigned walls);
/* Waits until the supervisor has done its part; false, with errno, when it
 * could not. */
bool inside_may_go_on(const struct jail *j);

/* inside.c: close every descriptor from first on, or let exec(2) close them.
 * Not every C library has close_range(2), and not every kernel. */
void jail_shut(int first, bool on_exec);

/* root.c: a new root with only what is granted.  0, or -1 with *what. */
int root_build(struct jail *j, unsigned walls, bool *own_proc,
    const char **what);

/*
 * grant.c: the Landlock rule set for this view.  fd, or -1 with *what.  Where
 * /etc takes many rules grant_begin makes the set, before the fork, and
 * grant_help, in the supervisor, adds half of them and /proc's.  0 or -1.
 */
int grant_begin(struct jail *j, unsigned walls);
int grant_help(const struct jail *j);
int grant_open(struct jail *j, unsigned walls, bool own_proc,
    const char **what);
bool grant_is_secret_readable(void);
extern const char *const grant_secrets[];	/* beneath /etc */
extern const char *const grant_system[];	/* top-level, readable */
extern const char *const grant_devices[];

/* guard.c: protected names: found, masked for the while, unmasked. */
int guard_find(struct jail *j);
int guard_mask(struct jail *j);
void guard_unmask(struct jail *j);

/* limits.c */
int limits_set(const struct jail *j, unsigned walls);
bool limits_cap_pids(const char *path, int outer_fd);
void limits_go_first(const struct jail *j, unsigned walls);
void limits_start(const struct jail *j);
const char *limits_exceeded(const struct jail *j, unsigned walls);

/* portal.c: a listening socket of this network, to the proxy.  0 or -1. */
int portal_open(int control);
/* Without a network namespace there is none, and no network either. */
bool portal_stands(const struct jail *j, unsigned walls);

/* tree.c: the processes beneath this one. */
int tree_list(int *pid, int max);
bool tree_works(void);
void tree_kill(void);

/* scratch.c: private directory of strict mode, named, before the fork, and
 * made; whether killed jails have left some, and away with them. */
int scratch_name(struct jail *j);
int scratch_make(struct jail *j);
bool scratch_sweep(const struct jail *j, bool remove);
void scratch_remove(const char *path);

/* report.c */
void report_outcome(int fd, const struct jail *j, const struct outcome *o);
void report_refusal(int fd, const struct jail *j, const struct outcome *o);
int report_probe(int fd, const struct jail *j, const struct outcome *o);
extern const char *const wall_name[];

/* keep.c: strings and directories that live as long as the process. */
char *keep(const char *s, size_t n);
char *keep_join(const char *a, const char *b);	/* "a/b" */
int keep_dir(struct dir *d, const char *path, bool file_ok);

#endif
