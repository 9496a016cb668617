"""Where this repository's own book is; tests of other books stand in a folder of their own."""

from __future__ import annotations

from bet.paths import Root, here

BOOK_ROOT: Root = here()
ROOT, BOOK, BUILD = BOOK_ROOT.folder, BOOK_ROOT.book, BOOK_ROOT.build
SITE = BUILD / "html"
