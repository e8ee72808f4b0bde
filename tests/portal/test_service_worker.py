"""The service worker is one script at the root."""

from django.conf import settings


def test_the_worker_reaches_every_page_and_is_never_stale(client):
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content.decode().startswith("self.NINGJU = {")


def test_the_handlers_of_push_are_named_only_when_there_are_some(client):
    is_there = (settings.SITE / "static" / "js" / "sw-push.js").exists()
    assert ("/static/js/sw-push" in client.get("/sw.js").content.decode().splitlines()[0]) is is_there
