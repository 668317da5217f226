"""Work that outlasts a request (an export, a look-up): where it stands, and the words for that. Begin with progress.py."""
