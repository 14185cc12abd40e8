"""Talks of pairs of people over some months, with questions about them, as
lines for recall.sh: talks.py [SEED [PAIRS]].

The words are written down below as people would say and ask them (what is told |
what it may be called by who asks), without a look at what the programs know of words; who, when, where and what around it
is drawn by lot from SEED (1).  Half of a question is its kind: single (one
turn answers), multi (several do) or when (a time is asked for)."""
import datetime
import json
import random
import sys

NAMES = ("Hannah Victor Leila Marcus Joanna Felix Priscilla Owen Tamara Hugo "
         "Beatrice Nikolai Camille Desmond Ingrid Rafael Sylvia Theodore "
         "Wendy Abdul Francesca Gilbert Naomi Patrick").split()
OTHERS = ("Lucy Peter Aisha Bruno Clara Diego Emil Fatima Greg Helga Ivan "
          "Julia Karim Lotte Mateo Nina Otto Paula Quentin Rosa").split()
PLACES = ("Bristol Granada Oslo Kyoto Denver Ghent Lima Tallinn Marrakesh "
          "Halifax Porto Krakow Hobart Nairobi").split()

# A kind: what there is to tell {a: choices}, how it is told ({when} is a time),
# what follows (Q: the other one, A: the one who told), how it comes up again
# much later, and questions: kind, text, turns that answer (0 is the telling).
KINDS = [
    ({"x": ["a pottery class|a ceramics lesson", "an evening course in Italian|a language course", "a sewing workshop|needlework lessons",
            "a first aid course", "a public speaking class|rhetoric lessons"]},
     ["I signed up for {x} {when}, and I'm already hooked.",
      "Big step for me: {when} I started {x}!"],
     ["Q:How did you come across it?", "A:A flyer in the library. It cost less than I thought, only {n} euros.",
      "Q:Good for you.", "A:The teacher, {o}, is so patient with all of us beginners."],
     "That course keeps my evenings full.",
     [("when", "When did {p} begin {x}?", [0]), ("single", "How much did {p} pay for {x}?", [1]),
      ("single", "Who is {p}'s instructor at {x}?", [3]),
      ("single", "Where did {p} hear about {x}?", [1])], "courses",
     "Which courses has {p} taken?"),
    ({"x": ["a beagle|a dog", "a grey parrot|a bird", "two rabbits", "an old tabby|a cat", "a greyhound|a dog", "a hedgehog"],
      "y": ["Biscuit", "Pepper", "Captain", "Noodle", "Duchess", "Ziggy"]},
     ["Guess what, we adopted {x} from the shelter {when}!",
      "There's a new member of the household: {when} I brought home {x}."],
     ["Q:Oh my goodness! What did you name it?", "A:{y}! My niece insisted on it.",
      "Q:I can't wait to see pictures.", "A:Shy at first, hid behind the sofa, but now eats out of my hand."],
     "My little animal chewed up my slippers again.",
     [("when", "When did {p} get {x}?", [0]), ("single", "What is {p}'s {xs} called?", [2]),
      ("single", "Who picked the name for {p}'s new companion?", [2]),
      ("single", "How did the {xs} behave when {p} first took it home?", [4])], "pets",
     "What pets does {p} own?"),
    ({"x": PLACES},
     ["I just got back from {x}, we flew out {when}.", "We spent a few days in {x} {when}. What a place!"],
     ["Q:Lucky you! What was the highlight?", "A:Honestly the food market. I ate {f} three times.",
      "Q:Did you go alone?", "A:No, {o} came along and took care of all the tickets."],
     "I keep thinking about our holiday, the pictures are still on my fridge.",
     [("when", "When was {p} in {x}?", [0]), ("single", "What did {p} like to eat in {x}?", [2]),
      ("single", "Who accompanied {p} on the trip to {x}?", [4])], "trips",
     "Which cities has {p} visited?"),
    ({"x": ["a half marathon|a long-distance run", "a charity swim", "a chess tournament", "a cycling race|a bike race", "a spelling bee for adults"]},
     ["I took part in {x} {when} and finished {nth}!", "So, {when} was {x}. I came {nth}."],
     ["Q:Wow, you must have trained a lot.", "A:Every morning before work for {n} weeks.",
      "Q:And how do you feel?", "A:Sore, but proud. {o} held up a huge sign at the end."],
     "I should get back into shape for the next competition.",
     [("when", "When did {p} compete in {x}?", [0]), ("single", "What place did {p} get in {x}?", [0]),
      ("single", "How long did {p} prepare for {x}?", [2]),
      ("single", "Who cheered for {p} at {x}?", [4])], "contests",
     "What competitions has {p} entered?"),
    ({"x": ["the bakery", "the insurance office|the insurer", "the hospital|the clinic", "the newspaper|the press", "the aquarium"]},
     ["I handed in my notice at {x} {when}.", "It's done: {when} was my last day at {x}."],
     ["Q:Really? What happened?", "A:The hours were killing me, I never saw daylight.",
      "Q:And now?", "A:{o} offered me a position in {x2}, starting next month."],
     "Being between jobs gives me time to read.",
     [("when", "When did {p} quit working at {x}?", [0]), ("single", "Why did {p} leave {x}?", [2]),
      ("single", "Who gave {p} a new job?", [4])], None, None),
    ({"x": ["the violin", "the drums", "the accordion", "the harp"]},
     ["I've picked up {x} again, {when} I had my first lesson in years.", "Believe it or not, I bought a used one and play {x} since {when}."],
     ["Q:Your poor neighbours!", "A:They're fine, I only practise until {n} past eight.",
      "Q:What are you working on?", "A:A lullaby that grandma used to hum, it's called Silver Boat."],
     "Practising is the best part of my day.",
     [("single", "Which instrument does {p} play?", [0]), ("single", "What song is {p} learning?", [4]),
      ("when", "When did {p} return to {x}?", [0])], None, None),
    ({"x": ["pneumonia|a lung infection", "a broken wrist|a fracture", "a bad migraine|a headache", "kidney stones", "a sprained ankle|a foot injury"]},
     ["I was in the emergency room {when} with {x}.", "Sorry for the silence. {when} they diagnosed me with {x}."],
     ["Q:Oh no, are you alright?", "A:Getting better. The doctor wants me to rest for {n} days.",
      "Q:Can I bring you anything?", "A:You're sweet, {o} already does the shopping for me."],
     "My health is much better these days, thanks for asking.",
     [("when", "When did {p} have {x}?", [0]), ("single", "How long was {p} told to take it easy?", [2]),
      ("single", "Who buys groceries while {p} is ill?", [4])], "ailments",
     "What health problems has {p} had?"),
    ({"x": ["my sister|my sibling", "my cousin|my relative", "my best friend from school", "my uncle"]},
     ["{x} got married {when}, it was beautiful.", "We were all at the wedding of {x} {when}."],
     ["Q:How lovely! Where was it?", "A:In an old barn near {c}, with lanterns in the trees.",
      "Q:Did you give a speech?", "A:I did, and I cried halfway through."],
     "I still have the flowers from the ceremony.",
     [("when", "When was the marriage of {p}'s {xs}?", [0]),
      ("single", "Where did {p}'s {xs} marry?", [2]), ("single", "What did {p} do at the celebration that brought tears?", [4])],
     None, None),
    ({"x": ["The Glass Orchard", "Nine Winters", "A Lamp for Elsa", "The Salt Map", "Paper Rivers"]},
     ["I finished \"{x}\" {when} and couldn't put it down.", "{when} I read \"{x}\" in one go."],
     ["Q:Who recommended it?", "A:{o} did, and I'm so glad. The ending made me cry.",
      "Q:I need something new to read.", "A:I'll lend you mine, it's full of notes in the margins though."],
     "I've been reading so much lately.",
     [("when", "When did {p} read \"{x}\"?", [0]), ("single", "Who suggested \"{x}\" to {p}?", [2]),
      ("single", "What did {p} think of how the novel finished?", [2])], "books",
     "Which books has {p} read?"),
    ({"x": ["the animal rescue|the shelter", "a soup kitchen|a place that feeds the homeless", "the youth club", "a beach cleanup|a litter collection", "the refugee centre"]},
     ["I helped out at {x} {when}.", "{when} I did my first shift at {x}, it was eye-opening."],
     ["Q:That's so kind of you. What did you do there?", "A:Mostly washing up and listening to people's stories.",
      "Q:Will you go again?", "A:Yes, every second Thursday with {o}."],
     "Giving something back feels right.",
     [("when", "When did {p} volunteer at {x}?", [0]), ("single", "What were {p}'s tasks at {x}?", [2]),
      ("single", "How often does {p} go to {x}?", [4])], "volunteering",
     "Where has {p} volunteered?"),
    ({"x": ["a tomato bed|vegetables", "a row of apple trees|fruit trees", "a lavender hedge|flowers", "a herb spiral"]},
     ["We planted {x} behind the house {when}.", "{when} we finally put in {x}."],
     ["Q:Your garden must look amazing.", "A:Not yet, the snails got half of it overnight.",
      "Q:Oh no! What do you do against them?", "A:Coffee grounds and copper tape, and it seems to help."],
     "Digging in the soil clears my head.",
     [("when", "When did {p} plant {x}?", [0]), ("single", "What damaged {p}'s plants?", [2]),
      ("single", "How does {p} fight the slugs?", [4])], None, None),
    ({"x": ["a blue vintage van|an old car", "an electric scooter", "a second-hand kayak|a boat", "a cargo bike|a bicycle"]},
     ["I finally bought {x} {when}!", "{when} I picked up {x} from a man in the next village."],
     ["Q:Expensive?", "A:I got it for {n} hundred, which is a steal.",
      "Q:What will you do with it?", "A:Drive along the coast with {o} as soon as it's warm."],
     "It's parked right under my window.",
     [("when", "When did {p} purchase {x}?", [0]), ("single", "What was the price of {p}'s {xs}?", [2]),
      ("single", "What does {p} plan to do with {x}?", [4])], "purchases",
     "What vehicles did {p} buy?"),
    ({"x": ["a mural of whales", "a portrait of my grandfather|a likeness of a relative", "a still life with pears|a picture of fruit", "a stormy harbour in oils|a seascape"]},
     ["I completed {x} {when}. [image: a painting on an easel by a window]", "{when} I put the last touches on {x}. [image: a canvas with wet paint]"],
     ["Q:It's stunning! What inspired you?", "A:A dream I had as a child, the colours never left me.",
      "Q:You should show it to people.", "A:Funny you say that, the cafe on the corner wants to hang it up."],
     "My hands are never clean these days.",
     [("when", "When did {p} finish painting {x}?", [0]), ("single", "What gave {p} the idea for {x}?", [2]),
      ("single", "Where will {p}'s picture be exhibited?", [4])], "art",
     "What has {p} painted?"),
    ({"x": ["my flat near the station", "the house in the valley", "a shared place by the river", "a studio above the pharmacy"]},
     ["We moved into {x} {when}.", "I have the keys! {when} I moved to {x}."],
     ["Q:Finally! How is it?", "A:Quiet, and the kitchen has a proper oven. The rent is {n} hundred a month.",
      "Q:Need help with boxes?", "A:All done, {o} carried the piano up four floors."],
     "I still have boxes in the hallway.",
     [("when", "When did {p} move house?", [0]), ("single", "How much does {p}'s new home cost a month?", [2]),
      ("single", "Who helped {p} carry heavy things during the move?", [4])], None, None),
    ({"x": ["lentil curry", "plum dumplings", "smoked trout pie|fish pie", "walnut bread", "mushroom risotto|a rice dish"]},
     ["I cooked {x} for the whole family {when}.", "{when} I tried my hand at {x}."],
     ["Q:Yum. Was it difficult?", "A:The trick is a pinch of cinnamon, mum's secret.",
      "Q:Save me a plate!", "A:Too late, {o} had three helpings."],
     "I've been in the kitchen all weekend.",
     [("when", "When did {p} make {x}?", [0]), ("single", "What is the secret ingredient of {p}'s {x}?", [2]),
      ("single", "Who ate most of {p}'s {x}?", [4])], "dishes",
     "What dishes has {p} prepared?"),
    ({"x": ["daughter", "son", "nephew", "goddaughter"]},
     ["My {x} had a school play {when} and was the star.", "{when} my {x} performed on stage for the first time."],
     ["Q:Aww! What was the role?", "A:A very serious lighthouse keeper with a fake beard.",
      "Q:Adorable.", "A:Afterwards we all went for pancakes to celebrate."],
     "Kids grow up so fast, don't they?",
     [("when", "When did {p}'s {x} act in a play?", [0]), ("single", "Which part did {p}'s {x} have?", [2]),
      ("single", "What did {p}'s family do after the performance?", [4])], None, None),
    ({"x": ["the mountain hut", "the lake", "the canyon", "the dunes"]},
     ["We went camping at {x} {when}.", "{when} we pitched our tent at {x}."],
     ["Q:Weren't you cold?", "A:Freezing! {o} forgot the sleeping mats so we slept on jackets.",
      "Q:Would you do it again?", "A:In a heartbeat. We saw a meteor shower and nobody said a word."],
     "Nature always puts things in perspective.",
     [("when", "When did {p} camp at {x}?", [0]), ("single", "What did {p} see in the night sky at {x}?", [4]),
      ("single", "Who left equipment at home when {p} went to {x}?", [2])], "camps",
     "Where has {p} camped?"),
    ({"x": ["my laptop|my computer", "my wallet|my purse", "my grandmother's ring|my family jewellery", "my passport|my identity papers"]},
     ["Terrible news, I lost {x} {when}.", "{when} {x} disappeared, I'm still upset."],
     ["Q:Where did you last have it?", "A:On the tram, I think, line {n}.",
      "Q:I'm so sorry.", "A:Update: {o} found it under the seat cushion at home!"],
     "I check my pockets all the time now.",
     [("when", "When did {p} lose {xs}?", [0]), ("single", "Where did {p} think {xs} was left?", [2]),
      ("single", "Where did {p}'s {xs} turn up?", [4])], None, None),
]
FRUIT = ["grilled squid", "fig tart", "pickled herring", "goat stew", "mango ice cream", "dumplings"]
CHAT = [
    ("How have you been, {q}?", "Busy, as always, but fine. And you?"),
    ("That makes me think of when we were students, {q}.", "Ha, those were wild times."),
    ("Work has been a lot this month.", "Hang in there, {p}. It gets better."),
    ("The weather here is awful, rain all week.", "Same here! I miss the sun."),
    ("You always know how to cheer me up, {q}.", "That's what friends are for!"),
    ("Do you ever feel like time goes too quickly?", "All the time, especially when I look at the calendar."),
    ("I've been trying to sleep more.", "Good idea, rest is so important."),
    ("Have you talked to your family recently?", "Yes, we called on the phone for an hour."),
    ("I'm thinking about what I want from life, honestly.", "That's brave. Take it one day at a time."),
    ("Let's plan something together soon.", "Yes please, I'd love that, {p}."),
]
ECHO = ["Remember {x}? I still think about that.", "Talking of {xs}, that was quite something.",
        "I told everybody about {x}, you know.", "{xs} is all I hear about at work, haha."]
