"""Who may pass: the company's limits, its credentials and scopes, and its OAuth tokens."""

import base64
import datetime as dt
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from cs_assets.gong.simulator.clock import Clock
from cs_assets.gong.simulator.protocol import Refused, Request, Response, form_of, json_of, too_many


@dataclass(frozen=True)
class Limits:
    """Requests allowed to the company; none means no limit."""

    per_second: int | None = 3
    per_day: int | None = 10_000


class Gate:
    """Counts requests against ``limits`` and checks who asks.

    ``refresh_token`` is the one that is good now; each use of it makes another.
    """

    def __init__(
        self, clock: Clock, limits: Limits, scopes: Iterable[str], key: str, secret: str
    ) -> None:
        self.limits = limits
        self.scopes = set(scopes)
        self.refresh_token = "first"  # noqa: S105
        self.access_tokens: dict[str, dt.datetime] = {}
        self._clock = clock
        self._basic = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
        self._recent: deque[float] = deque()
        self._today: tuple[dt.date, int] = (dt.date.min, 0)
        self._lock = threading.Lock()

    def count(self) -> None:
        """Count a request against the limits; one too many counts as well."""
        with self._lock:
            today, used = self._today
            now = self._clock.now()
            used = used + 1 if today == now.date() else 1
            self._today = (now.date(), used)
            if self.limits.per_day is not None and used > self.limits.per_day:
                midnight = dt.datetime.combine(now.date(), dt.time(tzinfo=dt.UTC))
                left = midnight + dt.timedelta(days=1) - now
                raise too_many(int(left.total_seconds()) + 1)
            if self.limits.per_second is None:
                return
            moment = time.monotonic()
            while self._recent and moment - self._recent[0] >= 1.0:
                self._recent.popleft()
            if len(self._recent) >= self.limits.per_second:
                raise too_many(1)
            self._recent.append(moment)

    @property
    def used_today(self) -> int:
        return self._today[1]

    def check_credentials(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if given == self._basic:
            return
        expires = self.access_tokens.get(given.removeprefix("Bearer "))
        if expires is None or expires <= self._clock.now():
            raise Refused(401, "Failed to verify the credentials")

    def check_scope(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refused(401, f"You don't have permission to use '{scope}' in your app.")

    def token(self, request: Request, base_url: str) -> Response:
        """A new pair for the refresh token, which is then dead."""
        fields = dict(request.query) | form_of(request.body)
        if request.headers.get("authorization") != self._basic:
            return json_of(401, {"error": "invalid_client"})
        with self._lock:
            if fields.get("refresh_token") != self.refresh_token:
                return json_of(
                    400,
                    {"error": "invalid_grant", "error_description": "token was used or revoked"},
                )
            self.refresh_token = secrets.token_urlsafe(16)
            access = secrets.token_urlsafe(16)
            self.access_tokens[access] = self._clock.now() + dt.timedelta(days=1)
        return json_of(
            200,
            {
                "access_token": access,
                "refresh_token": self.refresh_token,
                "token_type": "bearer",
                "expires_in": 86_400,
                "scope": " ".join(sorted(self.scopes)),
                "api_base_url_for_customer": base_url,
            },
        )
