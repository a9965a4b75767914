"""What a sentence says of its names: titles, jobs, appositions, statements, relations.

Patterns over the tokens of one sentence, in the manner of Hearst (COLING 1992): a noun phrase is
said of a name where it stands before it, beside it between commas, or after "is" or "as", and
where its noun is one for such a thing (role_words.txt). Time is linear in the length of the text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise

from service.core.gazetteer import ROLES, TITLES
from service.core.mentions import DEGREES, EntityType
from service.core.text import Sentence


def _sections() -> dict[str, frozenset[str]]:
    """Section of role_words.txt -> its words, comments left out."""
    file = resources.files("service.core").joinpath("resources", "role_words.txt")
    sections: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), set())
        elif not line.startswith("#"):
            current.update(line.split())
    return {section: frozenset(words) for section, words in sections.items()}


_WORDS = _sections()


def _plurals(words: frozenset[str]) -> frozenset[str]:
    made = {"children", "wives", "people", "men", "women", "thieves", "policemen", "spokesmen"}
    for word in words:
        if word.endswith("y") and word[-2:-1] not in set("aeiou"):
            made.add(word[:-1] + "ies")
        else:
            made.add(word + ("es" if word.endswith(("s", "ch", "sh", "x")) else "s"))
    return frozenset(made - words) | {"sens", "reps", "govs"}


_TITLE_WORDS = frozenset(
    part.strip(".").lower() for title in TITLES for part in title.split()
) - frozenset(
    "of under house white state home press police fire health staff district circuit".split()
)
_TITLE_PHRASES = frozenset(title.lower() for title in TITLES if " " in title)
_TITLE_ENDS = frozenset(title.rpartition(" ")[2] for title in _TITLE_PHRASES)
RELATIONS = _WORDS["relation"]
_ALONE = _WORDS["modifier alone"]
_NOUNS: dict[EntityType, frozenset[str]] = {
    "PER": (_WORDS["person"] | RELATIONS | ROLES | _TITLE_WORDS) - _ALONE,
    "ORG": _WORDS["organisation"],
    "LOC": _WORDS["place"],
    "MISC": _WORDS["work"],
}
PERSONS = _NOUNS["PER"]
_THINGS = _NOUNS["ORG"] | _NOUNS["LOC"] | _NOUNS["MISC"]
_PARTISANS = _WORDS["partisan"]
_NO_AGENTS = _WORDS["no agent"]
_MANY = {kind: _plurals(nouns) for kind, nouns in _NOUNS.items()}
_ANY = frozenset().union(*_NOUNS.values(), *_MANY.values())
_ENDINGS = tuple(ending.removeprefix("-") for ending in _WORDS["ending"])
_VERBS = _WORDS["verb"]
_FUNCTION = _WORDS["function"]
_FINITE = _WORDS["finite verb"]
ARTICLES = frozenset({"a", "an", "the"})
_DETERMINERS = ARTICLES | {"this", "that", "these", "those", "whose", "another"}
POSSESSIVES = frozenset("his her their its my our your".split())
GENITIVES = frozenset({"'s", "’s", "'", "’"})
PREPOSITIONS = frozenset(
    "of for in at with from on to against by behind about under over into among across".split()
)
BE = frozenset("is was are were became become becomes remains remained".split())
_AUXILIARY = frozenset("has had have will be been".split())
_ADVERBS = frozenset(
    "also now still once then currently just already reportedly formerly himself herself".split()
)
_APPOINTED = frozenset(
    "made named appointed elected called declared dubbed considered crowned".split()
)
_QUANTIFIERS = frozenset({"own", "same", "most", "one", "very"})
_REGARDED = frozenset(
    "known revered recognized recognised described hailed regarded billed remembered celebrated "
    "touted viewed considered believed thought reputed".split()
)
_SERVE = _REGARDED | frozenset(
    "identified seen portrayed introduced qualified qualifies established styled listed respected "
    "serves served serve serving works worked work working acts acted "
    "appointed named elected hired began begins started starts continues".split()
)
LINKS = frozenset("of in for at on with behind".split())
_DASHES = frozenset({"—", "–", "-", "--", "_"})
_CLOSE = frozenset({",", ".", ";", ":", ")", "!", "?", "”", '"', "(", ""}) | _DASHES
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb "
    "mar apr jun jul aug sept sep oct nov dec".split()
)
_TIMES = frozenset("last past first early late next time process meantime".split())
_COMPOUNDS = {
    "hit": _NOUNS["MISC"] | {"man", "maker"},
    "holding": frozenset({"company", "firm", "group"}),
    "running": frozenset({"mate", "back"}),
    "calling": frozenset({"partner"}),
    "taking": frozenset({"champion"}),
    "left": frozenset({"back", "winger", "fielder"}),
    "lead": PERSONS,
    "read": frozenset({"novel", "book"}),
}
_RELATIVE = frozenset({"who", "which", "that", "whose", "where", "whom", "and", "but"})
_SAID_TO_BE = frozenset({"named", "called", "known", "identified", "dubbed"})
_ONCE = frozenset("former ex late fellow longtime long-time".split())
PRONOUNS = frozenset("he she he's she's he’s she’s him her".split())
_CONTRACTED = tuple(
    pronoun + mark for pronoun in "it he she they you i we that there".split() for mark in "'’"
)
_LISTING = frozenset({"including", "include", "includes", "included"})
_LISTED_AS = frozenset({"suchas", "identifiedas", "knownas"})
_THAT = frozenset({"that", "who", "which"})
_GROUPS = frozenset("team crew panel cast trio quartet duo lineup line-up foursome".split())
_BARE_PLACES = frozenset("state city county house home".split())  # "the state Capitol"
_BEFORE_KIND = PREPOSITIONS - {"to", "on"}  # "to fund Lumen", "on board Lumen"
_PARTS = frozenset("section area neighborhood neighbourhood district quarter".split())
_SORTS = frozenset("newspaper magazine agency party company brand hotel".split())
_QUARTERS = frozenset("neighborhood neighbourhood suburb".split())
_MARKS = frozenset('“”"')
_MARK = re.compile('[“”"]')
_QUOTES = frozenset("\"'“”‘’")
_JOINING = _QUOTES | {",", "and", "as", "well"}
_CALL = frozenset(
    "make call declare describe name elect appoint consider label dub "
    "makes making made calls calling call called declares declared describes describing described "
    "names naming named elects elected appoints appointed considers considered dubs dubbed labels "
    "labeled labelled crowned".split()
)
# Words of several kinds, put together once.
_OPENING = _DETERMINERS | POSSESSIVES
_DETERMINED = _DETERMINERS | {"many", "several", "some", "all", "both"}
_OWNERS = GENITIVES | POSSESSIVES
_OPENERS = _OPENING | GENITIVES
_LOOSE = PREPOSITIONS | ARTICLES | {"and", ","}
_ELSEWHERE = _OPENING | _VERBS | _FUNCTION | _ADVERBS | {"former", ""}
_CLAUSE = _VERBS | _RELATIVE | _CLOSE
BREAK = _DASHES | {",", ":"}
_ASIDE = _DASHES | {",", "("}
_UNSTRESSED = _AUXILIARY | _ADVERBS
_NAMING = _UNSTRESSED | frozenset(", popularly commonly is was are were".split())
_OPENS_LIST = _QUOTES | {"("}
_ADVERB_OR_BE = _ADVERBS | BE
_ENDS_LINK = _CLOSE | _RELATIVE
_BETWEEN = _UNSTRESSED | ARTICLES | BREAK
_PASSED = _ADVERBS | _APPOINTED | _QUOTES | {"been", "such"}
_NO_NOUNS = _FUNCTION | _VERBS
_NEVER_AGENTS = _NO_AGENTS | _FUNCTION | _VERBS
_COMPLEMENTS = ARTICLES | _QUOTES | {"as", "its", "their"}
_RANKS = frozenset(
    "lt capt gen maj col sgt cpl pfc adm cmdr sen sens rep reps gov det rev detective judge".split()
)
_HONOURS = frozenset({"sir", "dame", "lord", "lady"})
_PARTICIPIAL = frozenset("acting founding leading managing outgoing reigning sitting".split())
_ABSTRACT = ("tion", "sion", "ment", "ance", "ence", "ity", "ness", "ing", "ism", "ure", "al")
_EVENTS = frozenset(  # heads of a phrase that is said of what happens: "Berg won, a result that"
    "day week month year decade hour minute moment time night morning weekend season period era "
    "lot few bit number total majority minority handful dozen pair couple series string fraction "
    "third half quarter percent percentage rate price cost sum amount "
    "premium discount stake dividend fee bonus margin multiple valuation "
    "decision move win victory loss defeat step result sign claim charge question report process "
    "effort fact feat deal plan idea way thing matter case problem issue change shift rise drop "
    "fall jump increase decrease record first attack crime trip visit trial lawsuit speech vote "
    "role job post position title race game match goal title mistake surprise blow boost chance "
    "risk threat warning message call request offer view stance practice trend reference distance "
    "mile kilometer kilometre meter metre block drive walk flight "
    "little long short mere while".split()
)
_NO_OFFICE = frozenset(  # before "as" that compares, lists or names: "such as", "as well as"
    "such as well long far soon much many same just so even known identified seen not but".split()
)
_REPLACED = frozenset("replaced replaces replacing succeeded succeeds succeeding".split())
_SAYING = frozenset("said says told tells asked added wrote n't not never can't cannot".split())
_ENDS_SUBJECT = _RELATIVE - {"and"} | _CLOSE | _SAYING | PRONOUNS | {"they", "it", "where"}
_KICKERS = frozenset(  # before a headline: "WATCH President Berg leaves"
    "watch video videos photo photos pictured exclusive breaking update live read more related "
    "opinion analysis revealed see listen embed caption image gallery headline news".split()
)
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight "
    "later earlier".split()
)
_ENDS_DAY = _CLOSE | _RELATIVE | {"morning", "afternoon", "evening", "night"}
_COUNTING = frozenset("two three four five six seven eight nine ten".split())
_PASSIVE = frozenset("was were is been has have later ,".split())
_GERUNDS = frozenset(
    "marketing engineering training planning housing nursing banking broadcasting manufacturing "
    "advertising accounting consulting teaching writing building meeting shooting killing wedding "
    "spending funding mining farming fishing hunting boxing racing swimming skating gaming "
    "publishing policing bombing hearing ruling wrestling cycling sailing skiing surfing bowling "
    "fencing rowing diving climbing gambling betting lending acting dancing singing cooking "
    "catering clothing parking drilling shipping trading testing voting recruiting programming "
    "casting editing recording lobbying polling".split()
)
_DEEDS = frozenset(  # nouns for a person that after "to" are verbs: "used to convict Berg"
    "convict suspect host coach guard judge head star model pilot champion partner rival nurse "
    "doctor captain mentor sponsor patient".split()
)
_INTENTIONS = frozenset(  # after which "to" goes on with a verb: "trying to fire rival Berg"
    "attempt attempted attempting try tries tried trying plot plotted plotting plan plans planned "
    "planning want wants wanted conspired conspiring conspiracy threatened threatening vowed hoped "
    "refused agreed decided failed ordered hired".split()
)
_LETTERS = frozenset("QC KC MP MSP MEP TD MLA OBE MBE CBE SC".split())  # after a name
_PLEADING = frozenset({"prosecuting", "defending"})  # of a lawyer in British courts
_ADJECTIVES = frozenset(  # nouns that are none after "is" without an article
    "hopeful patient adult minor female male native independent conservative liberal moderate "
    "progressive radical individual human civilian veteran noble royal dead special single "
    "original juvenile adolescent alternate kind intellectual humanitarian".split()
)
_LONGEST_INSERTION = 7  # tokens between a subject and its verb
_LONGEST_FIELD = 6  # tokens of what an office is for
_MOST_DEGREES = 4  # after one name
_LONGEST = 12  # tokens of a phrase before the name
_MOST_JOINED = 4  # appositions of one name, joined by "and"
_MOST_LISTED = 60  # names of one list, so that an endless one takes no time of its square
_LONGEST_AFTER = 28  # tokens of a phrase after it


@dataclass(frozen=True, slots=True)
class Name:
    """Tokens of a sentence that name an entity."""

    first: int
    last: int  # the token after the name
    entity: int
    type: EntityType


def _alike(one: EntityType, other: EntityType) -> bool:
    """Whether names of the types may stand in one list: brands are now firms, now products."""
    return one == other or {one, other} == {"ORG", "MISC"}


Phrase = tuple[int, int]  # half-open range of tokens
Said = tuple[int, Phrase]  # entity, and what is said of it


def is_quoted_after(text: str, quoted: bool) -> bool:
    """Whether what follows the text stands within quotation marks, as the text did at its start."""
    for mark in _MARK.findall(text):
        quoted = mark == "“" or (mark == '"' and not quoted)
    return quoted


class _Words(dict[int, str]):
    """The words of a sentence by their place, and nothing beyond it."""

    def __missing__(self, i: int) -> str:
        return ""


class Reader:
    """One sentence with its names; *quoted* where it begins within quotation marks."""

    def __init__(self, sentence: Sentence, names: Sequence[Name], *, quoted: bool = False) -> None:
        self.words = [token.text for token in sentence.tokens]
        self.lower = [word.lower() for word in self.words]
        #: The token in lower case; nothing beyond the sentence.
        self.word = _Words(enumerate(self.lower)).__getitem__
        self.names = names
        self.name_at = {i: name for name in names for i in range(name.first, name.last)}
        self._count = len(self.lower)
        self.spoken = [quoted] * self._count  # whether each token stands in quotation marks
        if not _MARKS.isdisjoint(self.words):
            for i, word in enumerate(self.words):
                self.spoken[i] = quoted = (
                    is_quoted_after(word, quoted) if word in _MARKS else quoted
                )

    def is_noun(self, i: int, kind: EntityType) -> bool:
        """Whether the token is a noun for one thing of the kind."""
        word = self.word(i).strip(".\xad")
        nouns = _NOUNS[kind]
        if i in self.name_at and (kind != "PER" or word not in _PARTISANS):
            return False
        if word in nouns or ("-" in word and word.rpartition("-")[2] in nouns):
            return True
        if kind != "PER":
            return False
        return (len(word) > 5 and word.endswith(_ENDINGS)) or (
            self.word(i) in _TITLE_ENDS
            and any(" ".join(self.lower[i - n : i + 1]) in _TITLE_PHRASES for n in (1, 2) if i >= n)
        )

    def is_agent(self, i: int) -> bool:
        """Whether the token ends as nouns for a doer do: "accuser", "chiropractor"."""
        word = self.word(i)
        return (
            len(word) > 5
            and word.islower()
            and word.endswith(("er", "or", "ee", "ist", "ian"))
            and word not in _NEVER_AGENTS
            and i not in self.name_at
        )

    def is_nouns(self, i: int, kind: EntityType) -> bool:
        """Whether the token is a noun for several things of the kind."""
        return i not in self.name_at and self.word(i).strip(".").rpartition("-")[2] in _MANY[kind]

    def among(self, name: Name) -> list[Name]:
        """The name and the ones of its type that a list joins to it, _MOST_LISTED at most."""
        joined, i = [name], name.last
        while len(joined) < _MOST_LISTED:
            start = i = self._past_aside(i)
            listed = False
            while self.word(i) in _JOINING:
                listed = listed or self.word(i) not in _QUOTES
                i += 1
            if i > start and self.word(i) == "the":
                i += 1
            following = self.name_at.get(i)
            if not listed or following is None:
                return joined
            i = following.last
            if _alike(following.type, name.type):
                joined.append(following)
            elif following.type == "LOC" or self.word(i) not in {",", "and"}:
                return joined
        return joined

    def _past_aside(self, i: int) -> int:
        """The token after what a list says of one of its names: "(R-Ohio)", ", 24", "of Ohio"."""
        if self.word(i) == "(":
            for k in range(i + 1, i + 8):
                if self.word(k) == ")":
                    return k + 1
        if (
            self.word(i) == ","
            and self.word(i + 1).isdecimal()
            and self.word(i + 2) in {",", "and"}
        ):
            return i + 2
        if self.word(i) == "of" and (place := self.name_at.get(i + 1)) and place.type == "LOC":
            return place.last
        return i

    # -- noun phrases ------------------------------------------------------------------------------

    def begins(self, head: int) -> tuple[int, bool]:
        """Where the phrase with this head begins, and whether what stands before it marks that."""
        i, marked, owned = head, False, False
        while i > 0 and head - i < _LONGEST:
            word = self.lower[i - 1]
            if (name := self.name_at.get(i - 1)) is not None:
                full = name.type == "PER" and name.last - name.first > 1
                if full and not owned and self.words[i][0].isupper():
                    break
                i, owned = name.first, False
            elif word in GENITIVES:
                if i == 1 or not self.lower[i - 2][-1].isalnum():
                    break
                i, marked, owned = i - 1, True, True
            elif word in POSSESSIVES:
                return i - 1, True
            elif word in _KICKERS and (i == 1 or self.words[i - 1].isupper()):
                break
            elif word in _DETERMINERS:
                return i, True
            elif not self._goes_back(i - 1, head):
                break
            else:
                i -= 1
        if self.word(i - 1) == "to" and i < head and self._is_infinitive(i):
            return i + 1, marked
        return i, marked or i == 0 or not self.words[i - 1][0].isalnum()

    def _goes_back(self, i: int, head: int) -> bool:
        """Whether the token may stand inside the phrase that ends with *head*."""
        word = self.lower[i]
        if word == "and":  # "author and expert"
            return self.is_noun(i - 1, "PER") and self.word(i - 2) not in PREPOSITIONS
        if word == ",":
            return self._lists(i + 1, head)
        if word.endswith("ing") and (
            self.word(i - 1) == "," or (self.word(i - 1) in BE and word not in _PARTICIPIAL)
        ):  # "the show, replacing co-host", "is buying rival"
            return False
        if word == "of":  # "Minister of Justice"
            held = self.words[i - 1][0].isupper() or not self.is_noun(i + 1, "PER")
            return held and self.words[i + 1][0].isupper() and self.is_noun(i - 1, "PER")
        if word == "then":  # "the school's then principal"
            return self.word(i - 1) in _OWNERS
        if word in _VERBS:  # "the retired officer"
            before = self.word(i - 1)
            return (
                self._opens(i)
                or self._compounds(i)
                or before in {"most", "newly"}
                or (word.endswith("ed") and (i == 0 or before in PREPOSITIONS))
            )
        if word in _QUANTIFIERS and self.word(i - 1) in _OPENERS:  # "the most wanted man"
            return True
        return word not in _FUNCTION and word[0].isalnum()

    def _is_infinitive(self, i: int) -> bool:
        """Whether the token after "to" is a verb and no noun: "to murder Berg's nephew"."""
        if i in self.name_at or not self.words[i].islower():
            return False
        owner = self.name_at.get(i + 1)
        owned = owner is not None and self.word(owner.last) in GENITIVES
        return owned or self.word(i - 2) in _INTENTIONS

    def _lists(self, i: int, head: int) -> bool:
        """Whether a comma before token *i* parts adjectives: "an old, trusted ally"."""
        return (
            2 < i < head
            and self.words[i - 2].islower()
            and self.words[i].islower()
            and self.word(i - 3) in _OPENING
            and not self.is_noun(i - 2, "PER")
        )

    def ends(self, start: int) -> tuple[int, int]:
        """The head of the phrase that begins at *start*, and the token after the phrase.

        The head is the last word before a preposition or the end; -1 where there is none.
        """
        i, head, after = start, -1, False
        limit = min(len(self.words), start + _LONGEST_AFTER)
        while i < limit:
            word = self.lower[i]
            if i in self.name_at:
                head = head if after else i
            elif word in PREPOSITIONS:
                means = word == "by" and self.word(i + 1).endswith("ing")
                if head < 0 or means or self._is_time(i + 1):
                    break
                after = True
            elif word in GENITIVES:
                if not self.word(i + 1)[:1].isalnum():
                    break
            elif word == "and":
                if self._goes_elsewhere(i + 1, after=after):
                    break
            elif self._breaks(i, start, after=after):
                if not (word in _QUOTES and after and {i - 1, i + 1} & self.name_at.keys()):
                    break
            elif not after and word[0].isalnum():
                after = self._participle(i)
                head = head if after else i
            i += 1
        while i > start and self.lower[i - 1] in _LOOSE:
            i -= 1
        return (head if i > start else -1), i

    def _is_time(self, i: int) -> bool:
        """Whether after a preposition a time begins: "in October", "for the last 19 years"."""
        word = self.word(i)
        if word == "the":
            return self.word(i + 1) in _TIMES
        return word in _MONTHS or (word.isdecimal() and len(word) == 4)

    def _breaks(self, i: int, start: int, *, after: bool) -> bool:
        """Whether the phrase from *start* ends before the token; *after* its first preposition."""
        word = self.lower[i]
        if word == ",":
            return after or not (self._parts_adjectives(i, start) or self._goes_on(i, start))
        if word in ARTICLES or word in POSSESSIVES:
            return not after and i > start
        if word in _FUNCTION or word in _DETERMINERS:
            of_this = after and self.word(i - 1) in PREPOSITIONS and word in _DETERMINED
            more = word in {"more", "than"} and "than" in {word, self.word(i + 1)}
            return not (word in _QUANTIFIERS or of_this or (after and (more or word == "other")))
        if word.startswith(_CONTRACTED):
            return True
        if i > start and word in _DAYS and self.word(i + 1) in _ENDS_DAY:
            return True
        if i > start and (word in _COUNTING or word.isdecimal()) and self.is_noun(i - 1, "PER"):
            return True
        if not word[0].isalnum():
            return word[0] not in "$€£&'%"
        if i == start:
            return False
        return (
            word in _FINITE
            or (word in _VERBS and not (after or self._participle(i) or self._modifies(i, start)))
            or (after and word.endswith("ing") and self._begins_clause(i))
        )

    def _begins_clause(self, i: int) -> bool:
        """Whether a participle goes on about what is before it: "head of a firm making lamps"."""
        if i - 1 in self.name_at:
            return True
        known = self.word(i - 1) in _ANY and self.word(i) not in _GERUNDS
        return known and self.word(i + 1)[:1].isalnum()

    def _opens(self, i: int) -> bool:
        """Whether the token follows what opens a noun phrase: "the study's lead author"."""
        return self.word(i - 1) in _OPENERS

    def _modifies(self, i: int, start: int) -> bool:
        """Whether a verb form stands before its noun: "the lead author", "the best paid boss"."""
        if self._opens(i) or self._compounds(i):
            return True
        graded = i == start + 1 and self.word(start).endswith(("ly", "est", "most"))
        return graded and self.word(i + 1)[:1].isalnum() and self.word(i + 1) not in _FUNCTION

    def _compounds(self, i: int) -> bool:
        """Whether a verb form is the first half of a noun: "a holding company", "a hit single"."""
        following = self.word(i + 1)
        return following in _COMPOUNDS.get(self.word(i), ())

    def _participle(self, i: int) -> bool:
        """Whether a verb form goes on with the phrase: "widow jailed for"."""
        word = self.lower[i]
        return word in _VERBS and word.endswith(("ed", "en")) and self.word(i + 1) in PREPOSITIONS

    def _goes_elsewhere(self, i: int, *, after: bool) -> bool:
        """Whether after "and" comes what is no part of the phrase.

        Two nouns with one article are one phrase, "poet and head of a school", but where the first
        has its own complement, "head of a school and chairman of"; *after* its preposition.
        """
        if self.word(i) in _ELSEWHERE:
            return True
        if not after and self.is_noun(i - 2, "PER"):
            return not any(self.is_noun(k, "PER") for k in range(i, i + 5))
        for k in range(i, i + 4):
            if self.is_noun(k, "PER"):
                return self.word(k + 1) in {"of", "for", "at"}
        return self.word(i).endswith("ed") and self.word(i + 1) in _FUNCTION

    def _goes_on(self, i: int, start: int) -> bool:
        """Whether a comma parts nouns with one article: "a poet, critic and translator"."""
        if not (self.is_noun(i - 1, "PER") and self.words[i - 1].islower()):
            return False
        for k in range(i + 1, min(i + 6, start + _LONGEST_AFTER)):
            word = self.word(k)
            if word == "and":
                return self.is_noun(k - 1, "PER") and not self._goes_elsewhere(k + 1, after=False)
            if word in _ELSEWHERE or (not word[0].isalnum() and word != ","):
                return False
        return False

    def _parts_adjectives(self, i: int, start: int) -> bool:
        return (
            start < i <= start + 6
            and self.words[i - 1].islower()
            and i + 1 < len(self.words)
            and self.words[i + 1].islower()
            and self.word(i + 1) not in _ELSEWHERE
            and not self.is_noun(i - 1, "PER")
        )

    # -- what is said ------------------------------------------------------------------------------

    def said(self) -> Iterator[Said]:
        """What the sentence says of its names."""
        for name in self.names:
            for phrase in (
                *self._before(name),
                *self._after(name),
                *self._beside(name),
                *self._stated(name),
                *self._inverse(name),
                *self._called(name),
            ):
                yield name.entity, phrase
            yield from self._many(name)
        yield from self._cast()

    def _before(self, name: Name) -> Iterator[Phrase]:
        """What stands before the name, a comma between or not: "his wife", "Boyle's mother,"."""
        i = name.first - 1
        while (
            self.word(i).strip(".") in _ALONE
            or self.word(i) in _QUOTES
            or (self.word(i).endswith("-year-old") and self.word(i - 1) in _ASIDE)
        ):
            i -= 1
        bare = i - (self.word(i) == "the" and self.word(i - 1) != "called")
        if self.word(i) in {"himself", "herself"} and self.word(i - 1) == "called":
            if self.word(i - 2) == "who" and self.is_noun(i - 3, name.type):
                yield self.begins(i - 3)[0], i - 2
        elif self.word(bare) in _SAID_TO_BE or self.word(bare - 1) + self.word(bare) == "knownas":
            yield from self._christened(name, bare - (self.word(bare) == "as"))
        elif self.word(i) == "of" and name.type == "LOC" and self.is_noun(i - 1, "LOC"):
            start, _ = self.begins(i - 1)
            if start < i - 1:  # "the southern port of Karachi"; not "the city of Toronto"
                yield start, i
        elif self.word(i) in BREAK:
            yield from self._explained(name, i)
        elif self.is_noun(i, name.type):
            if self.word(i) in _DEEDS and self.word(i - 1) == "to":
                return
            start, marked = self.begins(i)
            if (
                name.type == "PER"
                or (marked and (start < i or self.word(i) not in _BARE_PLACES))
                or (name.type == "ORG" and (start < i or self.word(i - 1) in _BEFORE_KIND))
            ):
                yield from self._titles(start, i)
            comma = start - 1 - (self.word(start - 1) in ARTICLES)
            if self.word(comma) == ",":  # "her son, actor Sam Berg"
                yield from self._explained(name, comma)
        elif name.type != "ORG" and name.last - name.first == 1 and self.is_noun(i, "ORG"):
            start, marked = self.begins(i)  # the tagger may be wrong: "the news site Lumen"
            if marked and start < i and self.word(start - 1) == "the":
                yield start, i + 1
        elif name.type == "PER" and (office := self._office(name.first)) is not None:
            yield office, name.first
        elif name.type == "PER" and self.is_agent(i):
            start, marked = self.begins(i)
            if marked and self.word(start - 1) in {"a", "an"}:
                yield start, i + 1

    def _office(self, end: int) -> int | None:
        """The start of an office whose complement ends at *end*: "Commissioner for trade"."""
        i = end - 1
        while i > 0 and end - i < _LONGEST_FIELD and self._is_of_field(i):
            i -= 1
        held = self.word(i) == "for" and i + 1 < end and self.words[i - 1][0].isupper()
        return self.begins(i - 1)[0] if held and i and self.is_noun(i - 1, "PER") else None

    def _is_of_field(self, i: int) -> bool:
        word = self.words[i]
        return word.islower() and word.isalpha() and (word == "and" or word not in _FUNCTION)

    def _christened(self, name: Name, i: int) -> Iterator[Phrase]:
        """A phrase that the participle at token *i* gives a name: "a rare pattern known as"."""
        while self.word(i - 1) in _NAMING:
            i -= 1
        head = i - 1
        if head < 0 or head in self.name_at:
            return
        start, marked = self.begins(head)
        opened = marked and self.word(start - 1) in ARTICLES and name.type != "PER"
        listed = self.is_noun(head, name.type) or self.is_noun(head, "MISC")  # "a dog named Rex"
        listed = listed and self.word(start - 1) not in _THAT
        if listed or (opened and self._is_thing(head)):
            yield start, i

    def _is_thing(self, head: int) -> bool:
        """Whether the token may be the noun of a phrase with an article."""
        word = self.word(head)
        return (
            self.words[head].islower()
            and word not in _VERBS
            and word not in _FUNCTION
            and word.removesuffix("s") not in _EVENTS
        )

    def _titles(self, start: int, last: int) -> Iterator[Phrase]:
        """The phrase up to token *last*; a rank at its end is a role by itself, "Sir" is none."""
        while start < last and self.word(last) in _HONOURS:
            last -= 1
        before = self.word(last - 1).strip(".")
        apart = before not in _RANKS | _PARTISANS and self.is_noun(last - 1, "PER")
        if start < last and self.word(last).strip(".") in _RANKS and apart:
            yield last, last + 1
            last -= 1
        yield start, last + 1

    def _explained(self, name: Name, comma: int) -> Iterator[Phrase]:
        """A phrase that the name explains: "The judge in the case, Harold Kahn, made"."""
        following = name.last
        if self.words[following : following + 1] and self.words[following] in _LETTERS:
            following += 1
        if self.word(comma) == "," and self.word(following) not in _CLOSE | {"and", "who"}:
            return
        head = comma - 1
        if self.is_nouns(head, name.type):
            start, _ = self.begins(head)
            if self.word(start - 2) + self.word(start - 1) == "oneof":
                yield start - 2, comma
                return
        if self.is_noun(head, name.type) or (name.type == "PER" and self.is_agent(head)):
            start, marked = self.begins(head)
            owned = any(word in _OWNERS for word in self.lower[start:comma])
            marked = marked or self.word(start) in _ONCE
            if owned or (marked and self.word(start - 1) != ","):
                yield start, comma
            return
        for k in range(head, max(-1, head - _LONGEST), -1):
            if name.type == "LOC" or self.word(k) in _CLAUSE:
                return
            linked = self.word(k + 1) in LINKS or (
                self.word(k + 1) == "to" and self.words[k + 2].islower()
            )
            if linked and self.is_noun(k, name.type):
                start, _ = self.begins(k)
                opened = self.word(start - 1) in ARTICLES or self.word(start) in POSSESSIVES
                owned = any(word in GENITIVES for word in self.lower[start:k])
                if (opened or owned) and self.ends(start)[1] == comma:
                    yield start, comma
                return

    def _inverse(self, name: Name) -> Iterator[Phrase]:
        """A subject that a statement names: "The first witness was Ann Berg"."""
        i = name.first - 1
        if self.is_noun(i, "PER"):
            i = self.begins(i)[0] - 1
        i -= self.word(i).endswith("-year-old")
        if self.word(i) == "as" and "identified" in self.lower[max(0, i - 4) : i]:
            while i > 0 and self.word(i) != "identified":
                i -= 1
            while self.word(i - 1) in _PASSIVE:
                i -= 1
        elif self.word(i) == "be" and self.word(i - 2) in {"revealed", "out"}:
            i -= 2 + (self.word(i - 3) in BE or self.word(i - 3) == "turned")
        elif self.word(i) not in {"is", "was", "are", "were"}:
            return
        for k in range(i - 1, max(-1, i - _LONGEST), -1):
            if self.word(k) in _CLAUSE or k in self.name_at:
                return
            if self.is_noun(k, name.type) and (k == i - 1 or self.word(k + 1) in LINKS):
                start, marked = self.begins(k)
                if marked:
                    yield start, i
                return

    def _many(self, name: Name) -> Iterator[Said]:
        """What is said of a list of names before its first: "its founders, Ann Berg and ..."."""
        i = name.first - 1
        named = self.among(name)
        after = named[-1].last
        if len(named) > 1 and self.word(after) == ",":
            start = after + 1 + (self.word(after + 1) in ARTICLES)
            head, end = self.ends(start)
            if self.is_nouns(head, name.type):
                for each in named:
                    yield each.entity, (start, end)
        if len(named) > 1 and self.word(after) in {"are", "were", "remain", "became"}:
            start = after + 1 + (self.word(after + 1) in ARTICLES)
            head, end = self.ends(start)
            if start <= head and (
                self.is_nouns(head, name.type) or self._is_doers(head, name.type)
            ):
                for each in named:
                    yield each.entity, (start, end)
        while self.word(i) in _BETWEEN or (len(named) > 1 and self.word(i) in _OPENS_LIST):
            i -= 1
        if len(named) > 1 and self.word(i) == "of" and self.word(i - 1) in _GROUPS:
            for each in named:
                yield each.entity, (self.begins(i - 1)[0], i)
            return
        listing = (
            self.word(i) in _LISTING
            or (len(named) > 1 and self.word(i) == "like")
            or self.word(i - 1) + self.word(i) in _LISTED_AS
        )
        if listing:
            i -= 1 + (self.word(i) == "as")
            while self.word(i) in _THAT or self.word(i) in _UNSTRESSED or self.word(i) in BREAK:
                i -= 1
        if len(named) == 1 or name.type == "LOC":
            return
        phrase = self._several(i, name.type, listing=listing)
        if phrase:
            for each in named:
                yield each.entity, phrase

    def _several(self, i: int, kind: EntityType, *, listing: bool) -> Phrase | None:
        """The phrase for several things that ends at token *i*; in a *listing* with complement."""
        if self.is_nouns(i, kind) or (kind == "MISC" and listing and self.is_nouns(i, "ORG")):
            return self.begins(i)[0], i + 1
        if not listing:
            return None
        if self._is_doers(i, kind) or (kind == "PER" and self.word(i) in _GROUPS):
            return self.begins(i)[0], i + 1
        for k in range(i - 1, max(-1, i - _LONGEST), -1):
            if self.word(k + 1) in _CLOSE or (self.word(k) in _VERBS and self.word(k - 1) != "who"):
                return None
            if self.is_nouns(k, kind) and self.word(k + 1) in LINKS | _RELATIVE:
                return self.begins(k)[0], i + 1 if self.word(k + 1) in LINKS else k + 1
        return None

    def _is_doers(self, i: int, kind: EntityType) -> bool:
        """Whether the token ends as nouns for several doers do: "honorees", "invitees"."""
        word = self.word(i)
        return (
            kind == "PER"
            and i not in self.name_at
            and len(word) > 6
            and word.islower()
            and word.endswith(("ers", "ors", "ees", "ists", "ians"))
            and word.removesuffix("s") not in _NEVER_AGENTS
        )

    def _after(self, name: Name) -> Iterator[Phrase]:
        """A noun that goes on after the name: "the AFP news agency", "Ann Berg (R-Ariz.)"."""
        i = name.last
        while self.word(i) in _QUOTES:
            i += 1
        if name.type == "PER":
            if self.words[i : i + 1] and self.words[i] in _LETTERS:
                yield i, i + 1
            if name.first == 2 and self.word(0) in _PLEADING and self.word(1) == ",":
                yield 0, 1  # "Prosecuting, Ann Berg said"
            if self.word(i) == "," == self.word(i + 2) and self.word(i + 1) in _PLEADING:
                yield i + 1, i + 2
            party, _, state = self.word(name.last + 1).partition("-")
            if self.word(name.last) in {"(", ","} and party in {"r", "d", "i"} and state:
                yield name.last + 1, name.last + 2
            elif self.is_noun(i, "PER") and self.word(i + 1) in {"of", "for"}:
                yield i, self.ends(i)[1]
            return
        if name.type == "LOC" and self.word(i) in _PARTS:
            if self.word(i + 1) == "of":
                yield i, self.ends(i)[1]
            elif self.word(name.first - 1) == "the" and self.word(i) in _QUARTERS:
                yield i, i + 1
        elif name.type == "ORG":
            k = i + (self.word(i) in {"news", "spy", "security"})
            if self.word(k) in _SORTS:
                yield i, k + 1

    def _beside(self, name: Name) -> Iterator[Phrase]:
        """An apposition after the name: "Gloria Williams, a hotel guest"."""
        i = name.last
        if self.word(i) in _QUOTES and self.word(i + 1) == ",":
            i += 1
        i = self._after_degrees(i)
        if self.word(i) == "of" and i + 1 in self.name_at:  # "Ann Berg of Iowa, the chair"
            i = self.name_at[i + 1].last
        if self.word(i) == "(":
            for k in range(i + 1, i + 8):
                if self.word(k) == ")":
                    i = k + 1
                    break
        if self.word(i) == "," and self.word(i + 1).isdecimal() and len(self.word(i + 1)) < 4:
            i += 2
        if self.word(i) not in _ASIDE:
            return
        i += 1
        pronoun, contracted = self._contracted(i)
        if pronoun in {"who", "which"}:
            yield from self._after_be(i + 1, name.type, contracted=contracted, named=True)
            yield from self._as(i + 1, name.type)
            yield from self._resumed(i, name.type)
            return
        while self.word(i) in _ADVERBS:
            i += 1
        for _ in range(_MOST_JOINED):
            start = i + (self.word(i) in ARTICLES)
            end = self._apposed(name, i, start)
            if end is None:
                return
            yield start, end
            i = end + (self.word(end) == ",")
            if self.word(i) != "and":
                yield from self._after_be(i, name.type)
                return
            i += 1
            while self.word(i) in _ADVERBS:
                i += 1

    def _after_degrees(self, i: int) -> int:
        """The token after degrees: "Ann Berg, M.D., Ph.D., chief"."""
        for _ in range(_MOST_DEGREES):
            if self.word(i) != "," or i + 1 == len(self.words):
                break
            if self.words[i + 1].replace(".", "") not in DEGREES:  # "Ms." is none
                break
            i += 2
        return i

    def _resumed(self, i: int, kind: EntityType) -> Iterator[Phrase]:
        """What is said after a clause about the name: "Berg, who won in 2014, is the mayor"."""
        for k in range(i, min(len(self.words), i + _LONGEST_AFTER)):
            if self.word(k) in {",", "and"} and self.word(k + 1) in BE:
                phrases = [*self._after_be(k + 1, kind)]
                yield from phrases
                if phrases or self.word(k) == ",":
                    return

    def _apposed(self, name: Name, i: int, start: int) -> int | None:
        """The end of the apposition at token *i*, from *start* after its article; None if none."""
        head, end = self.ends(start)
        if start > head or not (
            self._fits(start, head, name.type, article=self.word(i))
            or (
                self.word(i) in {"a", "an"}
                and not (name.first == 1 and self.word(0) in PREPOSITIONS)  # "In Oslo, a crowd"
                and self._tells(start, head, end)
            )
            or (
                name.type in {"ORG", "MISC"}  # brands are now firms, now products
                and self.word(i) == "the"
                and not (name.first == 1 and self.word(0) in PREPOSITIONS)  # "For Yule, the group"
                and (self.is_noun(head, "ORG") or self.is_noun(head, "MISC"))
                and (self.word(end) in _CLOSE or self.word(end) in _RELATIVE)
            )
        ):
            return None
        if start == i and self.word(i).endswith("ing") and self.word(i) not in _PARTICIPIAL:
            return None  # "Berg, quoting feminist Tom Hall"
        inner = (self.name_at.get(k) for k in range(start, head))
        if start == i and any(
            each is not None and each.type == "PER" and self.word(each.last) not in GENITIVES
            for each in inner
        ):
            return None
        if start == i and self.words[i][0].isupper() and self._is_title_of_next(start, end):
            return None
        following = self.word(end)
        closed = following in _CLOSE or following in _RELATIVE or following.endswith("ing")
        goes_on = start > i and following not in _FINITE
        return end if (closed or goes_on) and end not in self.name_at else None

    def _is_title_of_next(self, start: int, end: int) -> bool:
        """Whether the phrase begins with the title of a person in it: "Secretary John Kerry"."""
        for k in range(start + 1, end):
            name = self.name_at.get(k)
            if name is not None and name.type == "PER":
                head = name.first - 1
                return self.is_noun(head, "PER") and self.begins(head)[0] == start
        return False

    def _fits(self, start: int, head: int, kind: EntityType, *, article: str) -> bool:
        """Whether the phrase says what a thing of the kind is."""
        if self.is_noun(head, kind):
            return True
        if self.word(start) in {"one", "part"} and self.word(start + 1) == "of":
            return self.word(start) == "one" or kind != "PER"
        if self.word(start) == "home" and self.word(start + 1) == "to":
            return kind in {"LOC", "ORG"}
        return kind == "PER" and article in ARTICLES and self.is_agent(head)

    def _tells(self, start: int, head: int, end: int) -> bool:
        """Whether a phrase after a name and "a" tells what it is, though its noun is in no list.

        It ends the clause; nouns for time, acts and judgements tell of an event.
        """
        word = self.word(head)
        return (
            (self.word(end) in _CLOSE or (word in _THINGS and self.word(end) in _RELATIVE))
            and head not in self.name_at
            and self.words[head].islower()
            and not word.endswith(_ABSTRACT)
            and word not in _EVENTS
            and word not in _NEVER_AGENTS
            and self.word(start) not in _EVENTS
        )

    def _stated(self, name: Name) -> Iterator[Phrase]:
        """What a statement says of its subject: "Kerry is the chairman of ..."."""
        before = name.first - 1
        while self.word(before).strip(".") in _ALONE:
            before -= 1
        if name.type == "LOC" and self.word(before) == "," and before - 1 in self.name_at:
            return  # "the man from Vero Beach, Florida, is"
        if self.word(before) in PREPOSITIONS and self.word(before) != "like":
            return  # "tensions with China are": it is the subject of nothing
        described = self.words[before].islower() and self.word(before) not in _NO_NOUNS
        if before > 0 and described and self.word(before - 1) in PREPOSITIONS:
            return  # "passengers in postwar Budapest became"
        i = name.last
        if self.word(i) == "," and self.word(i + 1).isdecimal() and self.word(i + 2) == ",":
            i += 3
        if self.word(i) == "," == self.word(name.first - 1):  # "whose son, Sam Berg, is"
            i += 1
        if self.word(i) == ",":
            for k in range(i + 1, i + _LONGEST_INSERTION):
                if k in self.name_at:
                    break
                if self.word(k) == "," and self.word(k + 1) in BE:  # "Berg, by all accounts, is"
                    i = k + 1
                    break
        contracted = self.word(i) in GENITIVES and self.word(i + 1) in ARTICLES  # "Berg's a hero"
        yield from self._after_be(i + contracted, name.type, contracted=contracted, named=True)
        yield from self._as(i, name.type)
        yield from self._coordinate(name)

    def _coordinate(self, name: Name) -> Iterator[Phrase]:
        """What a second verb says of the subject: "Berg lives in Paris and is a painter"."""
        following = self.lower[name.last : name.last + _LONGEST_AFTER]
        if "and" not in following:
            return
        for k, (word, verb) in enumerate(pairwise(following)):
            if word in _ENDS_SUBJECT:
                return
            if word == "and" and verb in _ADVERB_OR_BE:
                yield from self._after_be(name.last + k + 1, name.type)
                return

    def _as(self, i: int, kind: EntityType) -> Iterator[Phrase]:
        """What follows "as" within the clause of the verb at token *i*: "served as chairman"."""
        passive = False
        while self.word(i) in _UNSTRESSED or self.word(i) in BE:
            passive = passive or self.word(i) in BE or self.word(i) == "been"
            i += 1
        if self.word(i) not in _SERVE:
            return
        regarded = passive and self.word(i) in _REGARDED
        for k in range(i + 1, i + 5):
            if self.word(k) in _CLOSE:
                return
            to_be = self.word(k) == "to" and self.word(k + 1) == "be"
            if to_be or self.word(k) == "as":
                k += 1 + to_be
                start = k + (self.word(k) in ARTICLES)
                head, end = self.ends(start)
                if start <= head and (
                    self._fits(start, head, kind, article=self.word(k))
                    or (regarded and start > k and self._is_thing(head))
                ):
                    yield start, end
                return

    def _cast(self) -> Iterator[Said]:
        """What "as" says of the person before it: "Berg left after a stint as a night editor".

        Of the two of a replacement it is said of both; "As the winner, Berg" is said of the next.
        """
        if "as" not in self.lower:
            return
        if self.lower[0] == "as":
            yield from self._opening_as()
        people = [name for name in self.names if name.type == "PER"]
        if not people:
            return
        at = 0
        for k, word in enumerate(self.lower):
            while at < len(people) and people[at].last <= k:
                at += 1
            if word != "as" or self.spoken[k] or self.word(k - 2) == "as":
                continue
            if self.word(k - 1) in _NO_OFFICE:
                continue
            start = k + 1 + (self.word(k + 1) in ARTICLES)
            head, end = self.ends(start)
            if start > head or not self.is_noun(head, "PER") or self.word(end) == "as":
                continue
            if at and not self._parts(people[at - 1], k):
                yield people[at - 1].entity, (start, end)
                if at > 1 and self.word(people[at - 2].last) in _REPLACED:
                    yield people[at - 2].entity, (start, end)

    def _opening_as(self) -> Iterator[Said]:
        """What a sentence says with "as" of its first name: "As the winner, Berg was seen"."""
        start = 1 + (self.word(1) in ARTICLES)
        head, end = self.ends(start)
        name = self.name_at.get(end + 1)
        if name and start <= head and self.word(end) == "," and self.is_noun(head, name.type):
            yield name.entity, (start, end)

    def _parts(self, name: Name, k: int) -> bool:
        """Whether "as" at token *k* is of another clause than the name, or not of what is so."""
        if k - name.last > _LONGEST_AFTER:
            return True
        between = self.lower[name.last : k]
        if between[:1] and between[0] in _ASIDE and between[1:2] == ["who"]:
            between = between[2:]  # "Berg, who arrived as a professor"
        return any(
            w in _CLOSE
            or w in _SAYING
            or (w in _RELATIVE and not (w in {"who", "and"} and following in _SERVE))
            for w, following in pairwise([*between, ""])
        ) or (not between and self.word(name.first - 1) == "with")

    def _called(self, name: Name) -> Iterator[Phrase]:
        """What somebody calls or makes the name: "called Berg a hero"."""
        i = name.first - 1
        if self.is_noun(i, "PER"):
            i = self.begins(i)[0] - 1
        if self.word(i) in _CALL:
            yield from self._complement(name.last, name.type)

    def _complement(self, i: int, kind: EntityType) -> Iterator[Phrase]:
        """What a thing is called, from the token after it: "a hero", "as a hero", "its leader"."""
        start = i
        while self.word(start) in _COMPLEMENTS:
            start += 1
        head, end = self.ends(start)
        of_several = self.word(start) == "one" and self.word(start + 1) == "of"
        if start <= head and (of_several or (i < start and self.is_noun(head, kind))):
            yield start, end

    def of_pronouns(
        self, subject: int | None, unlike: Callable[[int, str], bool] = lambda _, __: False
    ) -> Iterator[Said]:
        """What is said of "he" or "she".

        They are the first person that the sentence names before them, else *subject*; nobody where
        the pronoun is *unlike* the person's sex.
        """
        if PRONOUNS.isdisjoint(self.lower):
            return
        person = next((name for name in self.names if name.type == "PER"), None)
        for i, token in enumerate(self.lower):
            if token not in PRONOUNS or self.spoken[i]:
                continue  # what a speaker says is rarely of himself
            if person and person.first <= i:
                subject = person.entity
            if subject is None or (person and person.first == i):
                continue
            word, contracted = self._contracted(i)
            if word in {"he", "she"} and not unlike(subject, word):
                for phrase in (
                    *self._after_be(i + 1, "PER", contracted=contracted),
                    *self._as(i + 1, "PER"),
                ):
                    yield subject, phrase
            elif word in {"him", "her"} and self.word(i - 1) in _CALL:
                for phrase in self._complement(i + 1, "PER"):
                    yield subject, phrase

    def _contracted(self, i: int) -> tuple[str, bool]:
        """The token without "'s" at its end, and whether it had one: "he's"."""
        word = self.word(i)
        bare = word.removesuffix("'s").removesuffix("’s")
        return bare, bare != word

    def _after_be(
        self, i: int, kind: EntityType, *, contracted: bool = False, named: bool = False
    ) -> Iterator[Phrase]:
        """The phrase after a form of "to be" at token *i*; with any noun after a name (*named*)."""
        while self.word(i) in _UNSTRESSED:
            i += 1
        if self.word(i) not in BE and not contracted and self.word(i - 1) not in {"been", "be"}:
            return
        i += self.word(i) in BE
        chained = False
        for _ in range(_MOST_JOINED):
            while self.word(i) in _PASSED:
                i += 1
            start = i + (self.word(i) in ARTICLES)
            start += self.word(start) in _QUOTES
            if self.word(start) in _VERBS and start == i:  # "he's asking a judge"
                return
            head, end = self.ends(start)
            if self.word(head) in _ADJECTIVES and self.word(i) not in ARTICLES:
                return  # "Berg is hopeful of a deal"
            listed = start <= head and self._fits(start, head, kind, article=self.word(i))
            if chained and self.word(end) not in _ENDS_LINK:
                return  # "is a surgeon, a court heard"
            if not (listed or (named and i < start <= head and head not in self.name_at)):
                return
            yield start, end
            named = False
            i = end + (self.word(end) == ",")
            chained = self.word(i) != "and"
            if not chained:
                i += 1
            elif i == end or self.word(i) not in ARTICLES:  # "is an icon, a pillar of his team"
                return
