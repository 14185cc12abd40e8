/*
 * where_in.h - a condition as its parser and its evaluation see it.
 */
#ifndef VIEW_WHERE_IN_H
#define VIEW_WHERE_IN_H

#include "view/where.h"

#include <regex.h>
#include <sys/types.h>

#define WHERE_NODES	256
#define WHERE_VALUES	1000	/* in a list */
#define WHERE_DEPTH	64

enum where_op {
	WHERE_AND, WHERE_OR, WHERE_NOT,		/* of nodes */
	WHERE_EQ, WHERE_NE, WHERE_LT, WHERE_LE, WHERE_GT, WHERE_GE,
	WHERE_CONTAINS, WHERE_LIKE, WHERE_REGEX,
	WHERE_IN, WHERE_BETWEEN, WHERE_NULL,
};

struct where_value {
	char		*text;
	size_t		 n;
	enum view_kind	 kind;
	double		 number;
};

struct where_node {
	enum where_op	 op;
	int		 left, right;	/* of AND, OR; NOT has a left */
	char		*name;		/* of the column */
	ssize_t		 column;	/* -1: not found */
	struct where_value *v;
	size_t		 n;
	regex_t		 re;
	bool		 compiled;
};

struct where {
	struct where_node node[WHERE_NODES];
	int		 n, root;
	struct buf	 text;		/* of a cell, for regexec */
};

#endif
