"""A headless Chromium driven by its own protocol: pages are looked at and used as people do it.

Every wait has a bound; what does not come in time is an ``AssertionError`` that says what the page
shows.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
#: Seconds for a page to come to what is waited for, on a busy machine.
PATIENCE = float(os.environ.get("BROWSER_PATIENCE", "90"))
_STEP = 0.05
#: Elements of a page at most that somebody goes through to one of them.
_MOST_TABS = 250

#: What a person would call things on a page: found by role or label and name, visible ones only.
_FIND = """
const shown = (node) => node && node.getClientRects().length > 0;
const words = (node) => (node.getAttribute("aria-label") || node.innerText || "").trim();
const find = (selector, name) => [...document.querySelectorAll(selector)].find(
  (node) => shown(node) && (name === null || words(node).includes(name)));
const labelled = (label) => {
  const named = [...document.querySelectorAll("label")].find(
    (node) => shown(node) && words(node).startsWith(label));
  const of = named && (named.control || (named.closest("[data-testid]") || named.parentElement)
    .querySelector("input, textarea, [role=combobox], [role=slider]"));
  return of || [...document.querySelectorAll("input, textarea, [role=combobox], [role=slider]")]
    .find((node) => (node.getAttribute("aria-label") || "").startsWith(label));
};
"""

#: A page whose script has ended, with nothing left of what it showed before.
_AT_REST = (
    "document.querySelector('[data-test-script-state=notRunning]')"
    " && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')"
)


@dataclass
class Page:
    """One page; keys go to whatever has the focus."""

    link: ClientConnection
    _sent: int = 0

    def ask(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol and its answer; events in between are passed over."""
        self._sent += 1
        self.link.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = json.loads(self.link.recv(timeout=PATIENCE))
            if answer.get("id") == self._sent:
                assert "error" not in answer, (method, answer)
                return answer["result"]
        raise AssertionError(f"{method}: no answer in {PATIENCE:.0f} s")

    def run(self, script: str) -> Any:
        """What the body of an async function returns on the page."""
        told = self.ask(
            "Runtime.evaluate", expression=f"(async () => {{ {_FIND} {script} }})()",
            awaitPromise=True, returnByValue=True, userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, condition: str, what: str) -> Any:
        """Wait until an expression on the page is true; ``what`` is told when it never is."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError):  # between two pages there is none
                if found := self.run(f"return {condition};"):
                    return found
            time.sleep(_STEP)
        shown = self.run("return document.body.innerText.slice(0, 2000);")
        raise AssertionError(f"{what} did not come; the page shows: {shown}")

    def open(self, address: str, shows: str) -> None:
        """Go to an address and wait for the words that it shows once it is ready."""
        self.ask("Page.navigate", url=address)
        self.shows(shows)

    def shows(self, words: str) -> None:
        """Wait for words on a page that has come to rest."""
        told = json.dumps(words)
        self.until(
            f"document.body.innerText.includes({told}) && {_AT_REST}",
            f"“{words}”",
        )

    def click(self, selector: str, name: str | None = None) -> None:
        """Click the first visible element of a selector whose words hold a name."""
        found = f"find({json.dumps(selector)}, {json.dumps(name)})"
        self.until(f"Boolean({found})", f"{selector} “{name}”")
        self.run(f"const node = {found}; node.scrollIntoView({{block: 'center'}}); node.click();")

    def focus(self, label: str) -> None:
        """Put the focus on the field with a label."""
        told = json.dumps(label)
        self.until(f"Boolean(labelled({told}))", f"a field “{label}”")
        self.run(f"labelled({told}).focus();")

    def write(self, label: str, text: str) -> None:
        """Write a text into the field with a label and leave it."""
        self.focus(label)
        self.press("a", control=True)
        self.ask("Input.insertText", text=text)
        self.press("Tab")

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list by its words, with the keyboard."""
        self.focus(label)
        self.press("ArrowDown")
        self.ask("Input.insertText", text=option)
        self.until(f"Boolean(find('[role=option]', {json.dumps(option)}))", f"option “{option}”")
        self.press("Enter")

    def reach(self, selector: str, name: str) -> None:
        """Go from element to element with Tab, as somebody without a mouse, to the one named."""
        told = (
            f"document.activeElement.matches({json.dumps(selector)})"
            f" && words(document.activeElement).includes({json.dumps(name)})"
        )
        self._tab_until(told, f"{selector} “{name}”")

    def reach_field(self, label: str) -> None:
        """Likewise to the field with a label."""
        self._tab_until(f"document.activeElement === labelled({json.dumps(label)})", label)

    def _tab_until(self, condition: str, what: str) -> None:
        for _ in range(_MOST_TABS):
            if self.run(f"return {condition};"):
                return
            self.press("Tab")
        raise AssertionError(f"{what} has never come into focus")

    def press(self, key: str, *, control: bool = False) -> None:
        """Press a key as a keyboard does."""
        codes = {"Tab": 9, "Enter": 13, "ArrowDown": 40, "ArrowRight": 39, "ArrowLeft": 37,
                 " ": 32, "Escape": 27, "a": 65}  # fmt: skip
        told: dict[str, Any] = {
            "key": key, "code": key, "windowsVirtualKeyCode": codes[key],
            "modifiers": 2 if control else 0,
        }  # fmt: skip
        if key in ("Enter", " ") and not control:
            told["text"] = "\r" if key == "Enter" else " "
        self.ask("Input.dispatchKeyEvent", type="keyDown", **told)
        told.pop("text", None)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **told)

    def sized(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """The window of a reader: its size, and whether their system asks for dark."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 640,
        )  # fmt: skip
        scheme = "dark" if dark else "light"
        self.ask(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """A PNG of the page; ``whole``: all that can be scrolled to."""
        if whole:
            height = self.run(
                "const main = document.querySelector('[data-testid=stMain]');"
                "return Math.ceil((main ? main.scrollHeight : document.body.scrollHeight));"
            )
            width = self.run("return window.innerWidth;")
            self.ask(
                "Emulation.setDeviceMetricsOverride", width=width, deviceScaleFactor=1,
                height=min(6000, max(500, height)), mobile=False,
            )  # fmt: skip
            time.sleep(0.4)
        told = self.ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page of a browser of its own, without any way to its maker's servers."""
    process = subprocess.Popen(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--remote-debugging-port=0", "--remote-allow-origins=*", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            "--disable-default-apps", "--disable-sync", f"--user-data-dir={folder / 'profile'}",
            "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=127.0.0.1",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = _port(folder / "profile" / "DevToolsActivePort", process)
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
            pages: list[Mapping[str, Any]] = json.load(answer)
        address = next(one["webSocketDebuggerUrl"] for one in pages if one["type"] == "page")
        with connect(address, max_size=None, open_timeout=PATIENCE) as link:
            page = Page(link)
            page.ask("Page.enable")
            yield page
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait(20)


def _port(told: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if told.is_file() and (lines := told.read_text().split("\n")) and lines[0].isdigit():
            return int(lines[0])
        assert process.poll() is None, "the browser ended"
        time.sleep(_STEP)
    raise AssertionError("the browser did not start")
