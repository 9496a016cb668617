"""What of a text weighs: figures, verdicts, words that turn a sentence, names, sentences that go."""

from __future__ import annotations

import html
import re
from difflib import get_close_matches
from functools import lru_cache

from bet.numbers import SCALES, WORDS
from bet.records.rule import SCALE
from bet.review import source_diff

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_UNITS = "|".join(WORDS[1:10])
_IN_FRENCH = (
    "deux|trois|quatre|cinq|sept|huit|neuf|dix|cent|mille|moitié|tiers|quart|milliards?|milliers?"
)
_NUMBERS = (
    rf"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-(?:{_UNITS}))?|{'|'.join(WORDS[2:])}|\w+teen|dozens?|hundreds?"
    rf"|thousands?|{'|'.join(f'{word}s?' for _, word in SCALES)}|half|third|quarter|twice|double|triple|\w+fold"
    rf"|{_IN_FRENCH}"
)
_FIGURES = re.compile(
    rf"(?<![\w.)])[-−]\d[\w.,]*|\d[\w.,]*\w|\d|[%$€£¼½¾⅓⅔⅛]|\b(?-i:[kMGT]?Wh?|[kMGT]B)\b|\b(?:{'|'.join(SCALE)}|{_NUMBERS})\b|\b(?-i:{_MONTHS})\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w-]*")
_NAMES = re.compile(r"\b[A-ZÀ-Þ][\w-]+")
# Words that say little: they begin a sentence with a capital and name nobody, or another one stands for them
_COMMON = re.compile(
    r"an?|the|th[eo]se|this|that|its?|in|on|at|for|from|by|with|of|to|and|but|or|if|as|when|while|where|there|here"
    r"|what|which|who|how|why|our|we|you|is|are|was|were|has|have|had|been|so|also|then|he|she|they|his|her|their|did|does|do"
    r"|ils?|elles?|le|la|les|une?|des|et|mais|er|sie|es|der|die|das",
    re.IGNORECASE,
)
# Words that deny: in however long a passage, one more or less turns it
_NOS = (
    "no|not|nor|never|none|nobody|nothing|neither|cannot|without|unable|untrue"
    "|ne|pas|non|aucune?|jamais|rien|sans"
)
_DENIES = re.compile(rf"\b(?:{_NOS})\b|n't\b", re.IGNORECASE)
# Words that turn a sentence where hardly another one changes
_TURNS_ON = re.compile(
    rf"\b(?:{_NOS}|yes|true|false|likely|unlikely|hardly|less|more"
    r"|one|right|wrong|above|below|before|after|ahead|behind|up|down|rose|fell|rises|falls|rising|falling|grew|shrank"
    r"|gained|lost|won|kept|broke|broken|missed|met|larger|smaller|bigger|higher|lower|faster|slower|earlier|later"
    r"|sooner|cheaper|dearer|better|worse|best|worst|first|last|most|least|few|fewer|many|all|every|only|some|any|always"
    r"|often|seldom|rarely|enough|too|still|yet|already|ever|high|medium|low|will|must"
    r"|days?|weeks?|months?|years?|decades?|century|centuries|hours?|minutes?|over|under|since|until|(?:in|de)creas(?:e|es|ed|ing)"
    r"|profits?|loss|losses|gains?|passed|failed|passes|fails|estimated|promised|delivered|public|private|paper|cash"
    r"|(?:kilo|mega|giga|tera)\w+|fourth|fifth|sixth|seventh|eighth|ninth|tenth|always|never"
    r"|good|bad|bonne?s?|mauvaise?s?|vraie?s?|fausses?|faux|justes?|yearly|monthly|weekly|daily|hourly|annual|gross|net|dollars?|euros?|percent|cent|points?|confirmed|denied"
    r"|hausse|baisse|monte|descend|plus|moins|nominal|real|constant|million|billion|trillion|bought|sold|buys|sells|buying|selling"
    r"|against|with)\b|n'(?:t\b|\w)",
    re.IGNORECASE,
)
# Two words for the same
_AS_ONE = {"seldom": "rarely", **{word: str(number) for number, word in enumerate(WORDS)},
           **{f"{span}s": span for span in ("day", "week", "month", "year", "decade", "hour", "minute")}}  # fmt: skip
_HARDLY = 4  # words
_ALIKE = 0.82  # of their letters: one name, spelled in two ways
_SENTENCE = 8  # words fewer: a caveat may have gone


