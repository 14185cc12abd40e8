/*
 * lexicon.c - what is known about English words beyond their endings.
 *
 * Lists are in strings, sorted where they are searched by halves; a test
 * looks whether they are.
 */
#include "mem/lexicon.h"

#include "mem/stem.h"

#include <stdlib.h>
#include <string.h>

static const char *const stops[] = {
	"a", "about", "above", "after", "again", "against", "all", "also",
	"am", "an", "and", "any", "are", "arent", "as", "at", "be",
	"because", "been", "before", "being", "below", "between", "both",
	"but", "by", "can", "cant", "could", "couldnt", "d", "did", "didnt",
	"do", "does", "doesnt", "doing", "dont", "down", "during", "each",
	"few", "for", "from", "further", "had", "hadnt", "has", "hasnt",
	"have", "havent", "having", "he", "hed", "her", "here", "hers",
	"herself", "hes", "hey", "hi", "him", "himself", "his", "how", "i",
	"id", "if", "ill", "im", "in", "into", "is", "isnt", "it", "itd",
	"itll", "its", "itself", "ive", "just", "ll", "m", "me", "more",
	"most", "my", "myself", "no", "nor", "not", "now", "of", "off", "oh",
	"ok", "okay", "on", "once", "only", "or", "other", "our", "ours",
	"ourselves", "out", "over", "own", "re", "really", "s", "same",
	"shall", "she", "shed", "shes", "should", "shouldnt", "so", "some",
	"such", "t", "than", "that", "thatll", "thats", "the", "their",
	"theirs", "them", "themselves", "then", "there", "theres", "these",
	"they", "theyd", "theyll", "theyre", "theyve", "this", "those",
	"through", "to", "too", "under", "until", "up", "us", "ve", "very",
	"was", "wasnt", "we", "wed", "well", "were", "werent", "weve",
	"what", "whats", "when", "where", "wheres", "which", "while", "who",
	"whom", "whos", "why", "will", "with", "wont", "would", "wouldnt",
	"yeah", "yes", "you", "youd", "youll", "your", "youre", "yours",
	"yourself", "youve",
};

static const char *const asking[] = {
	"ask", "asked", "current", "currently", "described", "did",
	"discuss", "discussed", "does", "happen", "happened", "know",
	"lately", "latest", "likely", "many", "mention", "mentioned",
	"mentions", "might", "much", "newest", "nowadays", "presently",
	"recall", "recently", "remember", "said", "say", "says", "tell",
	"think", "thinks", "told", "type", "used",
};

