"""Everybody at once, over HTTP, with real connections: as many as there are places, and nobody sees an error."""

import http.client
import threading
from collections import Counter

import pytest

TOKEN = "r" * 32


def post_all_at_once(site, paths, sessions):
    """One connection and thread a person, all released together; the status codes and pages, redirects followed."""
    host = site.address.removeprefix("http://")
    start = threading.Barrier(len(paths))
    answers = [None] * len(paths)

    def post(index):
        headers = {"Cookie": f"sessionid={sessions[index]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        connection = http.client.HTTPConnection(host, timeout=120)
        connection.connect()
        start.wait()
        connection.request("POST", paths[index], headers=headers)
        answer = connection.getresponse()
        body, status = answer.read().decode(), answer.status
        if status in (302, 303):
            cookies = "; ".join(
                value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"
            )
            headers["Cookie"] += f"; {cookies}" if cookies else ""
            connection.request("GET", answer.getheader("Location"), headers=headers)
            answer = connection.getresponse()
            body, status = answer.read().decode(), answer.status
        answers[index] = (status, body)
        connection.close()

    threads = [threading.Thread(target=post, args=(index,)) for index in range(len(paths))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.race
@pytest.mark.journey
@pytest.mark.parametrize(("kind", "places", "people"), [("shift", 5, 200), ("need", 1, 20)])
def test_a_rush_fills_exactly_the_places_and_everybody_gets_a_friendly_answer(site, kind, places, people):
    rush = site.script("prepare_rush.py", kind)
    assert len(rush["paths"]) == len(rush["sessions"]) == people
    answers = post_all_at_once(site, rush["paths"], rush["sessions"])
    after = site.script("count_rush.py", kind, str(rush["id"]))
    assert (after["rows"], after["counted"]) == (places, places)
    statuses = Counter(status for status, _ in answers)
    assert max(statuses) < 500, statuses
    assert all(len(body) > 500 for _, body in answers)
    if kind == "need":
        assert Counter(after["offers"]) == {"accepted": 1, "taken": 19}
