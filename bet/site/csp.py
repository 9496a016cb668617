"""A strict Content-Security-Policy in every page: what may run there is listed by its hash.

Scripts come from the site's own files, or are the theme's inline scripts, each by the hash of its
text. What stands in the article itself never runs, so that neither a record nor a notebook can
bring a script in. Style attributes are allowed: the theme and the tables set them.
"""

from __future__ import annotations

import base64
import hashlib
import re

_HEAD = re.compile(r"<head\b[^>]*>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_RUNS = {"text/javascript", "application/javascript", "module"}
_PRINT = "window.print()"  # the one event handler, of the theme's print button


def protect(page: str) -> str:
    """Return a page with the policy that fits it; a text without a head is no page and stays."""
    return _HEAD.sub(
        lambda head: (
            f'{head[0]}\n    <meta http-equiv="Content-Security-Policy" content="{policy(page)}" />'
        ),
        page,
        count=1,
    )


def policy(page: str) -> str:
    """Return the policy of a page: everything from the site itself, inline scripts by hash."""
    scripts = ["'self'", *sorted({_source(text) for text in inline_scripts(page)})]
    # Every page has it: the search page reads the others, print button included.
    scripts += ["'unsafe-hashes'", _source(_PRINT)]
    if "bet-panel" in page:
        scripts.append("'wasm-unsafe-eval'")  # compiles MicroPython; does not allow eval of text
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def inline_scripts(page: str) -> list[str]:
    """Return every script that stands in the page outside the article and would run."""
    start, end = page.find('<article class="bd-article"'), page.rfind("</article>")
    frame = page[:start] + page[end:] if 0 <= start < end else page
    return [
        text for attributes, text in _SCRIPT.findall(frame) if text.strip() and _is_code(attributes)
    ]


def _is_code(attributes: str) -> bool:
    kind = _TYPE.search(attributes)
    return "src=" not in attributes and (not kind or kind[1].lower() in _RUNS)


def _source(text: str) -> str:
    """Name a script by its hash, as the policy wants it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
