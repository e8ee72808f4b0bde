import os
import re
from pathlib import Path

from config import environment

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""(?:environ\.get\(|environ\[|flag\(|words\()"([A-Z_]+)\"""")


def test_every_variable_that_is_read_stands_in_the_example():
    example = (ROOT / ".env.example").read_text()
    read = set()
    for folder in ("platform", "accounts", "activities", "matching", "notifications"):
        for file in (ROOT / folder).rglob("*.py"):
            read |= set(READ.findall(file.read_text()))
    assert "DATABASE_URL" in read
    assert sorted(name for name in read if not re.search(rf"\b{name}\b", example)) == []


def test_the_shell_comes_before_the_file(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a comment=no\nNINGJU_ONE=from the file\nNINGJU_TWO='quoted'\n\nNINGJU_THREE=a=b\n")
    monkeypatch.setenv("NINGJU_ONE", "from the shell")
    for name in ("NINGJU_TWO", "NINGJU_THREE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    environment.read(file)
    assert [os.environ[f"NINGJU_{name}"] for name in ("ONE", "TWO", "THREE")] == [
        "from the shell",
        "quoted",
        "a=b",
    ]
    assert "# a comment" not in os.environ
