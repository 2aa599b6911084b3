"""Claude's cache on loopback, by its published rules: what a marked beginning of a prompt costs."""

import hashlib
import json
import secrets
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request

#: Tokens that a beginning must have to be kept; shorter ones are not, and nobody is told.
LEAST = 1024


@dataclass
class CachingClaude:
    """Answers ``text`` to each request, and counts as Claude does: a token is four characters.

    ``before``: the requests are counted as the first version would have sent them, with a fresh
    word before the data and a mark behind the instructions alone.
    """

    text: str
    before: bool = False
    input: int = 0
    read: int = 0
    written: int = 0
    _kept: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Reply:
        body = _as_before(request.json) if self.before else request.json
        with self._lock:
            usage = self._used(body)
        return fake_claude.message(json.dumps({"text": self.text}), usage=usage)

    @property
    def uncached(self) -> int:
        return self.input - self.read

    def _used(self, body: dict[str, Any]) -> dict[str, int]:
        prefix = hashlib.sha256(body["model"].encode())
        tokens = read = marked = 0
        for block in _blocks(body):
            prefix.update(json.dumps([block["role"], block["text"]]).encode())
            tokens += len(block["text"]) // 4 + 4
            if block["is_marked"] and tokens >= LEAST:
                marked = tokens
                if (name := prefix.hexdigest()) in self._kept:
                    read = tokens
                self._kept.add(name)
        self.input += tokens
        self.read += read
        self.written += marked - read
        return {
            "input_tokens": tokens - marked,
            "cache_creation_input_tokens": marked - read,
            "cache_read_input_tokens": read,
            "output_tokens": 150,
        }


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = [("system", block) for block in body["system"]]
    for message in body["messages"]:
        content = message["content"]
        parts = [{"text": content}] if isinstance(content, str) else content
        found += [(message["role"], part) for part in parts]
    return [
        {"role": role, "text": part["text"], "is_marked": "cache_control" in part}
        for role, part in found
    ]


def _as_before(body: dict[str, Any]) -> dict[str, Any]:
    old = deepcopy(body)
    data, *rest = old["messages"][0]["content"]
    word = data["text"].split(maxsplit=2)[1]
    text = data["text"].replace(word, secrets.token_hex(8))
    old["messages"][0]["content"] = "\n\n".join([text, *(block["text"] for block in rest)])
    return old
