/*
 * profile_files.h - the files with profiles, as text.
 *
 * Shipped ones, the user's in the order of their names, and what a probe
 * wrote: from the least to the most that counts.  Their texts are checked
 * to be sound JSON, and nothing more.
 */
#ifndef GATE_PROFILE_FILES_H
#define GATE_PROFILE_FILES_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/profile.h"
#include "json/scan.h"

enum profile_origin {
	PROFILE_SHIPPED, PROFILE_USER, PROFILE_PROBED
};

struct profile_file {
	struct buf	 text;
	struct scan_span list;		/* the array of profiles */
	enum profile_origin origin;
	char		*name;		/* of the file */
};

struct profile_files {
	struct profile_file *v;
	size_t		 n;
};

/* Read all of them; 0, or -1 with e filled (ERR_CONFIG: one of the user's
 * is malformed).  Free either way. */
int profile_files_read(struct profile_files *fs, const struct profile_for *f,
    struct err *e);
void profile_files_free(struct profile_files *fs);
/* Step through the profiles of a file; *pos starts at 0. */
bool profile_next(const struct profile_file *f, size_t *pos,
    struct scan_span *profile);

#endif
