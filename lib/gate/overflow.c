/*
 * overflow.c - complaints of servers that a prompt is too long.
 */
#include "gate/overflow.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX	4096	/* bytes that are looked at */
#define GAP_MAX		200	/* bytes that * may stand for */

/*
 * Small letters stand for themselves in any case, * for anything, %l for
 * the limit, %n for what was needed, %m for more of it.  The first line
 * that fits counts, so those with numbers come first.
 */
static const char *const patterns[] = {
	"request (%n tokens) exceeds the available context size (%l tokens)",
	"requested tokens (%n) exceed context window of %l",
	"maximum context length of %l tokens*total of %n tokens",
	"maximum context length is %l tokens*requested*%n tokens",
	"maximum context length is %l tokens*resulted in %n tokens",
	"maximum context length is %l*input*%n tokens",
	"input length (%n) exceeds*maximum context length (%l)",
	"input length %n exceeds*maximum context length %l",
	"input (%n tokens) is longer than*(%l tokens)",
	"input length %n exceeds the maximum allowed input length of %l",
	"n_keep: (%n) >= n_ctx: (%l)",
	"n_keep: %n>= n_ctx: %l",
	"n_keep: %n >= n_ctx: %l",
	"n_keep (%n) >= n_ctx (%l)",
	"first %n tokens when context*length of only %l",
	"must be <= %l. given: %n `inputs` tokens and %m",
	"must have less than %l tokens. given: %n",
	"input token count (%n) exceeds*tokens allowed (%l)",
	"input token count of %n exceeds*%l",
	"prompt is too long: %n tokens > %l",
	"exceed context limit: %n + %m > %l",
	"prompt contains %n tokens*too large for model with %l",
	"maximum prompt length is %l*contains %n tokens",
	"exceeded model token limit: %l (requested: %n",
	"prompt token count of %n exceeds the limit of %l",
	"range of input length should be [1, %l]",
	"prompt too long: %n tokens exceeds*%l",
	"the request has %n tokens*%l",
	"input (%n tokens) is too large to process*batch size: %l",
	"context length of only %l",
	"context window of this model is %l",
	"exceed_context_size",
	"context_length_exceeded",
	"available context size*exceed",
	"exceeds the available context size",
	"exceed context window",
	"maximum context length",
	"longer than the model's context",
	"exceeds the context window",
	"maximum allowed input length",
	"n_keep*n_ctx",
	"context length of only",
	"context size has been exceeded",
	"exceeds the context length",
	"longer than the context length",
	"max_new_tokens` must be",
	"inputs` must have less than",
	"maximum number of tokens allowed",
	"prompt is too long",
	"prompt too long",
	"exceed context limit",
	"maximum prompt length",
	"reduce the length of the messages",
	"exceeded model token limit",
	"context window exceeds limit",
	"prompt token count of*exceeds the limit",
	"range of input length should be",
	"too large for model with",
	"model_context_window_exceeded",
	"is too large to process. increase the physical batch size",
};

static const char *
number(const char *s, int64_t *out)
{
	int64_t v = 0;

	if (!isdigit((unsigned char)*s))
		return NULL;
	for (; isdigit((unsigned char)*s) || (*s == ',' &&
	    isdigit((unsigned char)s[1])); s++)
		if (*s != ',' && v < (int64_t)1 << 50)
			v = v * 10 + (*s - '0');
	*out = v;
	return s;
}

/* True when the pattern fits at s. */
static bool
fits(const char *s, const char *pat, struct overflow *o)
{
	for (; *pat != '\0'; pat++) {
		int64_t v;

		if (*pat == '*') {
			for (size_t i = 0; i < GAP_MAX && s[i] != '\0'; i++)
				if (fits(s + i, pat + 1, o))
					return true;
			return false;
		}
		if (*pat != '%') {
			if (tolower((unsigned char)*s) != *pat)
				return false;
			s++;
			continue;
		}
		s = number(s, &v);
		if (s == NULL)
			return false;
		pat++;
		if (*pat == 'l')
			o->window = v;
		else
			o->need = *pat == 'n' ? v : o->need + v;
	}
	return true;
}

static bool
find(const char *text, const char *pat, struct overflow *o)
{
	for (size_t i = 0; i < TEXT_MAX && text[i] != '\0'; i++) {
		*o = (struct overflow){ 0, 0 };
		if (fits(text + i, pat, o))
			return true;
	}
	return false;
}

bool
overflow_read(const char *text, struct overflow *o)
{
	static const char *const other[] = { "rate limit", "rate_limit",
	    "throttl", "too many requests" };

	*o = (struct overflow){ 0, 0 };
	for (size_t i = 0; i < BASE_NITEMS(other); i++)
		if (strcasestr(text, other[i]) != NULL)
			return false;
	for (size_t i = 0; i < BASE_NITEMS(patterns); i++)
		if (find(text, patterns[i], o)) {
			/* The limit is the smaller one. */
			if (o->need > 0 && o->need < o->window &&
			    strchr(patterns[i], '*') != NULL) {
				int64_t v = o->need;

				o->need = o->window;
				o->window = v;
			}
			return true;
		}
	*o = (struct overflow){ 0, 0 };
	return false;
}
