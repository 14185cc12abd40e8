/*
 * output.h - what a command wrote, made fit for a model.
 *
 * Pure text work: ill-formed UTF-8 and control characters become visible,
 * carriage returns do what they do on a terminal, the middle of what is
 * too long is left out.
 */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append the n bytes at p, clean.  CR LF is a line end; a lone CR starts
 * the line over, as progress bars mean it; colour sequences (CSI ... m) are
 * dropped; every other control character but newline and tab is shown.
 */
void output_clean(struct buf *out, const char *p, size_t n);
/*
 * Keep the first third of lines and the last two thirds when b has more
 * than lines lines or bytes bytes, with a line between that says how many
 * were left out.  True when something was cut.
 */
bool output_cut(struct buf *b, size_t lines, size_t bytes);

#endif
