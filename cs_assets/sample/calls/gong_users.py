"""Our own people as Gong users: reps, managers and CSMs."""

from typing import Any

from cs_assets.sample.calls.recording import user_id
from cs_assets.sample.roster import CSMS, MANAGERS, REPS, Rep

Json = dict[str, Any]


def users() -> list[Json]:
    """Reps, managers and CSMs as Gong users."""
    everyone = [*MANAGERS, *REPS]
    everyone += [Rep(c.name, "Customer Success Manager", "csm", MANAGERS[1].name) for c in CSMS]
    return [_user(rep) for rep in everyone]


def _user(rep: Rep) -> Json:
    first, _, last = rep.name.partition(" ")
    accented = rep.name.lower().replace(" ", ".") + "@" + rep.email.partition("@")[2]
    return {
        "id": user_id(rep.name),
        "emailAddress": rep.email,
        "created": "2024-03-01T08:00:00-08:00",
        "active": True,
        "emailAliases": [accented] if accented != rep.email else [],
        "trustedEmailAddress": None,
        "firstName": first,
        "lastName": last,
        "title": rep.title,
        "phoneNumber": None,
        "extension": None,
        "personalMeetingUrls": [],
        "settings": {
            "webConferencesRecorded": True,
            "preventWebConferenceRecording": False,
            "telephonyCallsImported": True,
            "emailsImported": True,
            "preventEmailImport": False,
            "nonRecordedMeetingsImported": False,
            "gongConnectEnabled": True,
        },
        "managerId": user_id(rep.manager) if rep.manager else None,
        "meetingConsentPageUrl": None,
        "spokenLanguages": [{"language": "en-US", "primary": True}],
    }
