/*
 * query.h - what a question asks for, understood without the store.
 *
 * Any text is a question; no character of it has a meaning that could make
 * it wrong.  "Quoted words" stand together, word* is the beginning of one.
 * Pure.
 */
#ifndef MEM_QUERY_H
#define MEM_QUERY_H

#include "base/base.h"
#include "mem/terms.h"
#include "mem/text.h"

#define QUERY_TERMS	96
#define QUERY_DATES	48
#define QUERY_PHRASES	8

struct query_term {
	char	 term[TERMS_MAX];	/* as it is indexed */
	char	 word[TEXT_WORD_MAX + 1];	/* folded only */
	double	 weight;
	bool	 prefix;		/* the beginning of a word */
	bool	 capital;		/* may be a name */
	bool	 whole;			/* an identifier beside its parts */
	bool	 asking;		/* says little */
};

struct query_date {
	char	 term[TERMS_MAX];	/* without its byte of kind */
	char	 part;			/* 'y', 'o', 't' */
};


struct query {
	struct query_term terms[QUERY_TERMS];
	size_t		 nterms;
	struct query_date dates[QUERY_DATES];
	size_t		 ndates;
	char		*phrases[QUERY_PHRASES];	/* terms, each with ' '
							 * before and behind */
	size_t		 nphrases;
	unsigned	 asks;		/* for what kind of answer, cue.h */
	bool		 latest;	/* wants what holds now */
	bool		 mine, yours;	/* says I and my; says you */
	bool		 spoken;	/* names a time relative to now */
	bool		 stops;		/* only words that are in no list */
	bool		 empty;		/* not one word */
};

/* Understand the n bytes at p, asked on the day today. */
void query_parse(struct query *q, const char *p, size_t n, int64_t today);
void query_free(struct query *q);
/* The terms of the text in order, each with ' ' before and behind: what a
 * phrase is looked for in. */
void query_flat(const char *p, size_t n, struct buf *out);

#endif
