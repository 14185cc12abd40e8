/*
 * stem.c - the stem of an English word, by Porter's algorithm.
 *
 * The names of the steps are those of the paper.  A word is its bytes and
 * its length; "the stem" of a rule is what stands before its suffix.
 */
#include "mem/stem.h"

#include <string.h>

struct rule {
	const char *suffix, *by;
};

static bool
consonant(const char *w, size_t i)
{
	switch (w[i]) {
	case 'a': case 'e': case 'i': case 'o': case 'u':
		return false;
	case 'y':
		return i == 0 || !consonant(w, i - 1);
	default:
		return true;
	}
}

/* The m of the paper: how often a vowel is followed by a consonant. */
static int
measure(const char *w, size_t n)
{
	bool last = true;
	int m = 0;

	for (size_t i = 0; i < n; i++) {
		bool c = consonant(w, i);

		if (c && !last)
			m++;
		last = c;
	}
	return m;
}

static bool
has_vowel(const char *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!consonant(w, i))
			return true;
	return false;
}

static bool
double_consonant(const char *w, size_t n)
{
	return n >= 2 && w[n - 1] == w[n - 2] && consonant(w, n - 1);
}

/* Consonant, vowel, consonant at the end, the last not w, x or y. */
static bool
cvc(const char *w, size_t n)
{
	return n >= 3 && consonant(w, n - 3) && !consonant(w, n - 2) &&
	    consonant(w, n - 1) && strchr("wxy", w[n - 1]) == NULL;
}

static bool
ends(const char *w, size_t n, const char *suffix, size_t *stem)
{
	size_t k = strlen(suffix);

	if (k > n || memcmp(w + n - k, suffix, k) != 0)
		return false;
	*stem = n - k;
	return true;
}

static size_t
put(char *w, size_t stem, const char *by)
{
	size_t k = strlen(by);

	memcpy(w + stem, by, k);
	return stem + k;
}

static size_t
step_1a(char *w, size_t n)
{
	size_t stem;

	if (ends(w, n, "sses", &stem) || ends(w, n, "ies", &stem))
		return n - 2;
	if (ends(w, n, "ss", &stem) || w[n - 1] != 's')
		return n;
	return n - 1;
}

static size_t
step_1b(char *w, size_t n)
{
	size_t stem;

	if (ends(w, n, "eed", &stem))
		return measure(w, stem) > 0 ? n - 1 : n;
	if (!(ends(w, n, "ed", &stem) && has_vowel(w, stem)) &&
	    !(ends(w, n, "ing", &stem) && has_vowel(w, stem)))
		return n;
	n = stem;
	if (ends(w, n, "at", &stem) || ends(w, n, "bl", &stem) ||
	    ends(w, n, "iz", &stem))
		return put(w, n, "e");
	if (double_consonant(w, n))
		return strchr("lsz", w[n - 1]) == NULL ? n - 1 : n;
	if (measure(w, n) == 1 && cvc(w, n))
		return put(w, n, "e");
	return n;
}

/* The first rule whose suffix fits decides. */
static size_t
replace(char *w, size_t n, const struct rule *rules, int above)
{
	size_t stem;

	for (; rules->suffix != NULL; rules++)
		if (ends(w, n, rules->suffix, &stem))
			return measure(w, stem) > above ?
			    put(w, stem, rules->by) : n;
	return n;
}

static const struct rule step_2[] = {
	{ "ational", "ate" }, { "tional", "tion" }, { "enci", "ence" },
	{ "anci", "ance" }, { "izer", "ize" }, { "bli", "ble" },
	{ "alli", "al" }, { "entli", "ent" }, { "eli", "e" },
	{ "ousli", "ous" }, { "ization", "ize" }, { "ation", "ate" },
	{ "ator", "ate" }, { "alism", "al" }, { "iveness", "ive" },
	{ "fulness", "ful" }, { "ousness", "ous" }, { "aliti", "al" },
	{ "iviti", "ive" }, { "biliti", "ble" }, { "logi", "log" },
	{ NULL, NULL },
};

static const struct rule step_3[] = {
	{ "icate", "ic" }, { "ative", "" }, { "alize", "al" },
	{ "iciti", "ic" }, { "ical", "ic" }, { "ful", "" }, { "ness", "" },
	{ NULL, NULL },
};

static const struct rule step_4[] = {
	{ "ement", "" }, { "ance", "" }, { "ence", "" }, { "able", "" },
	{ "ible", "" }, { "ment", "" }, { "ant", "" }, { "ent", "" },
	{ "ism", "" }, { "ate", "" }, { "iti", "" }, { "ous", "" },
	{ "ive", "" }, { "ize", "" }, { "al", "" }, { "er", "" },
	{ "ic", "" }, { "ou", "" }, { NULL, NULL },
};

static size_t
steps_4_5(char *w, size_t n)
{
	size_t stem;

	if (ends(w, n, "ion", &stem)) {
		if (stem > 0 && strchr("st", w[stem - 1]) != NULL &&
		    measure(w, stem) > 1)
			n = stem;
	} else {
		n = replace(w, n, step_4, 1);
	}
	if (w[n - 1] == 'e') {
		int m = measure(w, n - 1);

		if (m > 1 || (m == 1 && !cvc(w, n - 1)))
			n--;
	}
	if (w[n - 1] == 'l' && double_consonant(w, n) && measure(w, n) > 1)
		n--;
	return n;
}

size_t
stem_word(char *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (w[i] < 'a' || w[i] > 'z')
			return n;
	if (n <= 2)
		return n;
	n = step_1a(w, n);
	n = step_1b(w, n);
	if (n > 1 && w[n - 1] == 'y' && has_vowel(w, n - 1))
		w[n - 1] = 'i';
	n = replace(w, n, step_2, 0);
	n = replace(w, n, step_3, 0);
	return steps_4_5(w, n);
}
