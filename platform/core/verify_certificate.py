"""`python -m core.verify_certificate FILE_OR_TEXT --key keys.json`: checks a certificate without the network.

FILE_OR_TEXT is the PDF, or what a phone read from its code. `keys.json` is what the site publishes at
/verify/keys.json; with `--revoked revoked.json` (from /verify/revoked.json) what was revoked is known, too. Needs
nothing of the site but core/signatures.py. The answer is the exit code: 0 genuine, 1 not, 2 could not be read.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from core.signatures import NotGenuine, Payload, PublicKeys, read_key_set, verify

STATEMENT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
WORDS = {
    "unreadable": "This is no signed certificate.",
    "unknown_key": "Signed with a key that is not in the key file.",
    "altered": "NOT GENUINE: the text was altered after it was signed.",
    "another_kind": "This is signed, but it is no certificate.",
}


def statement_in(text: str) -> str:
    """The first signed statement in a text, an address or the bytes of a PDF; empty when there is none."""
    found = STATEMENT.search(text)
    return found[0] if found else ""


def read(source: str) -> str:
    path = Path(source)
    try:
        return path.read_bytes().decode("latin-1") if path.is_file() else source
    except OSError:  # a text too long for a file name
        return source


def revoked_state(serial: str, revoked: str, keys: PublicKeys) -> str:
    """What the signed list says about a serial; empty when it is not on it. Raises NotGenuine."""
    signed = json.loads(Path(revoked).read_text(encoding="utf-8"))["signed"]
    listed = verify(signed, kind="revoked-certificates", keys=keys)["certificates"]
    return next((f"{row['state']} on {row['on']}" for row in listed if row["serial"] == serial), "")


def lines_of(said: Payload) -> list[str]:
    hours, minutes = divmod(said["minutes"], 60)
    return [
        f"Number    {said['serial']}",
        f"Name      {said['name']}",
        f"Service   {said['from']} to {said['to']}",
        f"Time      {hours} h {minutes:02d} min in {said['services']} services",
        f"Issued    {said['issued']} by {said['issuer']}",
    ]


def check(source: str, key: str, revoked: str = "") -> tuple[int, list[str]]:
    """Exit code and the lines to show."""
    try:
        keys = read_key_set(json.loads(Path(key).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        return 2, [f"The key file cannot be read: {error}"]
    try:
        said = verify(statement_in(read(source)), kind="certificate", keys=keys)
        state = revoked_state(said["serial"], revoked, keys) if revoked else ""
    except NotGenuine as refused:
        return 2 if refused.why == "unreadable" else 1, [WORDS[refused.why]]
    except (OSError, ValueError, KeyError) as error:
        return 2, [f"The list of revoked certificates cannot be read: {error}"]
    if state:
        return 1, [f"NO LONGER VALID: {state}.", *lines_of(said)]
    known = "" if revoked else " Whether it was revoked since is not known without --revoked."
    return 0, [f"GENUINE.{known}", *lines_of(said)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.verify_certificate", description=__doc__)
    parser.add_argument("source", metavar="FILE_OR_TEXT", help="the PDF, or the text of its code")
    parser.add_argument("--key", required=True, help="the published keys (keys.json)")
    parser.add_argument("--revoked", default="", help="the published list (revoked.json)")
    asked = parser.parse_args()
    code, lines = check(asked.source, asked.key, asked.revoked)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
