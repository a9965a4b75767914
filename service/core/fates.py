"""What is said to happen to those who are counted, or to the things.

No parse is at hand: a verb right before a number has it for its object ("killed at least 11"), a
participle or adjective soon after it is said of what is counted ("11 workers were killed"), and a
toll is told as far away as its clause reaches ("the toll of the fire in Lorn rose to 14").
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from service.core.quantities import Quantity
from service.core.text import Sentence

# Two of these are never said of one number. What a bar parts may be said of the same people, so
# that it tells two figures apart only where their numbers differ. Phrases are of two words.
_FATES = {
    "dead": "dead die died dies dying death deaths fatal fatality fatalities kill kills killed "
    "killing perish perished drowned murdered slain massacred executed toll body bodies corpses "
    "lives",
    "hurt": "injured injure injures injuries injuring wounded wounding wounds hurt hurting burns "
    "hospitalized hospitalised treated in_hospital to_hospital | shot shooting stabbed",
    "missing": "missing unaccounted disappeared | trapped buried",
    "held": "arrested arrest arrests arresting detained detaining detains | custody jailed "
    "imprisoned | charged charging indicted | questioned questioning",
    "saved": "rescued rescue rescues rescuing saved saving | freed freeing released releasing "
    "| survived survive survivor survivors",
    "moved": "evacuated evacuate evacuates evacuating evacuation evacuees to_leave | displaced "
    "displacing homeless fled flee fleeing their_homes",
    "sick": "infected infecting infections cases sick ill sickened diagnosed contracted",
    "stranded": "stranded stranding",
    "employed": "employs employ employed employing employees workforce hire hired hiring hires",
    "dismissed": "laid_off lay_off laying_off layoffs redundancies redundant fired sacked "
    "dismissed",
    "aboard": "aboard onboard on_board carrying carried",
    "on duty": "shift duty",
    "present": "attended attend attending attendance gathered gathering crowd marched rallied "
    "watched spectators protested protesters demonstrators took_part drew packed",
    "living": "live living lived inhabitants population home_to resided",
    "entitled": "eligible entitled registered",
    "without power": "without_power without_electricity no_power no_electricity lost_power "
    "losing_power",
    "lead": "goals_down goals_up goals_behind goals_ahead goals_clear points_down points_up "
    "points_behind points_ahead points_clear points_adrift sets_down sets_up strokes_ahead "
    "strokes_behind shots_ahead shots_behind",
    "destroyed": "destroyed destroy destroys destroying destruction burned burnt gutted razed "
    "levelled leveled flattened demolished collapsed consumed scorched blackened charred",
    "damaged": "damaged damaging",
    "built": "built build building_of construct constructed erected",
    "cancelled": "cancelled canceled cancelling canceling cancellation scrapped",
    "delayed": "delayed delaying delays",
    "diverted": "diverted diverting",
    "farmed": "farmed cultivated planted",
}
_KINDS = {
    tuple(word.split("_")): 10 * kind + part
    for kind, group in enumerate(_FATES.values(), start=1)
    for part, words in enumerate(group.split("|"))
    for word in words.split()
}
DEAD, HURT, MISSING, LEAD = (
    10 * (1 + list(_FATES).index(kind)) for kind in ("dead", "hurt", "missing", "lead")
)

# Nouns of all to whom something happens; others count some of them ("three children").
_ANYONE = frozenset(
    "people person persons lives dead deaths fatalities victims workers employees labourers "
    "laborers passengers injured wounded missing killed hurt toll unaccounted".split()
)
_QUALIFYING = frozenset(
    "the a an only just estimated another other of its his their all no both further total".split()
)
_BE = frozenset(
    "is are was were be been being have has had remain remained remains still feared presumed "
    "confirmed reported believed now also not found pronounced declared known to".split()
)
# Where the clause of the number ends, and what makes a participle after it a verb of its own.
_ENDS = frozenset(
    "after when as while before because but whose where if since following until and".split()
)
_OBJECTS = frozenset("a an the his her its their our him them it us".split())
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,;:.!?()—–]")
_BEFORE, _AFTER = 200, 120  # characters
_MODAL = frozenset("could would may might can".split())
# "The toll of the fire in Lorn rose to 14", "the number of people killed is now 14".
_TOLL = re.compile(
    r"\b(?:(?P<other>injury |injured )?toll|deaths|fatalities"
    r"|(?:number|count|tally) of (?:the )?(?:people |those )?(?:who (?:were|are|have) )?"
    r"(?:confirmed |reported |feared )?"
    r"(?P<who>dead|deaths|died|killed|fatalities|injured|injuries|wounded|hurt|missing))\b"
    r"[^;.!?]*?\b(?:to|at|of|is|was|are|were|now|reached|hit|passed|topped|exceeded|surpassed"
    r"|stands|stood)(?: (?:at|to|now|least|about|around|some|nearly|almost|more|than|over))* $",
    re.IGNORECASE,
)
_TOLL_WORDS = ("toll", "deaths", "fatalities", "number of", "count of", "tally of")
_PART_BEFORE = re.compile(
    r"\b(?:of (?:whom|them|those|the dead|the victims)|including|among (?:them|whom|the [a-z]+)"
    r"|where|another|by|from|each)(?: [a-z]+){0,2} $",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r" ?(?:of (?:the|them|those|whom|his|her|its|their|our)|others?|more|additional|further"
    r"|(?:people |were |was |in |from ){0,3}(?:each|every|a|per) (?:day|week|month|year))\b",
    re.IGNORECASE,
)
# What tells of another time than the story's.
_OTHER_TIME = re.compile(
    r"\b(?:(?:1[89]|20)\d\d|(?:last|previous) (?:year|decade|century)"
    r"|(?:years?|decades?) (?:ago|earlier))\b",
    re.IGNORECASE,
)


class Fate(NamedTuple):
    """What happens to those who are counted."""

    kind: int = 0  # in tens, and a part of it; 0 where nothing is said
    # 1 where the number may be of all to whom it happened, 2 where the sentence says that it is,
    # -1 where it is of another time
    toll: int = 0


def fates(sentence: Sentence, quantities: Sequence[Quantity]) -> list[Fate]:
    """What happens to those that each number of a sentence counts, by the words beside it.

    Args:
        sentence: as its document has it.
        quantities: its numbers, in order.
    """
    found: list[Fate] = []
    text, origin = sentence.text, sentence.start
    for k, quantity in enumerate(quantities):
        if quantity.kind not in ("count", "measure"):
            found.append(Fate())
            continue
        start, end = quantity.start - origin, quantity.end - origin
        since = quantities[k - 1].end - origin if k else 0
        until = quantities[k + 1].start - origin if k + 1 < len(quantities) else len(text)
        lead = text[max(0, start - _BEFORE) : start]
        hinted = quantity.kind == "count" and any(word in lead.lower() for word in _TOLL_WORDS)
        if hinted and (toll := _TOLL.search(lead)):
            kind = _KINDS[(toll["who"] or "dead").lower(),]
            kind = HURT if toll["other"] else kind
            found.append(Fate(kind, 2 * (not re.search(r"\b(?:from|by) $", lead))))
            continue
        before = _tokens(text[max(since, start - _BEFORE) : start])[::-1]
        after = _tokens(text[end : min(until, end + _AFTER)])
        noun = quantity.subject.lower().rpartition(" ")[2]
        kind = _object_of(before) or _said_after(after) or _KINDS.get((noun,), 0)
        if not kind and k and _AND.fullmatch(text[since:start]):
            kind = found[-1].kind  # "killing two soldiers and 11 civilians"
        if kind not in (DEAD, HURT, MISSING):
            found.append(Fate(kind))
            continue
        other_time = _OTHER_TIME.search(text, max(since, start - _BEFORE), min(until, end + _AFTER))
        part = (
            noun in ("bodies", "body")
            or (noun and noun not in _ANYONE)
            or _PART_BEFORE.search(lead)
            or _PART_AFTER.match(text, end)
            or not _MODAL.isdisjoint(before[:4])
            or (k and quantity.subject == quantities[k - 1].subject and found[-1].toll <= 0)
        )
        found.append(Fate(kind, -1 if other_time else int(not part)))
    return found


_AND = re.compile(r"(?: [a-z'’-]+){0,3},? and (?:at least |about |some |up to )?", re.IGNORECASE)


def _tokens(text: str) -> list[str]:
    return [token.lower() for token in _TOKEN.findall(text)]


def _object_of(before: Sequence[str]) -> int:
    """What the verb or noun right before a number says, nearest word first."""
    for k, word in enumerate(before[:6]):
        if word in _QUALIFYING:
            continue
        behind = before[k + 1] if k + 1 < len(before) else ""
        kind = _KINDS.get((behind, word)) or _KINDS.get((word,), 0)
        passive = word.endswith("ed") and not _BE.isdisjoint(before[k + 1 : k + 2])
        return 0 if passive and behind in ("is", "are", "was", "were", "been") else kind
    return 0


def _said_after(after: Sequence[str]) -> int:
    """What is said of those counted in the clause that follows the number."""
    comma = False
    for k, word in enumerate(after[:12]):
        if word in ";:.!?()—–" or (
            word in _ENDS and k and not (word == "and" and (k < 3 or comma))
        ):
            break
        comma = comma or word == ","
        last = after[k - 1] if k else ""
        kind = _KINDS.get((last, word)) or _KINDS.get((word,), 0)
        if not kind or (comma and last not in _BE and last != "who"):
            continue
        following = after[k + 1] if k + 1 < len(after) else "."
        if word.endswith(("ed", "ing")) and last not in _BE and following in _OBJECTS:
            continue  # "four gunmen killed the guards"
        return kind
    return 0
