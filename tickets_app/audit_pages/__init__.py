"""The pages of the audit trail, for those who may see it: the events as a table and as files. Begin with views.py.

Recording is in audit/; here it is only read.
"""
