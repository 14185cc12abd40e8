/*
 * stats.h - what columns hold: kinds, nulls, ranges, middles, frequent
 * values.  One pass, bounded memory.
 *
 * A column of integers has its numbers exactly, up to 64 bits.  Mean and
 * deviation are those of all values.  Quartiles are those of all values where
 * there are few, else of a sample of equal chance.  Distinct values are
 * counted up to a limit.
 */
#ifndef VIEW_STATS_H
#define VIEW_STATS_H

#include "base/base.h"
#include "base/buf.h"
#include "view/view.h"

struct stats_value {		/* one of the distinct ones */
	uint64_t	 hash, count;
	char		 text[40];
	uint8_t		 n;
	bool		 cut;
};

union stats_item {
	int64_t		 n;		/* of a column of whole ones */
	double		 x;		/* of another */
};

struct stats_number {
	bool		 whole;		/* it is v.n */
	union stats_item v;
};

struct stats_column {
	uint64_t	 kinds[VIEW_KINDS];	/* values of each */
	enum view_kind	 kind;		/* of them together */
	char		 example[64];
	size_t		 nexample;
	uint64_t	 example_total;
	/* Of numbers; all of them are integers of 64 bits: whole. */
	bool		 whole;
	union stats_item min, max;
	int64_t		 base;		/* the mean counts from there */
	double		 mean, squares;
	uint64_t	 numbers;
	union stats_item *sample;
	size_t		 nsample;
	/* Of all others: the least and the greatest. */
	struct buf	 least, greatest;
	/* Distinct values; a hash table. */
	struct stats_value *value;
	size_t		 nvalues;
	bool		 many;		/* more than are counted */
};

struct stats {
	struct stats_column *v;
	size_t		 n, cap;
	uint64_t	 rows, ragged;
	size_t		 columns;	/* that a row should have */
	bool		 deep;		/* more than kinds and nulls */
	size_t		 sample_max, value_max;	/* of a column */
	uint64_t	 random;
};

/* For a table of that many columns (0: not known yet). */
void stats_begin(struct stats *s, size_t columns, bool deep);
void stats_free(struct stats *s);
void stats_add(struct stats *s, const struct view_row *r);
/* Values of column i that are null, missing ones included. */
uint64_t stats_nulls(const struct stats *s, size_t i);
/* The quantile q of the numbers of a column; sorts the sample. */
struct stats_number stats_quantile(struct stats_column *c, double q);
/* Their mean; whole, too, where a double could not hold it as well. */
struct stats_number stats_mean(const struct stats_column *c);
/* The most frequent value, or NULL when none occurs twice or there are too
 * many. */
const struct stats_value *stats_top(const struct stats *s,
    const struct stats_column *c);
/* A number below n, from a generator that always begins the same. */
uint64_t stats_random(uint64_t *state, uint64_t n);

#endif
