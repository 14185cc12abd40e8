/*
 * fmt_think.c - where reasoning begins and ends, and marks that mean
 * nothing to a reader.
 *
 * An opening counts only before any text; the same words in an answer are
 * part of it.
 */
#include "recover/decode.h"

#include <string.h>

#define COMMENT_MAX	4096

static const char *const of_think[] = { "</think>",
	"<|tool_calls_section_begin|>", NULL };
static const char *const of_bracket[] = { "[/THINK]", NULL };
static const char *const of_seed[] = { "</seed:think>", NULL };
static const char *const of_cohere[] = { "<|END_THINKING|>", NULL };
static const char *const of_kimi[] = { "◁/think▷", NULL };
static const char *const of_gemma[] = { "<channel|>", NULL };
static const char *const of_thinking[] = { "</thinking>", NULL };
static const char *const of_reasoning[] = { "</reasoning>", NULL };
static const char *const of_thought[] = { "</thought>", NULL };

const char *const think_closers[] = { "</think>", "[/THINK]",
	"</seed:think>", "<|END_THINKING|>", "◁/think▷", "<channel|>",
	"</thinking>", "</reasoning>", "</thought>",
	"[BEGIN FINAL RESPONSE]", "<|tool_calls_section_begin|>", NULL };

enum dec_status
fmt_think(struct dec *d)
{
	static const struct {
		const char *open;
		const char *const *close;
	} pairs[] = {
		{ "<think>", of_think }, { "[THINK]", of_bracket },
		{ "<seed:think>", of_seed },
		{ "<|START_THINKING|>", of_cohere },
		{ "◁think▷", of_kimi }, { "<|channel>thought", of_gemma },
		{ "<thinking>", of_thinking },
		{ "<reasoning>", of_reasoning }, { "<thought>", of_thought },
	};

	for (size_t i = 0; i < BASE_NITEMS(pairs); i++) {
		if (strlen(pairs[i].open) != d->skip ||
		    memcmp(pairs[i].open, d->p, d->skip) != 0)
			continue;
		d->i = d->skip;
		dec_item(d, DEC_THINK, "", 0)->closers = pairs[i].close;
		return DEC_OK;
	}
	return DEC_NO;
}

/* The end of reasoning whose beginning was in the prompt. */
enum dec_status
fmt_orphan(struct dec *d)
{
	size_t k = d->skip;

	if (!d->recast)
		return DEC_NO;
	while (k < d->n && (d->p[k] == ' ' || d->p[k] == '\t' ||
	    d->p[k] == '\r'))
		k++;
	d->far = k;
	if (k == d->n && !d->final)
		return DEC_MORE;
	/* In the middle of a line it is a word of a sentence. */
	if (!d->line && k < d->n && d->p[k] != '\n')
		return DEC_NO;
	d->i = d->skip;
	dec_item(d, DEC_RECAST, "", 0);
	return DEC_OK;
}

/* Marks around the answer, and those that end a message. */
enum dec_status
fmt_noise(struct dec *d)
{
	if (d->fmt->arg == NULL) {
		d->i = d->skip;
		return DEC_OK;
	}
	d->i = 0;
	return dec_tail(d);
}

/* Nothing in a comment counts. */
enum dec_status
fmt_comment(struct dec *d)
{
	size_t limit = d->n < COMMENT_MAX ? d->n : COMMENT_MAX;
	const char *q = memmem(d->p, limit, "-->", 3);

	d->far = limit;
	if (q == NULL)
		return limit == COMMENT_MAX || d->final ? DEC_NO : DEC_MORE;
	d->far = d->i = (size_t)(q - d->p) + 3;
	return DEC_TEXT;
}
