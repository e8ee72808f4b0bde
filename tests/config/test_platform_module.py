"""`platform` is also a module of the standard library: ours is a source root and must never become a package."""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]


def origin_of_platform(*arguments, **options):
    code = "import platform; print(platform.__file__)"
    done = subprocess.run(
        [sys.executable, *arguments, "-c", code], capture_output=True, text=True, check=True, **options
    )
    return Path(done.stdout.strip().splitlines()[-1])


def test_platform_is_the_standard_librarys_where_the_site_runs():
    found = origin_of_platform(cwd=ROOT, env={"PYTHONPATH": ".:platform", "PATH": ""})
    assert found.parent == Path(sysconfig.get_path("stdlib"))


def test_platform_is_the_standard_librarys_where_tests_run():
    import platform

    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))


def test_the_source_root_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not list((ROOT / "platform").glob("*.py"))
