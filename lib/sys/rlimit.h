/*
 * rlimit.h - limits that a process lays on itself for good.
 */
#ifndef SYS_RLIMIT_H
#define SYS_RLIMIT_H

#include "base/base.h"

/* Lower both limits of that kind (RLIMIT_...) to n; a lower one stays. */
void rlimit_lower(int what, uint64_t n);
/* Bytes of address space the process has already, 0 when not known. */
uint64_t rlimit_mapped(void);

#endif
