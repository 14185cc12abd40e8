/*
 * fdio.h - bytes through a descriptor, over everything that interrupts.
 */
#ifndef BASE_FDIO_H
#define BASE_FDIO_H

#include "base/base.h"

#include <sys/types.h>

/* Write all n bytes, over EINTR, EAGAIN and short writes; -1 with errno. */
int fd_write_all(int fd, const void *p, size_t n);
/* read(2) over EINTR. */
ssize_t fd_read(int fd, void *p, size_t n);
/* The same for who has nothing to do but to wait: also where the other end or
 * a program before us left the descriptor in the mode that does not block. */
ssize_t fd_read_wait(int fd, void *p, size_t n);
/* fd when it is a pipe or a socket, whose reader may leave, which poll(2)
 * tells whatever events are asked for; else -1. */
int fd_piped(int fd);
/* True when nobody will read what is written there any more. */
bool fd_left(int fd);

#endif
