"""`python -m bench.search`: how well the search finds, and how fast it does with a city's worth of documents.

On a database of its own that is thrown away. `DOCUMENTS` sets the size, a million by default.
"""

import os
import sys

from config.embedded import Home, running


def main() -> None:
    with Home.thrown_away() as home, running(home):
        os.environ |= {
            "DATABASE_URL": home.database_url,
            "REDIS_URL": home.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        from bench.matching.rows import machine
        from bench.search import quality, scale

        call_command("migrate", verbosity=0)
        print(machine())
        quality.judged(print)
        scale.measured(print, documents=int(os.environ.get("DOCUMENTS", "1000000")))


if __name__ == "__main__":
    sys.exit(main())
