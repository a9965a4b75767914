"""Whether a sentence can be read by itself."""

import re
from enum import StrEnum

from service.core.text import Sentence


class Standing(StrEnum):
    """How a sentence stands in a summary."""

    ALONE = "alone"
    LEANING = "leaning"  # needs the sentence before it, as "He said so" does
    BROKEN = "broken"  # a question, a fragment, half of a quotation


_OPENING = "\"'“”‘’«»([ "
_CLOSING = "\"'“”‘’«»)]」』） "
_LEAST = 4  # words

_PRONOUNS = frozenset(
    """
    he she it they him them his her hers its their theirs this that these those such here both
    neither either another others
    """.split()
)
_CONNECTIVES = frozenset(
    """
    additionally also although and as because besides but consequently furthermore hence however
    indeed instead likewise meantime meanwhile moreover nevertheless nonetheless nor or otherwise
    similarly so still then thereafter therefore thus too yet afterward afterwards later
    """.split()
)
# "As" and the like lean by themselves, not before their own clause: "As rain fell, crews dug."
_CONJUNCTIONS = frozenset("although as because so still then later".split())

# "This week" and "it is unclear" point at nothing that was said.
_POINTS_AT_NOTHING = re.compile(
    r"(?:this|these|that) (?:week|weekend|month|year|morning|afternoon|evening|season|summer|winter"
    r"|spring|autumn|fall|time|days?)\b"
    r"|(?:it|this) (?:is|was|'s|’s|has been|remains|will be|would be) (?:still |not |also )?"
    r"(?:unclear|clear|known|the (?:first|second|third|latest|largest|biggest|worst|deadliest))\b"
    r"|it (?:took|takes|comes|came) ",
    re.IGNORECASE,
)
_PHRASES = re.compile(
    r"(?:as a result|after (?:that|this|all)|at (?:that|the same|this) (?:time|point)|by then"
    r"|for (?:example|instance|that reason|his part|her part|its part|their part)|in (?:addition"
    r"|contrast|other words|response|return|turn|that case|this case|both cases|all|fact)"
    r"|on the other hand"
    r"|on the contrary|since then|that is why|the same|the (?:latter|former|other|others|next day"
    r"|following day)|until then|one of (?:them|those|these)|some of (?:them|those|these)"
    r"|(?:all|many|most|none|two|three|half|several) of (?:them|those|these|whom)"
    r"|(?:following|after|during|before) the (?:meeting|attack|incident|announcement|hearing|talks"
    r"|interview|speech|game|match|vote|verdict|decision))\b"
    r"(?! (?:of|between|in|on|at|by|that|with))",
    re.IGNORECASE,
)
# Someone or something named before, said by its kind alone: "The company said", "The man told".
_KINDS = re.compile(
    r"the (?:actor|actress|agency|airline|author|bank|boy|business|candidate|child|company|couple"
    r"|deal|director|duo|firm|girl|group|lawmaker|lawsuit|man|measure|men|minister|move|officer"
    r"|organi[sz]ation|pair|player|politician|star|singer|suspects?|teenager|trio|two|three|victims?"
    r"|woman|women)(?:'s|’s)? (?!(?:of|who|whose|that|which|behind|accused|charged|arrested"
    r"|suspected|killed|injured|in|from|at|with|on|for|to|and|between|responsible|convicted|known)\b)[a-z]",
    re.IGNORECASE,
)
_FIRST_PERSON = frozenset("i me my we us our".split())  # in the middle of what somebody says
# A pronoun for someone whom nothing before it in the sentence names: "Last week he resigned".
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NOT_NAMED = (
    rf"(?:[^,.;A-Z]|{_DAYS}|January|February|March|April|May|June|July|August|September|October"
    r"|November|December)"
)
_UNNAMED = re.compile(
    r"(?:after|asked|at|before|by|despite|during|earlier|following|for|from|in|last|now|on|since"
    r"|through|today|tonight|under|until|when|while|with|without|yesterday)\b"
    rf"(?:{_NOT_NAMED}{{0,80}},|(?: (?:[a-z]+|{_DAYS})){{0,2}}) (?:he|she) "
    r"|(?:authorities|doctors|investigators|neighbou?rs|officers|officials|police|prosecutors"
    r"|relatives|witnesses) (?:alleged?|believe|said|say|told)(?: that)? (?:he|she|his|her|they) ",
)

# Speech by someone who is only a pronoun, where nobody is named before: ", he said".
_SPEAKER = re.compile(
    r"\b(?:he|she|they) (?:said|says|added|told|wrote|explained|continued|tweeted)\b"
)
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]")


# Someone's words and nothing of who speaks: "Our girls come first."
_SPOKEN = re.compile(r"[“\"][^“”\"]*[”\"][.!]?")
# What was expected of a number that stands before: "Analysts had on average expected 4 percent."
_EXPECTED = re.compile(
    r"(?:analysts|economists|experts|forecasters|investors|markets|the (?:market|consensus))\b"
    r"[^,.;]{0,40} (?:had|were)\b[^,.;]{0,60}"
    r" (?:expect|forecast|predict|estimat|look|pencil|anticipat)"
    r"|the (?:hazard|odds|risk) ratio\b",
    re.IGNORECASE,
)

