"""One request to Copper: who may ask and when, how it is carried, and whether it is asked again.

Begin with client.py. May import what stands beside it in copper/ (errors, resources, numbers), never copper/walking/ nor
anything of the site.
"""
