"""Settings of the kernels that run the book: no notices on stderr, no history file.

Where a run is to be kept (``bet.run.cache``), the kernel records which of our files it reads.
"""

import os

c = get_config()  # noqa: F821 - IPython provides it
c.IPKernelApp.log_level = (
    50  # each end of a kernel begins with an interrupt, which it would call an error
)
c.HistoryManager.enabled = False

if os.environ.get("BET_READS"):
    from bet.run.reads import watch

    watch(os.environ["BET_READS"])
