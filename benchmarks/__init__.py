"""`make bench`: what a search costs, ours and others side by side, against the sandbox."""
