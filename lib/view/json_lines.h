/*
 * json_lines.h - JSON values one after the other.
 */
#ifndef VIEW_JSON_LINES_H
#define VIEW_JSON_LINES_H

#include "base/base.h"
#include "view/view.h"

/* Where one value ends, in bytes that come in pieces. */
struct json_split {
	bool	 array;		/* elements of an array, else lines */
	bool	 string, escape;
	int64_t	 depth;		/* 1 between elements; 0 behind the last */
};

/* Bytes up to and with what ends the value; *whole: it is there. */
size_t json_split(struct json_split *s, const char *p, size_t n,
    bool *whole);
/* A source of the lines of the file, or the elements of its array. */
int json_lines(struct view *v, int fd, bool array, struct err *e);

#endif
