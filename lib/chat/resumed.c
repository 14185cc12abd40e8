/*
 * resumed.c - whether we were stopped, and the shell had the terminal.
 */
#include "chat/resumed.h"

#include <signal.h>

static volatile sig_atomic_t resumed;

static void
on_cont(int sig)
{
	(void)sig;
	resumed = 1;
}

void
resumed_watch(void)
{
	struct sigaction sa = { .sa_handler = on_cont };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGCONT, &sa, NULL);
}

bool
resumed_take(void)
{
	bool yes = resumed != 0;

	resumed = 0;
	return yes;
}
