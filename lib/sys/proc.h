/*
 * proc.h - the life of a child process: start, wait, kill.
 *
 * proc never reads from the child (that is pump.h's work) and knows
 * nothing of what it does.  Every pipe is close-on-exec; an exec failure
 * comes back as errno from proc_start, synchronously.
 */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include "base/base.h"
#include "base/err.h"

#include <sys/types.h>

enum proc_fd {
	PROC_INHERIT,		/* the child's is ours */
	PROC_NULL,		/* /dev/null */
	PROC_PIPE,		/* a pipe; our end is left in the plan */
	PROC_GIVEN,		/* the descriptor in the plan; we close it */
};

struct proc {
	/* The plan, filled by the caller. */
	char *const	*argv;		/* argv[0]: a path or a name on PATH */
	char *const	*envp;		/* NULL: our own environment */
	int		 cwd;		/* directory descriptor, or -1 */
	enum proc_fd	 how[3];	/* for 0, 1 and 2 */
	int		 fd[3];		/* GIVEN: in; PIPE: our end out */
	int		 extra;		/* one more to pass as it is, or -1 */
	bool		 group;		/* a process group of its own */
	bool		 session;	/* with it: and without our terminal */
	bool		 die_with_us;	/* SIGKILL when our process ends */
	bool		 tidies;	/* SIGTERM then: it has to tidy up */
	/* The state, filled by proc_start. */
	pid_t		 pid;
	int		 status;	/* from waitpid, once it ended */
	bool		 running;
};

/* A plan that inherits everything. */
void proc_init(struct proc *p, char *const *argv);
/*
 * Start the child.  0, or -1 with e filled (ERR_CONFIG when the program is
 * not there or not executable); given descriptors are closed either way.
 */
int proc_start(struct proc *p, struct err *e);
/* Wait for the end; returns the status of waitpid(2), or -1. */
int proc_wait(struct proc *p);
/* Look whether it ended, without waiting: true when it has. */
bool proc_poll(struct proc *p);
/* Wait up to ms milliseconds for the end; true when it ended. */
bool proc_wait_ms(struct proc *p, int ms);
/* A descriptor that becomes readable when the child has ended, which the
 * caller closes; -1 where there is none (before Linux 5.3). */
int proc_end_fd(const struct proc *p);
/* For a child that ends by itself: wait for that, kill it after ms. */
void proc_settle(struct proc *p, int ms);
/* Send sig to the child, or to its group when it has one. */
void proc_kill(struct proc *p, int sig);
/* The end by force; a child that tidies is asked first, and has ms for it.
 * It is reaped afterwards. */
void proc_end(struct proc *p, int ms);
/* Close our ends, give it grace ms to end by itself, then TERM, then KILL
 * after grace ms more; the child is reaped afterwards. */
void proc_stop(struct proc *p, int grace_ms);
/* The exit status to relay: its own, 128 for one above, 128+n by signal. */
int proc_exit_code(int status);

#endif
