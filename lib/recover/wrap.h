/*
 * wrap.h - the marks around a body of JSON or Python calls.
 */
#ifndef RECOVER_WRAP_H
#define RECOVER_WRAP_H

#include "base/base.h"

struct wrap {
	const char	*close[5];	/* NULL-terminated */
	unsigned	 how;		/* enum shape_how */
	bool		 empty;		/* there may be no calls inside */
};

#endif
