"""What a number counts or measures: a short noun phrase of its own sentence.

No tagger of parts of speech is at hand: closed-class words, endings and punctuation end a phrase.
"""

import json
import re
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+(?:['’.&/-][^\W_]+){0,6}|[^\w\s]")
_REACH = 110

_LISTS: dict[str, list[str]] = json.loads(
    files("service.core").joinpath("resources/number_words.json").read_text("utf-8")
)


def _list(name: str) -> frozenset[str]:
    return frozenset(" ".join(_LISTS[name]).split())


_CLOSED = _list("closed_class")  # prepositions, conjunctions, auxiliaries, pronouns
_DETERMINERS = _list("determiners")
_VERBS = _list("verbs")  # frequent in news, and easily taken for the noun that is counted
_IRREGULAR_PLURALS = _list("plurals")
_NOUNS_TOO = frozenset("lives works runs votes".split())
_PASSED = frozenset("more other different all additional separate further new".split())
_PRONOUNS = frozenset("them us these those which whom it".split())
_NOT_PLURAL = re.compile(r"(?:ss|us|is|'s|’s)$")
_PAST = re.compile(r"[a-z]{2,}ed$")


def _plural(word: str) -> bool:
    lower = word.lower()
    if lower in _IRREGULAR_PLURALS or lower.endswith("men"):
        return True
    return lower.endswith("s") and len(lower) > 3 and not _NOT_PLURAL.search(lower)


def subject_after(text: str, start: int, end: int, *, plural: bool, owned: bool = False) -> str:
    """The noun phrase that begins at *start*, "" where none does.

    Args:
        text: the article.
        start: where the number with its unit ends.
        end: where its sentence ends.
        plural: whether the noun counted is one in the plural; it ends the phrase.
        owned: whether an article or a possessive stands before the number, so that a noun must
            follow even if it could be a verb: "a 2.5 percent cut".
    """
    kept: list[re.Match[str]] = []
    head = False
    opened = False  # an "of" was passed: its determiners are passed too
    for match in _WORD.finditer(text, start, min(end, start + _REACH)):
        word, lower = match[0], match[0].lower()
        if not word[0].isalnum():
            if word in "-–" and not kept and match.start() == start:
                continue
            if word in "“‘\"'" and not kept:
                continue
            if (
                word == ","
                and kept
                and not head
                and (_PAST.match(kept[-1][0]) or "-" in kept[-1][0])
            ):
                continue
            break
        if not kept:
            if lower in ("of", "in") and not opened and not (lower == "in" and plural):
                opened = True
                continue
            if lower in _DETERMINERS or lower in _PASSED:
                continue
        if lower in _CLOSED or lower in _DETERMINERS or lower in _PRONOUNS:
            break
        if lower in _VERBS and not ((owned or opened) and not kept) and lower not in _NOUNS_TOO:
            break
        if head and not (_plural(word) and word.islower()):
            break
        if kept and not head and _PAST.match(word) and not _plural(kept[-1][0]) and not plural:
            break
        kept.append(match)
        head = head or (_plural(word) and (plural or word.islower()))
        if len(kept) == 5:
            break
    if plural and not head:
        # Without a plural noun: "34 declared dead", "30 black" are elided, "50 aircraft" is not.
        kept = [match for match in kept[:2] if not _PAST.match(match[0])]
    if not kept:
        return ""
    return text[kept[0].start() : kept[-1].end()]


def subject_before(text: str, start: int, end: int) -> str:
    """The last noun phrase between *start* and *end*, "" where there is none."""
    kept: list[re.Match[str]] = []
    for match in reversed(list(_WORD.finditer(text, max(start, end - _REACH), end))):
        word, lower = match[0], match[0].lower()
        if word == "." and kept and len(text[match.start() - 2 : match.start()].strip()) == 1:
            continue  # an initial: "Susana D. Gonzalez"
        stop = (
            not word[0].isalpha()
            or lower in _CLOSED
            or lower in _DETERMINERS
            or lower in _PRONOUNS
            or lower in _VERBS
            or lower.endswith("ly")
            or (word.islower() and (_PAST.match(lower) or lower.endswith("ing")))
        )
        if not stop:
            kept.append(match)
            if len(kept) == 3:
                break
        elif kept:
            break
    if not kept:
        return ""
    return text[kept[-1].start() : kept[0].end()]