SOON = ["Wow, {q}, that's great to hear!", "Thanks for telling me, {q}.", "I'm really happy for you.", "That sounds like quite a story."]


def told_time(rng, day):
    """Words for a time before that day."""
    n = rng.randint(2, 6)
    name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    back = day - datetime.timedelta(days=rng.randint(8, 24))
    return rng.choice([
        "yesterday", "last week", "last weekend", "two days ago", "a few days ago", "last month",
        "last " + rng.choice(name), "on %d %s" % (back.day, back.strftime("%B")),
        "%d weeks ago" % n, "this morning", "on the %dth" % rng.randint(4, 9), "over the weekend"])


def capital(s):
    i = 1 if s[:1] == '"' else 0
    return s[:i] + s[i:i + 1].upper() + s[i + 1:]


def bare(x):
    """As one would ask about it: no article, nobody's."""
    for a in ("a ", "an ", "the ", "my ", "two "):
        if x.startswith(a):
            return x[len(a):]
    return x


class Talk:
    def __init__(self, rng, pair, pool):
        self.rng, self.pair, self.pool = rng, pair, pool
        self.space = "-".join(pair).lower()
        self.rows, self.asked, self.again, self.groups, self.used = [], [], [], {}, set()

    def say(self, who, text):
        self.turn += 1
        self.rows.append({
            "id": "D%d:%d" % (self.session, self.turn), "namespace": self.space, "text": text,
            "speaker": self.pair[who], "date": self.stamp, "session": str(self.session), "turn": self.turn})
        return self.rows[-1]["id"]

    def chat(self):
        who = self.rng.randint(0, 1)
        a, b = self.rng.choice(CHAT)
        names = {"p": self.pair[who], "q": self.pair[1 - who]}
        self.say(who, a.format(**names))
        self.say(1 - who, b.format(**names))

    def event(self, who, kind):
        slots, tell, rest, again, questions, group, all_of = kind
        rng = self.rng
        d = {k: rng.choice(v) for k, v in slots.items()}
        told, _, other = d.get("x", "").partition("|")
        d["x"] = told
        key = (who, told)
        if key in self.used:
            return
        self.used.add(key)
        d.update(p=self.pair[who], q=self.pair[1 - who], n=rng.randint(3, 12), o=rng.choice(OTHERS), f=rng.choice(FRUIT),
                 c=rng.choice(PLACES), nth=rng.choice(["second", "fourth", "tenth", "last but one"]),
                 x2=rng.choice(["a workshop", "her studio", "the city archive"]), xs=bare(d.get("x", "")),
                 when=told_time(rng, self.day))
        ids = [self.say(who, capital(rng.choice(tell).format(**d)))]
        for line in rest:
            if rng.random() < 0.15:
                self.chat()
            text = line[2:].format(**d)
            if line[0] == "Q" and rng.random() < 0.4:
                text = rng.choice(SOON).format(q=self.pair[who]) + " " + text
            ids.append(self.say(who if line[0] == "A" else 1 - who, text))
        self.again += [(who, again), (rng.randint(0, 1), rng.choice(ECHO).format(**d))]
        if other and rng.random() < 0.5:
            d.update(x=other, xs=bare(other))
        for what, text, gold in questions:
            if what == "when" or rng.random() < 0.5:
                self.asked.append((what, text.format(**d), [ids[g] for g in gold]))
        if group:
            self.groups.setdefault((who, all_of), []).append(ids[0])

    def hold(self, session, day):
        rng = self.rng
        self.session, self.turn, self.day = session, 0, day
        self.stamp = "%d:%02d %s on %d %s, %d" % (
            rng.randint(1, 12), rng.randint(0, 59), rng.choice(["am", "pm"]), day.day, day.strftime("%B"), day.year)
        who = rng.randint(0, 1)
        self.say(who, "Hey %s! Good to talk to you again." % self.pair[1 - who])
        self.say(1 - who, "Hi %s! Likewise, it's been a while." % self.pair[who])
        for _ in range(rng.randint(2, 4)):
            self.event(rng.randint(0, 1), rng.choice(self.pool))
            if rng.random() < 0.5:
                self.chat()
            if self.again and rng.random() < 0.5:
                w, text = rng.choice(self.again)
                self.say(w, capital(text))
                self.say(1 - w, rng.choice(SOON).format(q=self.pair[w]))
        self.say(who, "I have to run. Take care, %s!" % self.pair[1 - who])
        self.say(1 - who, "Bye, talk soon!")

    def questions(self):
        for (who, all_of), ids in self.groups.items():
            if len(ids) > 1:
                self.asked.append(("multi", all_of.format(p=self.pair[who]), ids))
        merged = {}
        for half, text, gold in self.asked:
            merged.setdefault(text, []).append((half, gold))
        for text, v in merged.items():
            yield {"query": text, "namespace": self.space, "gold": [g for _, gold in v for g in gold],
                   "half": v[0][0] if len(v) == 1 else "multi"}


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    rng = random.Random(seed)
    names = NAMES[:]
    rng.shuffle(names)
    asked = []
    for i in range(pairs):
        j = 2 * i % (len(names) - 1)
        talk = Talk(rng, (names[j], names[j + 1]), KINDS)
        day = datetime.date(2022, 1, 10) + datetime.timedelta(days=rng.randint(0, 300))
        for s in range(1, rng.randint(19, 33)):
            talk.hold(s, day)
            day += datetime.timedelta(days=rng.randint(3, 24))
        for row in talk.rows:
            print(json.dumps(row))
        asked += talk.questions()
    for q in asked:
        print(json.dumps(q))


main()
