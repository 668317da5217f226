"""Seeing it run: a number for each request, one log line each, and figures for Prometheus."""