/* Form and base; those whose stem is that of the base anyway are missing. */
static const char *const forms[][2] = {
	{ "ate", "eat" }, { "became", "become" }, { "began", "begin" },
	{ "begun", "begin" }, { "best", "good" }, { "better", "good" },
	{ "bit", "bite" }, { "bitten", "bite" }, { "blew", "blow" },
	{ "bought", "buy" }, { "bred", "breed" }, { "broke", "break" },
	{ "broken", "break" }, { "brought", "bring" }, { "built", "build" },
	{ "came", "come" }, { "caught", "catch" }, { "children", "child" },
	{ "chose", "choose" }, { "chosen", "choose" }, { "dealt", "deal" },
	{ "died", "die" }, { "drank", "drink" }, { "drawn", "draw" },
	{ "drew", "draw" }, { "driven", "drive" }, { "drove", "drive" },
	{ "drunk", "drink" }, { "dying", "die" }, { "eaten", "eat" },
	{ "eight", "8" }, { "eighteen", "18" }, { "eighty", "80" },
	{ "eleven", "11" }, { "fallen", "fall" }, { "fed", "feed" },
	{ "feet", "foot" }, { "fell", "fall" }, { "felt", "feel" },
	{ "fifteen", "15" }, { "fifth", "5th" }, { "fifty", "50" },
	{ "first", "1st" }, { "five", "5" }, { "flew", "fly" },
	{ "flown", "fly" }, { "forgot", "forget" },
	{ "forgotten", "forget" }, { "forty", "40" },
	{ "fought", "fight" }, { "found", "find" }, { "four", "4" },
	{ "fourteen", "14" }, { "fourth", "4th" }, { "froze", "freeze" },
	{ "frozen", "freeze" }, { "gave", "give" }, { "geese", "goose" },
	{ "given", "give" }, { "goes", "go" }, { "going", "go" },
	{ "gone", "go" }, { "gonna", "go" }, { "got", "get" },
	{ "gotten", "get" }, { "grew", "grow" }, { "grown", "grow" },
	{ "heard", "hear" }, { "held", "hold" }, { "hid", "hide" },
	{ "hidden", "hide" }, { "hung", "hang" }, { "kept", "keep" },
	{ "knew", "know" }, { "known", "know" }, { "knives", "knife" },
	{ "laid", "lay" }, { "leaves", "leaf" }, { "led", "lead" },
	{ "left", "leave" }, { "lent", "lend" }, { "lit", "light" },
	{ "lives", "live" }, { "lost", "lose" }, { "lying", "lie" },
	{ "made", "make" }, { "meant", "mean" }, { "men", "man" },
	{ "met", "meet" }, { "mice", "mouse" }, { "nine", "9" },
	{ "nineteen", "19" }, { "ninety", "90" }, { "paid", "pay" },
	{ "people", "person" }, { "ran", "run" }, { "rang", "ring" },
	{ "ridden", "ride" }, { "risen", "rise" }, { "rode", "ride" },
	{ "rose", "rise" }, { "rung", "ring" }, { "said", "say" },
	{ "sang", "sing" }, { "sat", "sit" }, { "saw", "see" },
	{ "second", "2nd" }, { "seen", "see" }, { "sent", "send" },
	{ "seven", "7" }, { "seventeen", "17" }, { "seventy", "70" },
	{ "shaken", "shake" }, { "shelves", "shelf" }, { "shook", "shake" },
	{ "shot", "shoot" }, { "shown", "show" }, { "six", "6" },
	{ "sixteen", "16" }, { "sixty", "60" }, { "slept", "sleep" },
	{ "sold", "sell" }, { "sought", "seek" }, { "spent", "spend" },
	{ "spoke", "speak" }, { "spoken", "speak" }, { "stole", "steal" },
	{ "stolen", "steal" }, { "stood", "stand" }, { "stuck", "stick" },
	{ "sung", "sing" }, { "swam", "swim" }, { "swore", "swear" },
	{ "swum", "swim" }, { "taken", "take" }, { "taught", "teach" },
	{ "teeth", "tooth" }, { "ten", "10" }, { "third", "3rd" },
	{ "thirteen", "13" }, { "thirty", "30" }, { "thought", "think" },
	{ "thousand", "1000" }, { "three", "3" }, { "threw", "throw" },
	{ "thrown", "throw" }, { "told", "tell" }, { "took", "take" },
	{ "tore", "tear" }, { "torn", "tear" }, { "twelve", "12" },
	{ "twenty", "20" }, { "twice", "2" }, { "two", "2" },
	{ "understood", "understand" }, { "went", "go" },
	{ "wives", "wife" }, { "woke", "wake" }, { "woken", "wake" },
	{ "wolves", "wolf" }, { "women", "woman" }, { "won", "win" },
	{ "wore", "wear" }, { "worn", "wear" }, { "worse", "bad" },
	{ "worst", "bad" }, { "written", "write" }, { "wrote", "write" },
};

/* Words of about one meaning, a line each. */
static const char *const like[] = {
	"mother mom mum mama mommy",
	"father dad papa daddy",
	"child kid son daughter",
	"baby newborn infant",
	"grandmother grandma granny nana",
	"grandfather grandpa granddad",
	"parent mother father mom dad",
	"husband wife spouse partner",
	"girlfriend boyfriend partner",
	"sibling brother sister",
	"friend buddy pal",
	"photo picture image photograph pic",
	"movie film",
	"tv television",
	"job work career occupation profession",
	"boss manager supervisor",
	"salary pay wage",
	"company firm employer",
	"buy purchase acquire get",
	"begin start",
	"finish complete end",
	"quit leave resign",
	"sick ill unwell",
	"illness disease sickness",
	"doctor physician",
	"medicine medication drug",
	"hurt injure injury",
	"big large huge",
	"small little tiny",
	"quick fast rapid",
	"happy glad joyful excited",
	"sad unhappy upset",
	"scared afraid frightened fear",
	"angry mad furious",
	"love adore favorite favourite",
	"like enjoy",
	"hobby pastime interest",
	"trip travel journey vacation holiday",
	"car vehicle automobile",
	"bike bicycle",
	"house home apartment flat",
	"relocate move",
	"city town",
	"shop store",
	"food meal dish cuisine",
	"dinner supper",
	"allergy allergic",
	"exercise workout gym fitness",
	"run running jog",
	"hike hiking trail",
	"pet dog cat puppy kitten",
	"dog puppy",
	"cat kitten",
	"school college university",
	"student pupil",
	"study learn",
	"degree major education",
	"book novel",
	"author writer",
	"paint painting art artwork",
	"song music tune",
	"concert gig",
	"instrument guitar piano violin",
	"game match",
	"party celebration",
	"celebrate celebration",
	"marry marriage wedding married",
	"divorce separated",
	"birth born",
	"birthday born",
	"present gift",
	"money cash",
	"cost price",
	"phone telephone mobile cell",
	"computer laptop pc",
	"error bug fault failure",
	"fix repair",
	"delete remove erase",
	"create make build",
	"change modify alter",
	"choose pick select decide",
	"plan intend",
	"goal aim",
	"problem issue trouble",
	"answer reply respond",
	"speak talk",
	"help assist support",
	"volunteer charity",
	"group club team",
	"meet meeting",
	"old elderly",
	"country nation",
	"beach seaside shore",
	"forest wood",
	"rain rainy",
	"identity gender",
	/* Nouns and verbs that are of one root and not of one stem. */
	"decide decision",
	"choose choice",
	"lose loss",
	"grow growth",
	"die death dead",
	"give gift",
	"sell sale",
	"fly flight",
	"speak speech",
	"think thought",
	"live life",
	"believe belief",
	"advise advice",
	"succeed success",
	"explain explanation",
	"describe description",
	"receive reception receipt",
	"compete competition contest",
	"arrive arrival",
	"propose proposal engaged engagement",
	"strong strength",
	"high height",
	"long length",
	"deep depth",
	"young youth",
	"hungry hunger",
	"proud pride",
	"free freedom",
	"poor poverty",
	"laugh laughter",
	"behave behavior behaviour",
	"weigh weight",
	"know knowledge",
	"breathe breath",
	"prove proof",
	"lend loan",
	"apply application",
	"permit permission",
	"admit admission",
	"expand expansion",
	"invade invasion",
	"vary variety",
	"science scientist",
	"music musician",
	"library librarian",
	"magic magician",
	"swim pool",
	"train practice practise prepare",
	"teach teacher instructor tutor lesson",
	"kind nice",
	"recommend suggest suggestion",
	"inspire inspiration",
	"name call",
	"attend join participate",
	"teacher professor",
	"neighbour neighbor",
	"colour color",
	"favourite favorite prefer",
	"organise organize arrange",
	"lunch meal",
	"breakfast meal",
	"ocean sea",
	"street road",
	"rock stone",
	"weekend saturday sunday",
	"kid toddler",
	"war military army",
	"police officer cop",
	"religion faith church",
	"roadtrip trip",
	"necklace pendant",
};

