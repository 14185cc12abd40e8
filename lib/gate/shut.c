/*
 * shut.c - keep other processes of the same user out of this one.
 *
 * The leak checker of the sanitizers attaches to its own process, so that
 * builds with it stay open.
 */
#include "gate/shut.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SHUT_OPEN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SHUT_OPEN
#endif

void
shut_process(void)
{
#ifndef SHUT_OPEN
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
