"""The plan for all open needs at once, as a worker sees it, changes it by hand and sends it.

`board` lays out needs and people, `solving` gives the best plan and the one with the changes made by hand, `gaps` says
what would fill what stays empty, `reading` is the page, `picture` its map. What is written is in services/plans.py.
"""