@lru_cache(maxsize=10_000)
def weighty(before: str, after: str) -> bool:
    """Tell whether prose gets other figures or verdicts, a word that turns it, or loses a sentence.

    Each passage that differs is looked at by itself: two edits far apart do not hide one another.
    """
    before, after = (_plain(told) for told in (before, after))
    if before and after and len(before.split()) - len(after.split()) >= _SENTENCE:
        return True
    if _words_of(_FIGURES, before) != _words_of(_FIGURES, after):
        return True
    return bool(before and after) and any(
        _turned(*passage) for passage in source_diff.passages(before, after)
    )


_INSIDE = re.compile(r"(?<=\w)(?:[*_~`]+|<[^>]{0,40}>|[\u00ad\u200b-\u200d\u2060\ufeff]|\\)+(?=\w)")


def _plain(told: str) -> str:
    """Return a text without what stands inside of words and is not read: marks, tags, soft hyphens, entities."""
    return _INSIDE.sub("", html.unescape(told)).replace("’", "'")


@lru_cache(maxsize=10_000)
def grade(before: str, after: str) -> int:
    """Say how much a text says otherwise, for an order among many.

    4: it weighs; 3: a word that says something took another's place; 2: such words come or go; 1: only common
    words or spellings differ; 0: only signs and capitals.
    """
    if weighty(before, after):
        return 4
    if [word.casefold() for word in _WORD.findall(before)] == [
        word.casefold() for word in _WORD.findall(after)
    ]:
        return 0
    passages = [*source_diff.passages(before, after)]
    if any(min(len(told.split()) for told in passage) > _HARDLY**2 for passage in passages):
        return 3  # rewritten: its words are not held against each other
    sides = [_strangers(*passage, _WORD) for passage in passages]
    return 3 if any(map(all, sides)) else 2 if any(map(any, sides)) else 1


def slight(before: str, after: str) -> bool:
    """Tell whether hardly a word of a text differs, and none of those says something else."""
    few = swapped(before, after) if before and after else None
    return few is not None and not weighty(before, after) and not _other_words(*few)


def one_for_another(before: str, after: str) -> bool:
    """Tell whether hardly a word of a text differs, and one that says something else took another's place."""
    few = swapped(before, after) if before and after else None
    return few is not None and all(_strangers(*few, _WORD))


def _turned(before: str, after: str) -> bool:
    """Tell whether a passage that became another one is turned by a word, or names somebody else."""
    if max(len(told.split()) for told in (before, after)) > _HARDLY:
        return len(_words_of(_DENIES, before)) != len(_words_of(_DENIES, after))
    was, now = (_words_of(_TURNS_ON, told) for told in (before, after))
    return was != now or _of_another(before, after) or _negated(before, after)


_NOT = re.compile(r"(?:un|in|im|il|ir|dis|non-?|anti-?|de|mis)(?=\w{3})")


def _negated(before: str, after: str) -> bool:
    """Tell whether a word became its own opposite: known and unknown, approved and disapproved."""
    sides = [{word.lower() for word in _WORD.findall(told)} for told in (before, after)]
    bare = [{_NOT.sub("", word, count=1) for word in words if _NOT.match(word)} for words in sides]
    return bool((sides[0] - sides[1]) & bare[1] or (sides[1] - sides[0]) & bare[0])


@lru_cache(maxsize=10_000)
def swapped(before: str, after: str) -> tuple[str, str] | None:
    """Return the words that differ where they are hardly any."""
    few = source_diff.words(before, after, around=0)
    return few if few and max(len(told.split()) for told in few) <= _HARDLY else None


def _other_words(before: str, after: str) -> bool:
    """Tell whether a word that says something goes or comes that is no other spelling of one."""
    return any(_strangers(before, after, _WORD))


def _of_another(before: str, after: str) -> bool:
    """Tell whether words that differ name somebody or something else, and not only spell it otherwise."""
    return all(_strangers(before, after, _NAMES))


def _strangers(before: str, after: str, kind: re.Pattern[str]) -> tuple[set[str], set[str]]:
    """Return the words of a kind on each side, but for common ones, that are no spelling of one on the other."""
    sides = []
    for told, other in ((before, after), (after, before)):
        known = re.findall(r"[\w-]+", other.lower())
        words = {word.lower() for word in kind.findall(told) if not _COMMON.fullmatch(word)}
        sides.append({one for one in words if not get_close_matches(one, known, 1, _ALIKE)})
    return sides[0], sides[1]


def _words_of(kind: re.Pattern[str], text: str) -> list[str]:
    found = (word.lower().rstrip(",.") for word in kind.findall(text))
    return [_AS_ONE.get(word, word) for word in found]
