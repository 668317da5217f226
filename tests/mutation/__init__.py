"""Small changes to the code, one after the other: the tests nearest to each must turn red.

Begin with __main__.py (`make mutation`): changes.py draws them, lua_changes.py lists those of the Lua, nearest.py says
which tests are asked. What stayed unseen, and why: docs/mutation.md.
"""
