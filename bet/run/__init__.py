"""Parameters in, executed notebook out."""
