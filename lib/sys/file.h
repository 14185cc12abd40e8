/*
 * file.h - whole files: read, replace without tearing, append, directories.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

/* Append the file at path, at most max bytes, to b.  Regular files only:
 * a FIFO or a device is refused and never waited for. */
int file_read(const char *path, struct buf *b, size_t max, struct err *e);
/* The two halves of it, for who has to look at the open file in between: a
 * descriptor, or -1 with e filled; and append what is there, closing it. */
int file_open_regular(const char *path, struct err *e);
int file_take(int fd, const char *path, struct buf *b, size_t max,
    struct err *e);
/*
 * Replace the file name in directory dirfd by the n bytes at p: written to
 * a temporary file beside it, synced, renamed, directory synced.  mode is
 * used when there was no file before; otherwise the old mode is kept.  On
 * failure the old file is untouched and nothing is left behind; what a
 * process that was killed left (.NAME.tmp-N) the next one removes.
 */
int file_replace_at(int dirfd, const char *name, const void *p, size_t n,
    mode_t mode, struct err *e);
/* The same for a path. */
int file_replace(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e);
/* The same without waiting for the disk: for what may be lost in a power cut,
 * or be empty after it, and is made anew then. */
int file_replace_hint(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e);
/* True when path is a device, a pipe, or a name of what is open, as /dev/stdout
 * is, wherever that leads: nothing may take its place. */
bool file_is_open(const char *path);
/* For a file that the user names: as file_replace, but what file_is_open() is
 * written to, at its end. */
int file_put(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e);
/* True when at path is a regular file, not a link to one, of just the n bytes
 * at p. */
bool file_same(const char *path, const void *p, size_t n);
/*
 * For who reads the file at path, changes it and replaces it: a lock on its
 * folder, so that of two at once neither undoes what the other did.  Held until
 * the descriptor is closed; -1 where there is no folder or are no locks, and
 * then it is done without.
 */
int file_change_lock(const char *path);
/* Make directory path and its missing parents with mode. */
int file_mkdirs(const char *path, mode_t mode, struct err *e);
/*
 * What the kernel calls the file or directory that fd is, or that is at
 * path, links followed.  Caller frees; NULL when it cannot be told, for it
 * was removed, or there is no /proc.
 */
char *file_fd_name(int fd);
char *file_real_name(const char *path);
/* The directory the running program is in; caller frees; NULL if unknown. */
char *file_exe_dir(void);

#endif
