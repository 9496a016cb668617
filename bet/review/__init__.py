"""Two revisions compared, and what is due."""
