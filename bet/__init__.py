"""The machinery of the book: records, the verdict rule, charts, and the models the chapters share."""

import sys

__all__ = ["Chapter"]

# jsonschema imports it where it is installed, to check web addresses that no schema of ours has; it
# compiles 38 grammars at import, more than a second in every process that reads a notebook.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> object:
    # Late, so that the command line and the pure models start without pandas and matplotlib.
    if name == "Chapter":
        from bet.chapter.chapter import Chapter

        return Chapter
    raise AttributeError(f"module 'bet' has no attribute '{name}'")
