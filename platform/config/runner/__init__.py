"""`make run`: everything the site needs, as processes of one terminal.

Why not honcho, supervisor or a shell script: honcho ends everything when one process ends, supervisor is a daemon with
its own configuration and knows no order of readiness, and neither makes sure that nothing is left when it is killed.
What is needed is small: start in order, wait until ready, restart with a growing pause, stop in order.
"""
