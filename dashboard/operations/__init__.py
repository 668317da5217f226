"""Seeing it run: a number and a log line for each request, metrics for Prometheus, health.

Begin with request_log.py. Knows no page; the service module only tells an observer what it does.
"""
