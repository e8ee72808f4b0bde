"""`{{ offer|why }}`, `{{ request|why_returned }}`, `{{ request|what_would_help }}`: lists of sentences."""

from django import template

from matching import words

register = template.Library()
register.filter("why", words.why)
register.filter("why_returned", words.why_returned)
register.filter("what_would_help", words.what_would_help)
