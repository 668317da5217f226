"""The one Django app: the pages on which staff find and read tickets, in rooms by what people do (CONTRIBUTING.md, "The map").

Begin with urls.py. Rooms import from the floors below them, never from a neighbour: pages from long_runs/, filters/,
display/ and gateway/; the gateway from copper/.
"""
