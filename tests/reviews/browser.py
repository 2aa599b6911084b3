"""Pages in a headless Chromium: what a script finds in them, without a driver."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

_ALONE = ("unshare", "-rn") if shutil.which("unshare") else ()

#: A page narrower than the window can be: it is put into a frame of that width.
_FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe id="f" src="{src}"
style="border:0;width:{width}px;height:900px"></iframe><pre id="out"></pre><script>
const frame = document.getElementById("f");
frame.addEventListener("load", async () => {{
  const page = frame.contentWindow, doc = frame.contentDocument;
  let found;
  try {{ found = await (async () => {{ {script} }})(); }}
  catch (e) {{ found = {{error: String(e)}}; }}
  document.getElementById("out").textContent = "FOUND" + JSON.stringify(found) + "END";
}});
</script>"""


def look(page: Path, script: str, folder: Path, *, width: int = 1280, hash: str = "") -> Any:
    """What ``script`` (the body of an async function with ``page`` and ``doc``) returns."""
    holder = folder / "holder.html"
    holder.write_text(
        _FRAME.format(src=page.as_uri() + hash, width=width, script=script), encoding="utf-8"
    )
    done = subprocess.run(
        [
            # In a network of its own without routes: Chromium looks for its maker's servers.
            *_ALONE, CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
            "--allow-file-access-from-files", "--disable-web-security",
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1400,1000", "--virtual-time-budget=20000", "--dump-dom", holder.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r"FOUND(.*?)END</pre>", done.stdout, re.DOTALL)
    assert found, (done.stdout[-500:], done.stderr[-500:])

    return json.loads(html.unescape(found[1]))
