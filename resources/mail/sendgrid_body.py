"""What SendGrid's v3 API is sent for a letter, made by the standard library alone.

Beside the provider, so that each supported Python can be tried with it without anything installed.
"""

import base64
from typing import Any

from cs_assets.delivery.message.headers import file_name, without_words
from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.message.mime import headers as mail_headers

#: Headers that SendGrid takes from the body's own fields, or sets itself.
_NOT_AS_HEADERS = frozenset({"From", "To", "Subject", "Reply-To", "Date", "Message-ID"})


def request_body(letter: Letter) -> dict[str, Any]:
    """The JSON of a letter; links are not rewritten, opens only tracked on wish."""
    own = {
        name: value for name, value in mail_headers(letter).items() if name not in _NOT_AS_HEADERS
    }
    body: dict[str, Any] = {
        "personalizations": [
            {
                "to": [{"email": letter.recipient}],
                "custom_args": {"delivery_key": letter.delivery_key},
            }
        ],
        "from": {"email": letter.sender},
        "subject": without_words(letter.subject)[:150].strip() or "(no subject)",
        "content": [{"type": "text/plain", "value": letter.text}],
        "headers": own,
        "categories": [letter.category],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": letter.opens_tracked},
        },
    }
    if letter.reply_to:
        body["reply_to"] = {"email": letter.reply_to}
    if letter.html is not None:
        body["content"].append({"type": "text/html", "value": letter.html})
    if letter.attachments:
        body["attachments"] = [
            {
                "content": base64.b64encode(file.content).decode("ascii"),
                "filename": file_name(file.name),
                "type": file.content_type,
                "disposition": "inline" if file.cid else "attachment",
                **({"content_id": file.cid} if file.cid else {}),
            }
            for file in letter.attachments
        ]
    return body
