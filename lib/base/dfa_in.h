/*
 * dfa_in.h - the program that an expression becomes, for dfa.c.
 *
 * An instruction takes a byte of a set, or asks what stands before and
 * behind this place, or goes on in two ways, or says that there is a match.
 */
#ifndef BASE_DFA_IN_H
#define BASE_DFA_IN_H

#include "base/base.h"

enum dfa_op { DFA_SET, DFA_SPLIT, DFA_ASSERT, DFA_MATCH };

enum dfa_assert {
	DFA_BEGIN, DFA_END,		/* of the line */
	DFA_EDGE,			/* of a word: \b */
	DFA_WORD, DFA_WORD_END,		/* \< \> */
};

struct dfa_insn {
	enum dfa_op	 op;
	enum dfa_assert	 what;
	int		 out, other;	/* other of DFA_SPLIT */
	uint32_t	 set[8];	/* of DFA_SET: a bit a byte */
};

#define DFA_INSNS	6000

struct dfa_program {
	struct dfa_insn	*insn;
	int		 n, start;
	bool		 words;		/* it asks about words */
};

/* False when the expression is none of ours; frees nothing then. */
bool dfa_compile(struct dfa_program *p, const char *ere, bool icase);

#endif
