/*
 * sig.c - signals as flags and as a readable descriptor.
 */
#include "sys/sig.h"

#include "sys/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile sig_atomic_t interrupts;
static int self_pipe[2] = { -1, -1 };

static void
handler(int sig)
{
	int saved = errno;

	/* A request to end must not be forgotten for an interrupt. */
	if (caught == 0 || caught == SIGINT)
		caught = sig;
	if (sig == SIGINT)
		interrupts++;
	if (write(self_pipe[1], "", 1) == -1)
		errno = 0;	/* full: it is readable already */
	errno = saved;
}

void
sig_sanitize(void)
{
	sigset_t none;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
sig_init(void)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	/* A file that may not grow is a write that fails. */
	sigaction(SIGXFSZ, &sa, NULL);
	if (self_pipe[0] == -1) {
		if (fd_pipe(self_pipe) == -1)
			return -1;
		fd_nonblock(self_pipe[0], true);
		fd_nonblock(self_pipe[1], true);
	}
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct sigaction old;

		/* nohup(1) and background shells ignore some on purpose. */
		if (sigaction(wanted[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sa.sa_handler = handler;
		sigaction(wanted[i], &sa, NULL);
	}
	return 0;
}

int
sig_forked(void)
{
	int own[2];

	if (self_pipe[0] == -1)
		return sig_init();
	if (fd_pipe(own) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		fd_nonblock(own[i], true);
		fd_close(&self_pipe[i]);
		self_pipe[i] = own[i];
	}
	return 0;
}

int
sig_fd(void)
{
	return self_pipe[0];
}

int
sig_caught(void)
{
	return caught;
}

/* Take what was caught, if any or only INT; none comes between the look and
 * the forgetting. */
static int
take(bool only_int, int *n)
{
	sigset_t all, old;
	char sink[64];
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	sig = caught;
	*n = interrupts;
	interrupts = 0;
	if (!only_int || sig == SIGINT) {
		caught = 0;
		while (self_pipe[0] != -1 &&
		    read(self_pipe[0], sink, sizeof(sink)) > 0)
			continue;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return sig;
}

int
sig_take(int *interrupted)
{
	int n, sig = take(false, &n);

	if (interrupted != NULL)
		*interrupted = n;
	return sig;
}

int
sig_forget_int(void)
{
	int n;

	take(true, &n);
	return n;
}

void
sig_reraise(int sig)
{
	struct sigaction sa;
	sigset_t set;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), sig);
	_exit(128 + sig);
}

void
sig_reset_child(void)
{
	struct sigaction sa;
	sigset_t none;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
