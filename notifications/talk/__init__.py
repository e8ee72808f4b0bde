"""Conversations about an assignment or an activity, without anybody's phone number."""
