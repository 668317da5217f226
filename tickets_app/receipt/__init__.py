"""The receipt: which requests to Copper are behind what a page shows, each to be repeated by hand. Begin with words.py."""
