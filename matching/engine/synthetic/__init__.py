"""Invented worlds to judge methods on: every draw comes from a seed, and the truth is known.

These generators were fixed before the methods that are judged on them. Nothing here is taken from a real person.
"""