static int
compare(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool
in_list(const char *w, const char *const *list, size_t n)
{
	return bsearch(w, list, n, sizeof(*list), compare) != NULL;
}

/* Most words are in no list, and no word of a list is this long. */
#define LONGEST	11

bool
lexicon_stop(const char *w)
{
	return strnlen(w, LONGEST + 1) <= LONGEST &&
	    in_list(w, stops, BASE_NITEMS(stops));
}

bool
lexicon_asking(const char *w)
{
	return in_list(w, asking, BASE_NITEMS(asking));
}

static size_t
term(const char *w, size_t n, char *out)
{
	const char *const *form = n > LONGEST ? NULL : bsearch(w, forms,
	    BASE_NITEMS(forms), sizeof(forms[0]), compare);

	if (form != NULL) {
		w = form[1];
		n = strlen(w);
	}
	memcpy(out, w, n + 1);
	n = stem_word(out, n);
	out[n] = '\0';
	return n;
}

size_t
lexicon_term(const struct text_word *w, char *out)
{
	if (w->kind == TEXT_WORD)
		return term(w->fold, w->len, out);
	memcpy(out, w->fold, w->len + 1);
	return w->len;
}

size_t
lexicon_term_of(const char *w, char *out)
{
	return term(w, strnlen(w, TEXT_WORD_MAX), out);
}

/* Whether the word of n bytes at p has the term t; its own in out, which
 * may be NULL. */
static bool
same_term(const char *p, size_t n, const char *t, char *out)
{
	char word[TEXT_WORD_MAX + 1], its[TEXT_WORD_MAX + 1];

	/* Words of these lists are no irregular forms: a stem begins as they
	 * do. */
	if (out == NULL && (p[0] != t[0] || (t[1] != '\0' && p[1] != t[1])))
		return false;
	memcpy(word, p, n);
	word[n] = '\0';
	n = term(word, n, its);
	if (out != NULL)
		memcpy(out, its, n + 1);
	return strcmp(its, t) == 0;
}

size_t
lexicon_like(const char *t, char (*out)[TEXT_WORD_MAX + 1], size_t max)
{
	size_t found = 0;

	for (size_t i = 0; i < BASE_NITEMS(like); i++) {
		bool here = false;

		for (int pass = 0; pass < 2; pass++) {
			const char *p = like[i];

			if (pass == 1 && !here)
				break;
			for (; *p != '\0'; p += *p == ' ') {
				size_t n = strcspn(p, " ");
				bool same = same_term(p, n, t, pass == 1 &&
				    found < max ? out[found] : NULL);

				here = here || same;
				if (pass == 1 && !same && found < max)
					found++;
				p += n;
			}
		}
	}
	return found;
}
