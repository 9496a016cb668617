"""Settings of the kernels that run the book: no notices on stderr, no history file."""

c = get_config()  # noqa: F821 - IPython provides it
c.IPKernelApp.log_level = 40
c.HistoryManager.enabled = False
