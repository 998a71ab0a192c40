"""Language and colour scheme, kept in cookies: no account, no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from designer.pages.reader import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from engine.catalogue import LANGUAGES

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    language: str | None = None
    theme: str | None = None
    back: str = "/"


@post("/preferences", opt={"permission": "page.enter"}, status_code=303)
async def save_preferences(data: Annotated[Preferences, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Response[None]:
    """Keeps what is known of the form and goes back to where the reader was."""
    cookies = [
        Cookie(key=name, value=value, max_age=_YEAR, path="/", httponly=True, samesite="lax")
        for name, value, known in ((LANGUAGE_COOKIE, data.language, LANGUAGES), (THEME_COOKIE, data.theme, THEMES))
        if value is not None and value in known
    ]
    return Redirect(path=local(data.back), status_code=303, cookies=cookies)


def local(path: str) -> str:
    """The path if it stays on this server, else the first page: no form may send a reader elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) < 2000
    return path if plain else "/"
