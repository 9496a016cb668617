"""Parameters in, executed notebook out."""

# First of all: when papermill is imported it loads its engines, ``bet.run.engine`` among them, which needs
# papermill; the other way round each would wait for the other.
import papermill  # noqa: F401
