"""The demo district: the real divisions of Changning, plainly invented people, six months of life that obeys the rules.

Built from one seed by COPY, so that it can be multiplied (`manage.py demo --scale 100`) and is the same each time.
"""
