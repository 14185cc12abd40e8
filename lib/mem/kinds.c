/*
 * kinds.c - what is a kind of what, in everyday words.
 *
 * Who asks for a pet means a dog as well; who asks for a dog does not mean a
 * cat.  The first word of a line is the kind.  Lists are of what people talk
 * about daily, and as general as a school book.
 */
#include "mem/lexicon.h"

#include <string.h>

static const char *const kinds[] = {
	"animal dog cat bird horse rabbit fish turtle snake lizard hamster "
	    "parrot cow sheep goat pig bear deer whale dolphin elephant",
	"pet dog cat rabbit hamster parrot turtle lizard snake goldfish "
	    "puppy kitten budgie guinea tortoise ferret",
	"dog puppy poodle beagle terrier spaniel labrador retriever shepherd "
	    "greyhound dachshund collie husky corgi",
	"cat kitten tabby siamese tomcat",
	"bird parrot budgie canary owl eagle sparrow pigeon chicken duck "
	    "goose robin crow",
	"instrument guitar piano violin drum flute clarinet trumpet cello "
	    "saxophone ukulele harp organ keyboard bass accordion banjo",
	"sport football soccer basketball tennis baseball volleyball hockey "
	    "golf rugby swim run cycling boxing judo climb surf ski "
	    "skating yoga badminton cricket",
	"game chess poker monopoly scrabble dominoes checkers videogame "
	    "puzzle",
	"exercise run swim yoga gym jog cycling pilates workout stretch "
	    "lift aerobics",
	"hobby painting pottery gardening knitting photography cooking "
	    "baking fishing hiking reading dancing chess sewing drawing "
	    "woodwork writing camping",
	"activity hike camp swim paint pottery dance run climb cook yoga "
	    "picnic museum concert fish",
	"art painting drawing sculpture pottery mural sketch portrait "
	    "photograph watercolor ceramic collage",
	"painting portrait landscape mural watercolor canvas seascape",
	"music jazz rock blues classical pop folk opera rap country metal",
	"dance ballet salsa tango waltz hiphop ballroom",
	"food bread rice pasta soup salad meat fish cheese pizza cake stew "
	    "curry sandwich noodle vegetable fruit sushi taco",
	"dish soup stew curry pasta salad risotto lasagna casserole pie "
	    "roast omelette",
	"fruit apple pear banana orange grape cherry peach plum berry "
	    "strawberry lemon mango melon fig",
	"vegetable tomato potato carrot onion cabbage pepper cucumber bean "
	    "pea spinach lettuce broccoli pumpkin",
	"meat beef pork chicken lamb ham bacon sausage turkey steak",
	"dessert cake pie cookie pudding tart brownie chocolate cheesecake",
	"drink tea coffee water juice beer wine milk lemonade cocktail "
	    "whisky soda smoothie",
	"alcohol beer wine whisky vodka gin rum cocktail",
	"flower rose tulip lily daisy sunflower orchid lavender daffodil "
	    "violet",
	"plant flower tree bush herb rose tulip fern cactus lavender tomato",
	"tree oak pine apple birch maple willow palm cherry",
	"vehicle car bus truck van bike motorcycle scooter train tram",
	"boat ship kayak canoe yacht ferry sailboat",
	"transport car bus train tram bike plane ferry subway metro taxi",
	"family mother father sister brother parent child son daughter wife "
	    "husband aunt uncle cousin grandmother grandfather niece nephew",
	"relative aunt uncle cousin niece nephew grandmother grandfather "
	    "sister brother",
	"sibling sister brother twin",
	"child son daughter toddler baby boy girl",
	"colour red blue green yellow black white orange purple pink brown "
	    "grey gold silver",
	"color red blue green yellow black white orange purple pink brown "
	    "gray gold silver",
	"clothes shirt dress trousers jacket coat skirt jeans sweater shoe "
	    "hat sock suit",
	"jewelry ring necklace bracelet earring pendant brooch",
	"furniture table chair bed sofa desk shelf cabinet wardrobe couch "
	    "bench",
	"room kitchen bedroom bathroom office garage attic basement",
	"weather rain snow sun storm wind fog heat cold cloud",
	"season spring summer autumn winter fall",
	"illness flu cold fever cancer diabetes asthma pneumonia infection "
	    "migraine covid",
	"injury fracture sprain bruise burn cut break",
	"emotion happy sad angry afraid joy fear anxious lonely proud",
	"subject math history biology chemistry physics geography english "
	    "art literature philosophy psychology economics",
	"language english spanish french german italian chinese japanese "
	    "russian portuguese arabic korean latin",
	"profession teacher doctor nurse lawyer engineer cook chef artist "
	    "writer carpenter programmer designer journalist accountant",
	"job teacher doctor nurse lawyer engineer waiter chef driver clerk "
	    "designer programmer",
	"event party wedding concert festival conference parade funeral "
	    "ceremony birthday exhibition workshop race",
	"competition race tournament contest marathon match championship "
	    "olympiad",
	"holiday christmas easter thanksgiving halloween hanukkah",
	"book novel biography memoir poem cookbook",
	"country spain france germany italy japan china india brazil canada "
	    "mexico england sweden norway portugal greece ireland america",
	"device phone laptop tablet computer camera printer watch",
	"computer laptop tablet pc macbook",
	"document passport letter contract report form certificate paper",
	"religion church mosque temple synagogue buddhism islam "
	    "christianity",
	"water lake river sea ocean pond stream",
	"class lesson course workshop seminar lecture",
	"team football basketball soccer hockey",
	"toy doll puzzle lego kite robot ball",
	"database postgres postgresql mysql sqlite mongodb redis oracle",
	"browser firefox chrome safari edge",
	"editor vim emacs vscode nano",
	"shell bash zsh fish",
};

/* The word at p, which ends at a blank. */
static size_t
word(const char *p, char out[TEXT_WORD_MAX + 1])
{
	size_t n = strcspn(p, " ");

	memcpy(out, p, n);
	out[n] = '\0';
	return n;
}

/* Whether the word at p has the term t.  Words of these lists are no irregular
 * forms: a stem begins as they do. */
static bool
has_term(const char *p, const char *t)
{
	char w[TEXT_WORD_MAX + 1], its[TEXT_WORD_MAX + 1];

	if (p[0] != t[0] || (t[1] != '\0' && p[1] != t[1]))
		return false;
	word(p, w);
	lexicon_term_of(w, its);
	return strcmp(its, t) == 0;
}

size_t
lexicon_kinds(const char *t, char (*out)[TEXT_WORD_MAX + 1], size_t max)
{
	char w[TEXT_WORD_MAX + 1];
	size_t found = 0;

	for (size_t i = 0; i < BASE_NITEMS(kinds) && found < max; i++) {
		const char *p = kinds[i];
		bool head = has_term(p, t);
		size_t n = word(p, w);

		for (p += n; *p == ' ' && found < max; p += n) {
			p++;
			n = head ? word(p, w) : strcspn(p, " ");
			if (head)
				lexicon_term_of(w, out[found++]);
			else if (has_term(p, t))
				break;
		}
		if (!head && *p != '\0' && found < max) {
			word(kinds[i], w);
			lexicon_term_of(w, out[found++]);
		}
	}
	return found;
}
