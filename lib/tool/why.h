/*
 * why.h - why a wall of the sandbox does not stand, and what to do.
 */
#ifndef TOOL_WHY_H
#define TOOL_WHY_H

#include "base/buf.h"

/*
 * Append one line, without its line feed, on the wall that agent-jail calls
 * name ("userns", "landlock", ...): the reason as the kernel gives it when
 * asked here, behind "; try " what to do.  The probe is made in a child.
 */
void why_missing(struct buf *b, const char *name);
/*
 * Whether agent-jail gets namespaces, as far as it shows without a process to
 * try: 1 yes, 0 no, -1 only trying tells, for AppArmor decides for each
 * program.
 */
int why_granted(void);

#endif
