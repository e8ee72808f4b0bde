"""The bridge from the ASGI server to Django's WSGI handler, with a WSGI application that says what it was given."""

import json
import threading

import pytest

from config import pages

REPEATED = {"HTTP_COOKIE": "a=1; b=2", "HTTP_ACCEPT": "x,y"}


def echo(environ, start_response):
    kept = {name: value for name, value in environ.items() if isinstance(value, str)}
    body = environ["wsgi.input"].read()
    start_response("201 Created", [("Content-Type", "application/json"), ("Set-Cookie", " a=1")])
    yield json.dumps(kept | {"body": body.decode(), "thread": threading.current_thread().name}).encode()


async def ask(application, *, parts=(b"",), **scope):
    """Sends one request in `parts`; returns the messages that came back. A part of None: the reader hangs up."""
    waiting = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        if part is not None
        else {"type": "http.disconnect"}
        for number, part in enumerate(parts, 1)
    ]
    sent = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    given = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/%E5%BF%97/%FF",
        "query_string": b"q=1",
        "http_version": "1.1",
        "scheme": "https",
        "headers": [],
        "server": ("ningju.example", 443),
        "client": ("192.0.2.7", 5555),
    }
    await pages.Pages(application, threads=2)(given | scope, receive, send)
    return sent


async def test_a_request_arrives_whole_and_the_answer_goes_back():
    headers = [
        (b"host", b"ningju.example"),
        (b"content-type", b"text/plain"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"x"),
        (b"accept", b"y"),
        (b"x_forwarded_for", b"203.0.113.9"),
    ]
    start, body = await ask(echo, parts=(b"one ", b"two"), headers=headers)
    seen = json.loads(body["body"])
    assert start["status"] == 201
    assert (b"set-cookie", b"a=1") in start["headers"]
    assert seen["PATH_INFO"].encode("latin1") == "/志/".encode() + b"\xff"
    assert (seen["QUERY_STRING"], seen["REQUEST_METHOD"], seen["REMOTE_ADDR"]) == ("q=1", "POST", "192.0.2.7")
    assert (seen["body"], seen["CONTENT_LENGTH"], seen["CONTENT_TYPE"]) == ("one two", "7", "text/plain")
    assert {name: seen[name] for name in REPEATED} == REPEATED
    assert "HTTP_X_FORWARDED_FOR" not in seen
    assert seen["thread"].startswith("page")


async def test_a_long_answer_is_sent_while_it_is_made():
    def export(environ, start_response):
        start_response("200 OK", [])
        for _ in range(5):
            yield b"x" * pages.ANSWER_IN_MEMORY

    start, *bodies = await ask(export)
    assert start["status"] == 200
    assert len(bodies) > 2
    assert max(len(body["body"]) for body in bodies) <= 2 * pages.ANSWER_IN_MEMORY
    assert sum(len(body["body"]) for body in bodies) == 5 * pages.ANSWER_IN_MEMORY
    assert [body["more_body"] for body in bodies] == [True] * (len(bodies) - 1) + [False]


async def test_a_body_that_is_too_large_never_reaches_the_site():
    def unreachable(environ, start_response):
        raise AssertionError

    start, _ = await ask(unreachable, parts=(b"x" * pages.BODY_AT_MOST, b"x"))
    assert start["status"] == 413


async def test_nothing_is_done_for_a_reader_who_left_before_the_request_was_complete():
    def unreachable(environ, start_response):
        raise AssertionError

    assert await ask(unreachable, parts=(b"half", None)) == []


async def test_the_answer_is_closed_also_when_the_site_fails():
    closed = []

    class Answer:
        def __iter__(self):
            raise ZeroDivisionError

        def close(self):
            closed.append(True)

    with pytest.raises(ZeroDivisionError):
        await ask(lambda *_: Answer())
    assert closed
