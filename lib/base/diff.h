/*
 * diff.h - what changed between two texts, as a unified diff for a reader.
 *
 * The shortest script of lines by Myers' algorithm (E. Myers, "An O(ND)
 * Difference Algorithm and Its Variations", 1986) as long as it is short;
 * beyond DIFF_EDITS changed lines what stands between the first and the last
 * change is shown as replaced.  Pure; time is bounded by the size of the
 * texts and the square of DIFF_EDITS.
 */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include "base/base.h"
#include "base/buf.h"

#define DIFF_EDITS	400	/* changed lines that are told apart */
#define DIFF_LINE	400	/* bytes of a line that are shown */

/*
 * Append the hunks ("@@ -1,3 +1,4 @@", three lines around each change, no
 * names of files) that turn the text of an bytes at a into that of bn at b:
 * at most max bytes, in whole lines.  Returns the lines that are left out
 * because of that; nothing is appended when the texts are the same.
 */
size_t diff_unified(struct buf *out, const char *a, size_t an,
    const char *b, size_t bn, size_t max);

#endif
