/*
 * fd.h - descriptors: pipes, flags, whole files; fdio.h has the bytes.
 *
 * Everything made here is close-on-exec from birth.
 */
#ifndef SYS_FD_H
#define SYS_FD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/fdio.h"

/* Append up to max bytes of fd to b until end of file; -1 with errno
 * (EFBIG when there was more than max). */
int fd_slurp(int fd, struct buf *b, size_t max);
/* A pipe, both ends close-on-exec. */
int fd_pipe(int fds[2]);
/* Set or clear O_NONBLOCK. */
int fd_nonblock(int fd, bool on);
/* close(2) if fd >= 0, and set it to -1; errno is kept. */
void fd_close(int *fd);
/*
 * Make sure that descriptors 0, 1 and 2 are open, so that no file or pipe
 * of ours can land there.  A missing stdin becomes /dev/null for reading; a
 * missing stdout or stderr becomes one that fails every write with EBADF.
 */
void fd_sanitize(void);

#endif
