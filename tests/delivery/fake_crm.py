"""A HubSpot and a Salesforce on loopback: records with owners, and every request they read."""

import json
import re
import urllib.parse
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.http_server import Fault, FaultServer, Reply, Request

#: Mail addresses by owner id.
PEOPLE = {"11": "ann@x.example", "12": "bob@x.example"}


@dataclass
class FakeCrm:
    """``owners`` by record; ``writes`` what happens to the next writes instead of success.

    A fault is met after the write was taken: that is what makes an outcome unclear.
    """

    owners: dict[str, str | None] = field(default_factory=lambda: {"A1": None, "A2": "11"})
    writes: deque[Reply | Fault] = field(default_factory=deque)
    reads: deque[Reply | Fault] = field(default_factory=deque)
    server: FaultServer = field(init=False)

    @property
    def written(self) -> list[Request]:
        """The writes that were read to their end."""
        return [one for one in self.server.requests if one.method == "PATCH"]

    @contextmanager
    def serving(self) -> Iterator["FakeCrm"]:
        with FaultServer(success=self._answer) as self.server:
            self.server.silence_seconds = 0.2
            yield self

    def _answer(self, request: Request) -> Reply:
        place = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(place.query))
        if place.path.endswith("/oauth2/token"):
            return _json({"access_token": "session"})
        if request.method == "PATCH":
            return self._write(place.path, json.loads(request.body))
        if self.reads:
            return self.reads.popleft()  # type: ignore[return-value]
        if "owners" in place.path:
            found = [i for i, address in PEOPLE.items() if address == query["email"]]
            return _json({"results": [{"id": i} for i in found]})
        if place.path.endswith("/query"):
            address = re.search(r"Email = '([^']+)'", query["q"])[1]  # type: ignore[index]
            found = [i for i, known in PEOPLE.items() if known == address]
            return _json({"records": [{"Id": i} for i in found]})
        record = place.path.rsplit("/", 1)[1]
        if record not in self.owners:
            return Reply(404, b"[]")
        owner = self.owners[record]
        hubspot = {"id": record, "properties": {"hubspot_owner_id": owner}}
        return _json(hubspot | {"Id": record, "OwnerId": owner})

    def _write(self, path: str, body: dict[str, object]) -> Reply:
        told = self.writes.popleft() if self.writes else None
        if isinstance(told, Reply):
            return told
        owner = body.get("OwnerId") or body["properties"]["hubspot_owner_id"]  # type: ignore[index]
        self.owners[path.rsplit("/", 1)[1]] = str(owner)
        if told is not None:
            return told  # type: ignore[return-value]
        return Reply(204) if "services" in path else _json({"id": "1"})


def _json(told: object) -> Reply:
    return Reply(200, json.dumps(told).encode(), (("Content-Type", "application/json"),))
