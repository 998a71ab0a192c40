"""Whether a remark means a word: "不要急" and "no rush" do not. Pure.

Text is compared without differences of width, case and spacing. A word counts unless what stands right before it negates it
("不用太着急", "no need for an invoice"), or what stands right after it does ("发票不用开了", "invoice not needed"); both
only within its clause, with nothing but filling words in between, so that "不要忘记开发票" asks for an invoice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

_FALSE_FRIENDS: Final = ("应急", "急救", "急诊", "急躁", "急性", "急冻", "急停", "票据夹", "发票夹", "卡片机", "rush hour")
"""What contains a word and means something else."""
_AFFIRMED: Final = re.compile(r"(?:不得不|不能不|不可不|必须|務必|务必)$")
_BEFORE: Final = re.compile(
    r"(?:不|别|別|勿|无需|無需|无须|毋须|免|非|没有|没|沒有|莫|未)"
    r"(?:是|要|用|需要|需|必|着|著|想|会|能|可以|怎么|那么|那麼|这么|太|很|特别|特別|算|给|給|帮|我|再|开|開|放|写|寫|贴|附|带|帶|寄|提供|任何|有|了|什么|易"
    r"|品|商品){0,4}$"
)
_AFTER: Final = re.compile(
    r"^(?:就|都|也|请|我)?(?:不要|不用|不需要|不需|不必|无需|無需|无须|免|不开|不開|不放|不写|不着|别|別)(?:开|開|放|写|寫|寄|附|贴|给|提供)?(?:了|啦|哈|哦|的|吧|谢谢)*$"
)
_NOT: Final = r"(?:no|not|don'?t|do not|doesn'?t|isn'?t|aren'?t|never|without|no need|not in|non|neither|nor|needn'?t)"
_BEFORE_EN: Final = re.compile(
    rf"(?:^|[^a-z])(?:{_NOT})(?:[ -]+(?:need(?:ed|s)?|to|for|a|an|the|any|be|is|it|it'?s|this|that|really|very|so|too|please|in|want|"
    r"require|include|add|send|put|particularly|at|all|me|my|us)){0,5}[ -]*$"
)
_AFTER_EN: Final = re.compile(
    r"^s?[ ]*(?:is|are|was)?[ ]*(?:not|n't|no)[ ]*(?:longer)?[ ]*(?:needed|required|necessary|wanted|please)?[ ]*$"
)
_CLAUSES: Final = re.compile(
    r"[,.;:!?。,、;!?~…\n\r\t|/()\[\]{}“”\"《》【】]+|(?<=[\u3400-\u9fff])(?<![不别勿非免没]) +(?=[\u3400-\u9fff])|\b(?:but|and|however)\b"
)
_CJK: Final = re.compile(r"[\u3400-\u9fff]")


def meant(text: str, words: Iterable[str]) -> bool | None:
    """True where the text asks for it, False where it says that it is not wanted, ``None`` where it does not speak of it.

    A text that says both asks for it.
    """
    found: bool | None = None
    for clause in clauses(text):
        for start, end in _places(clause, tuple(words)):
            if not _is_negated(clause[:start], clause[end:]):
                return True
            found = False
    return found


def clauses(text: str) -> list[str]:
    """The parts of a remark in the form in which words are looked for."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("\u200b", "")
    for friend in _FALSE_FRIENDS:
        plain = plain.replace(friend, ",")
    return [" ".join(part.split()) for part in _CLAUSES.split(plain) if part.strip()]


def _places(clause: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand, the longest first; a shorter one inside a longer one does not count for itself."""
    taken: list[tuple[int, int]] = []
    for pattern in _patterns(tuple(words)):
        for match in pattern.finditer(clause):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                taken.append(match.span())
    return taken


@cache
def _patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    plain = {" ".join(unicodedata.normalize("NFKC", word).casefold().split()) for word in words}
    return tuple(re.compile(_pattern(word)) for word in sorted(plain, key=lambda word: (-len(word), word)) if word)


def _pattern(word: str) -> str:
    """Words of letters count as whole words, Chinese ones wherever they stand."""
    text = r"\s+".join(re.escape(part) for part in word.split())
    return text if _CJK.search(word) else rf"(?<![a-z0-9]){text}(?![a-z0-9])"


def _is_negated(before: str, after: str) -> bool:
    close = before.replace(" ", "") if _CJK.search(before[-3:]) else before
    if _AFFIRMED.search(close):
        return False
    return bool(
        _BEFORE.search(close) or _BEFORE_EN.search(before) or _AFTER.search(after.replace(" ", "")) or (_AFTER_EN.search(after) and after)
    )
