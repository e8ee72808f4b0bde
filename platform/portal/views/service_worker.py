"""The service worker, at the root: a worker reaches only pages below its own address."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

SCRIPTS = settings.SITE / "static" / "js"


def service_worker(_request: HttpRequest) -> HttpResponse:
    """`static/js/sw.js`, told where the handlers of push messages are. Asked again by the browser at every visit."""
    push = static("js/sw-push.js") if (SCRIPTS / "sw-push.js").exists() else ""
    told = f"self.NINGJU = {json.dumps({'push': push})};\n"
    script = (SCRIPTS / "sw.js").read_text(encoding="utf-8")
    return HttpResponse(
        told + script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
