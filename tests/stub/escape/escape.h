/*
 * What the attempts share.  An attempt returns OUT_OF_JAIL (0) when it got
 * out, REFUSED (1) when it was refused, saying why on stderr, and NOT_HERE
 * (3) when this machine has nothing of the kind.  Every attempt is harmless
 * where it succeeds, so that each can also be run without a jail.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_OF_JAIL = 0, REFUSED = 1, NOT_HERE = 3 };

struct attempt {
	const char *name;	/* NULL ends a list */
	int (*fn)(void);
};

#define A(fn) { #fn, fn }

extern const struct attempt attempts_files[], attempts_kernel[],
    attempts_limits[], attempts_names[], attempts_net[], attempts_nodes[],
    attempts_process[];

/* A path of this form, good until seven more were made. */
__attribute__((format(printf, 1, 2))) const char *path(const char *fmt, ...);

/* This variable of the environment; ends the program when there is none. */
const char *aim(const char *name);

#define W aim("W")
#define OUT aim("OUT")
#define VICTIM atol(aim("VICTIM"))
#define PORT atoi(aim("PORT"))

/* What the server of --listen holds, by its port. */
#define KEY_OF(port) (0x0a6e0000 + (port))
#define NAME_OF(port) path("/agent-escape-%d", port)

/* 0 or more means out. */
int got(long r);

/* Out, if the kernel looked at the call at all. */
int reached(long r);

/* Refused in the jail; outside it the machine has no such thing. */
int absent(void);

int can_write(const char *p);
int can_open(const char *p, int flags);
int can_read(const char *p);
int can_list(const char *p);

/* world.c: argv is run, or 9 returned; serve ends with SIGTERM. */
int run_as(char **argv);
int run_contained(char **argv);
int serve(void);

/* A child that waits to be killed. */
pid_t sleeper(void);

/* What fn says, in a process of its own. */
int in_child(int (*fn)(void));

#endif
