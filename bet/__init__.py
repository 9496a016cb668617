"""The machinery of the book: records, the verdict rule, charts, and the models the chapters share."""

__all__ = ["Chapter"]


def __getattr__(name: str) -> object:
    # Late, so that the command line and the pure models start without pandas and matplotlib.
    if name == "Chapter":
        from bet.chapter import Chapter

        return Chapter
    raise AttributeError(f"module 'bet' has no attribute '{name}'")
