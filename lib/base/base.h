/*
 * base.h - what every file of the toolkit may assume.
 *
 * The first include of every file outside lib/jail.  Attribute macros and
 * a few constants only; it includes no other header of ours.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))
#define BASE_NORETURN		__attribute__((noreturn))
#define BASE_UNUSED		__attribute__((unused))
#define BASE_MUST_USE		__attribute__((warn_unused_result))

#define BASE_NITEMS(a)		(sizeof(a) / sizeof((a)[0]))

/* The longest line that any program of the toolkit accepts, in bytes. */
#define BASE_LINE_MAX		((size_t)64 * 1024 * 1024)

/* Bytes that are read at once into an array of a function: a stack may have no
 * more than 64 KiB (ulimit -s). */
#define BASE_PIECE		((size_t)16 * 1024)

#endif
