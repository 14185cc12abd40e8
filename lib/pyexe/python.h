/*
 * python.h - the interpreter itself, in agent-jail.
 *
 * Share/agent/python/pyexe.py runs the code.  Its standard input and output
 * carry frames, its standard error what the code writes.
 */
#ifndef PYEXE_PYTHON_H
#define PYEXE_PYTHON_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "sys/proc.h"

struct python {
	struct proc	 proc;		/* pid 0 or less: none runs */
	struct vec	 argv;
	int		 in, out, err;	/* our ends; out, err non-blocking */
	struct buf	 said;		/* frames that are not whole */
	char		 words[64];	/* how the last code ended */
};

enum python_said { PYTHON_NOTHING, PYTHON_DONE, PYTHON_ENDED };

void python_init(struct python *p);
/* Start it in the workspace; -1 with e filled (ERR_CONFIG: no python3). */
int python_start(struct python *p, const char *workspace, struct err *e);
/* Take what it says; DONE: p->words says how the code ended. */
enum python_said python_read(struct python *p);
/* End it by force, and all that it started. */
void python_end(struct python *p);
/* The path of python3; caller frees; NULL when there is none. */
char *python_find(void);

#endif
