"""Who looks at a page, as the front tells it: signed, and for a time only.

The front (``cs_assets.desk.front``) signs people in and puts a token into a header of each request.
A page believes that header alone, and only with a signature that is right and not too old.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass

from cs_assets.answers.scope import Asker, asker
from cs_assets.errors import UsageError

#: Letters of a token at most; ours have a few hundred.
_LONGEST = 4096


class NotSignedIn(UsageError):
    """Nobody is known who looks, or not any more; a sentence for that person."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in at the desk.

    ``address``: mail address, or the name of this machine's user where nobody signs in; who is
    written beside each decision. ``until``: UTC, naive; what comes later is not theirs any more.
    """

    asker: Asker
    address: str
    until: dt.datetime

    def checked(self, now: dt.datetime) -> "Viewer":
        """This viewer; raises ``NotSignedIn`` once the time is over."""
        if now >= self.until:
            raise NotSignedIn(
                f"you were signed in until {self.until:%H:%M} UTC: sign in again; what you have "
                "written is kept"
            )
        return self


def signed(viewer: Viewer, key: bytes) -> str:
    """The token of a viewer."""
    said = {
        "who": str(viewer.asker),
        "address": viewer.address,
        "until": viewer.until.isoformat(),
    }
    body = base64.urlsafe_b64encode(json.dumps(said).encode())
    return f"{body.decode()}.{_signature(body, key)}"


def verified(token: str, key: bytes, now: dt.datetime) -> Viewer:
    """The viewer of a token; ``now`` in UTC, naive.

    Raises ``NotSignedIn`` for one that is not ours, was changed, or is over.
    """
    body, _, signature = token.partition(".")
    wrong = NotSignedIn("it is not known who you are: open the desk by its own address")
    if not key or len(token) > _LONGEST:
        raise wrong
    is_ours = hmac.compare_digest(signature.encode(), _signature(body.encode(), key).encode())
    if not is_ours:
        raise wrong
    try:
        said = json.loads(base64.urlsafe_b64decode(body.encode()))
        who, until = asker(said["who"]), dt.datetime.fromisoformat(said["until"])
    except (binascii.Error, ValueError, KeyError, TypeError, UsageError) as error:
        raise wrong from error  # signed by another version of ours
    return Viewer(who, str(said["address"]), until).checked(now)


def _signature(body: bytes, key: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()
