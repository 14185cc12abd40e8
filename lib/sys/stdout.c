/*
 * stdout.c - what a program says last, on standard output.
 */
#include "sys/stdout.h"

#include "base/fdio.h"
#include "sys/sig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int
failed(struct err *e)
{
	if (errno == EPIPE)
		sig_reraise(SIGPIPE);
	err_sys(e, "standard output");
	e->kind = ERR_IO;
	return -1;
}

int
stdout_write(const void *p, size_t n, struct err *e)
{
	return n > 0 && fd_write_all(STDOUT_FILENO, p, n) == -1 ? failed(e) :
	    0;
}

int
stdout_flush(struct err *e)
{
	return fflush(stdout) == EOF || ferror(stdout) ? failed(e) : 0;
}