# What may be a finite verb. A word in -s or -ed always may; of the others those that news writes.
_FINITE = frozenset(
    """
    am are be became become been began begin bet bit blew bore bought bound broke brought built
    burnt burst came can cannot cast caught chose clung come cost could cut dealt did do does drank
    draw drew drove dug fed feel fell fled flew forbade forgave forgot fought found froze gave get
    give go got grew ground had hang has have heard held hid hit hung hurt is kept knelt knew know
    laid lay leant leapt learnt leave led left lent let lie lit lost made make may mean meant met
    might mind misled must need ought overcame overtook paid pay put quit ran rang read remain rid
    rode rose run said sang sank sat saw say see seek seem sent set shall shone shook shot should
    show shrank shut slept slid slung smelt sold sought spent split spoke spread sprang stand stood
    stole stop struck stuck stung swam swept swore swung take taught tend thank think threw thrust
    told took tore torn try understood undertook upset want was went wept were will withdrew woke
    won wore would wound wrote
    """.split()
)
_CONTRACTED = (
    "n't",
    "n’t",
    "'ll",
    "’ll",
    "'ve",
    "’ve",
    "'re",
    "’re",
    "'d",
    "’d",
    "'s",
    "’s",
    "'m",
    "’m",
)
_NO_VERBS = frozenset("as his hers its this thus us yes across always less".split())
# A name and what is known of it, and no more: "Jack McCullough, in prison after his conviction."
_APPOSITION = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,4}, (?:\d|[a-z])")
_SHORT = 25  # words; a longer sentence has a verb that is not known here


# Of an interview, outside a quotation: "Q: Why?", "Well, it was late.", "No, not at all."
_ANSWER = re.compile(
    r"(?:(?:Q|A|QUESTION|ANSWER|Question|Answer):|Q\.|(?:Yes|Yeah|Absolutely|Exactly|Sure)[,.!]"
    r"|(?:Well|Oh|No),) "
)
# It points at what stands beside it on the page: "(see video below)".
_BESIDE = re.compile(
    r"[(\[](?:see|watch|scroll|click|listen|pictured)\b[^()\[\]]{0,40}"
    r"\b(?:below|above|here|left|right|videos?|clip|photos?|pictures?|gallery|map|chart|graphic)\b",
    re.IGNORECASE,
)


def standing(sentence: Sentence) -> Standing:
    """How the sentence stands, by its wording alone.

    >>> from service.core.segment import segment
    >>> text = "Ann Lee won the race. She was glad about it. Why?"
    >>> [str(standing(sentence)) for sentence in segment(text).sentences]
    ['alone', 'leaning', 'broken']
    """
    text = sentence.text
    if _broken(sentence):
        return Standing.BROKEN
    bare = text.lstrip(_OPENING)
    first = sentence.lower[0].split("'")[0].split("’")[0]
    if _POINTS_AT_NOTHING.match(bare):
        return Standing.ALONE
    if first.split("-")[0] in _FIRST_PERSON and text[0] not in _OPENING:
        return Standing.LEANING
    if _UNNAMED.match(bare[:1].lower() + bare[1:]):
        return Standing.LEANING
    if _SPOKEN.fullmatch(text) or _EXPECTED.match(text):
        return Standing.LEANING
    if first in _PRONOUNS or _PHRASES.match(bare) or _KINDS.match(bare):
        return Standing.LEANING
    if first in _CONNECTIVES and (first not in _CONJUNCTIONS or bare[len(first) :][:1] == ","):
        return Standing.LEANING
    speaker = _SPEAKER.search(text)
    if speaker and not _NAMED.search(text, 0, speaker.start()):
        return Standing.LEANING
    return Standing.ALONE


def _broken(sentence: Sentence) -> bool:
    text = sentence.text
    end = text.rstrip(_CLOSING)
    return (
        len(sentence.words) < _LEAST
        or end[-1:] not in ".!…。！।۔"
        or text.lstrip(_OPENING)[:1].islower()
        or text.count("“") + text.count("„") != text.count("”")
        or text.count('"') % 2 == 1
        or _ANSWER.match(text) is not None
        or _BESIDE.search(text) is not None
        or _trails(sentence)
        or _verbless(sentence)
    )


def _verbless(sentence: Sentence) -> bool:
    """Whether a short sentence that begins like a caption has nothing that may be a verb."""
    if len(sentence.words) > _SHORT or not _APPOSITION.match(sentence.text):
        return False
    return not any(
        word in _FINITE
        or word.endswith(_CONTRACTED)
        or (word.endswith(("s", "ed")) and word == token.text and word not in _NO_VERBS)
        for token, word in zip(sentence.words, sentence.lower, strict=True)
    )


def _trails(sentence: Sentence) -> bool:
    """Whether it breaks off; dots after a full stop leave out what came next."""
    text = sentence.text.rstrip(_CLOSING)
    told = text.rstrip(".…")
    return text[len(told) :].startswith(("...", "…")) and told.rstrip()[-1:] not in (".", "!", "?")
