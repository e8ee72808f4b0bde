"""Which release of the site this process runs, so that pages that stay open for days notice a new one."""

import hashlib
from functools import cache

from django.conf import settings

CODE = ("*.py", "*.html", "*.css", "*.js", "*.mo")
FOLDERS = ("platform", "accounts", "activities", "matching", "notifications")


@cache
def release() -> str:
    """Twelve characters that change with any file of the site."""
    found = hashlib.sha256()
    for folder in FOLDERS:
        for pattern in CODE:
            for path in sorted((settings.ROOT / folder).rglob(pattern)):
                status = path.stat()
                found.update(
                    f"{path.relative_to(settings.ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode()
                )
    return found.hexdigest()[:12]
