"""The list, its rows and what stands around them: progress, menus, tools, new tickets. Begin with views.py."""
