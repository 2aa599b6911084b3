"""Finds waits without a bound in Python text: what may hang for ever where something goes wrong.

A line that ends in ``# bounded: reason`` is passed over, for what is bounded in another way.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

_BOUNDED = "# bounded:"
#: Calls by their last two names that take ``timeout`` and wait for ever without it.
_NEED_TIMEOUT = {
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "socket.create_connection",
    "request.urlopen",
    "smtplib.SMTP",
    "smtplib.SMTP_SSL",
    "client.HTTPConnection",
    "client.HTTPSConnection",
}
#: Methods that wait for ever when they are given nothing.
_NEED_ARGUMENT = {"wait", "join", "communicate", "result", "acquire"}
#: Methods that wait for another process or machine, and take no bound themselves.
_NEVER = {"readline"}
_CLOCKS = {"monotonic", "perf_counter", "time"}


def unbounded(path: Path) -> Iterator[str]:
    """Each wait without a bound, as ``file:line: what``."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        what = _in_call(node) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.While):
            what = _in_loop(node)
        if what and not any(_BOUNDED in line for line in _lines_of(node, lines)):
            yield f"{path.name}:{node.lineno}: {what}"


def _lines_of(node: ast.Call | ast.While, lines: list[str]) -> list[str]:
    last = node.lineno if isinstance(node, ast.While) else node.end_lineno or node.lineno
    return lines[node.lineno - 1 : last]


def _in_call(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    last = name.rsplit(".", 1)[-1]
    given = {keyword.arg for keyword in call.keywords}
    if ".".join(name.split(".")[-2:]) in _NEED_TIMEOUT:
        at = 1 if last == "create_connection" else None
        if "timeout" not in given and not (at is not None and len(call.args) > at):
            return f"{name} without timeout"
    elif name in ("os.wait", "os.waitpid", "os.wait3", "os.wait4"):
        if "WNOHANG" not in ast.unparse(call):
            return f"{name} without WNOHANG"
    elif last in ("flock", "lockf") and len(call.args) > 1:
        how = ast.unparse(call.args[1])
        return None if "LOCK_NB" in how or "LOCK_UN" in how else f"{name} without LOCK_NB"
    elif not isinstance(call.func, ast.Attribute):
        return None
    elif last in _NEED_ARGUMENT and not call.args and not given & {"timeout", "blocking"}:
        return f".{last}() without a bound"
    elif last == "wait_for" and [type(one) for one in call.args] == [ast.Lambda] and not given:
        return ".wait_for() without a bound"
    elif last == "get" and not call.args and not given and "queue" in name.lower():
        return f"{name}() without timeout"
    elif last in _NEVER and not call.args:
        return f".{last}() waits for whom it reads from"
    return None


def _in_loop(loop: ast.While) -> str | None:
    """A loop that sleeps until something is so, and looks at no clock and counts no turns."""
    calls = [ast.unparse(node.func) for node in ast.walk(loop) if isinstance(node, ast.Call)]
    if not any(call.rsplit(".", 1)[-1] == "sleep" for call in calls):
        return None
    looks = any(call.rsplit(".", 1)[-1] in _CLOCKS for call in calls)
    return None if looks else "a loop that sleeps and looks at no clock"
