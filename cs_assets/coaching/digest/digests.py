"""One rep's digest from their week: facts, words, pages, proof. Nothing is stored here."""

import datetime as dt
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from cs_assets.ai.writing import Draft, Prompt, Writer
from cs_assets.coaching.digest.calendar_file import follow_up
from cs_assets.coaching.digest.gate import (
    Reason,
    address_reasons,
    content_reasons,
    pause_reasons,
    unread_reasons,
)
from cs_assets.coaching.digest.kept import as_it_was, kept_view
from cs_assets.coaching.digest.language import language_of, told_in
from cs_assets.coaching.digest.proof import told
from cs_assets.coaching.digest.rendering import as_html, as_text, filled_once, filler
from cs_assets.coaching.digest.sheet import digest_sheet
from cs_assets.coaching.digest.view import digest_view
from cs_assets.coaching.digest.writing import assignments, told_to_reader
from cs_assets.coaching.planning.focus import behaviour_of
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.coaching.trial import FULL, form_of
from cs_assets.facts.model import FactSheet


@dataclass(frozen=True)
class Digest:
    """A digest ready to be kept and, unless there are ``reasons``, sent."""

    week: RepWeek
    sheet: FactSheet
    layout: str
    """What stands where, as ``kept`` keeps it: what paper is made from."""
    passages: list[dict[str, Any]]
    drafts: list[Draft]
    subject: str
    html: str
    text: str
    reasons: list[Reason]
    form: str = FULL
    trial: str | None = None
    """The trial that the form was drawn for."""
    calendar: str | None = None
    """The follow-up of this week's focus as a calendar file."""
    pdf: bytes | None = None
    """The digest on paper, where mails carry it."""

    @cached_property
    def identified_sheet(self) -> tuple[str, str]:
        """The sheet's ``snapshot_id`` and JSON."""
        return self.sheet.identified()

    @cached_property
    def passages_json(self) -> str:
        return orjson.dumps(self.passages).decode()

    @cached_property
    def content_sha256(self) -> str:
        parts = "\0".join((self.subject, self.html, self.text))
        return hashlib.sha256(parts.encode()).hexdigest()

    @property
    def files(self) -> dict[str, tuple[str, str | bytes]]:
        """By part: the ending of its file and its content.

        ``facts`` is the proof beside it: passages, sheet, and the layout that paper is made from.
        """
        sheet = self.identified_sheet[1]
        proof = (
            f'{{"passages": {self.passages_json},\n"sheet": {sheet},\n"layout": {self.layout}}}\n'
        )
        found: dict[str, tuple[str, str | bytes]] = {
            "html": (".html", self.html),
            "text": (".md", self.text),
            "facts": (".facts.json", proof),
        }
        found |= {"calendar": (".ics", self.calendar)} if self.calendar else {}
        return found | ({"pdf": (".pdf", self.pdf)} if self.pdf else {})

    @property
    def file_stem(self) -> str:
        return file_stem(self.week.rep.name, self.week.rep.user_id)


def write_digest(
    week: RepWeek, writer: Writer, instructions: Prompt, policy: CoachingPolicy
) -> Digest:
    """The digest of one rep's week; raises what is wrong with it (too large, rejected text)."""
    policy = told_in(policy, policy.language_for(week.rep.user_id, week.rep.email))
    t = language_of(policy)
    sheet = digest_sheet(week, policy)
    drafts = writer.write(assignments(week, sheet, instructions, t))
    written = {draft.key: draft.text for draft in drafts}
    view = digest_view(week, sheet, written, policy, told_to_reader(drafts, t))
    form, trial = form_of(policy, week.rep.user_id, week.monday)
    view = view if form == FULL else view.shortened()
    fills = filled_once(sheet, t.write)
    passages, say = told(view.texts(), fills), filler(fills)
    layout = kept_view(view, say)
    html = as_html("digest.html.j2", view, fills, policy.html_limit_bytes, sheet.entity_id)
    text = as_text(view, fills)
    return Digest(
        week=week,
        sheet=sheet,
        layout=layout,
        passages=passages,
        drafts=drafts,
        subject=say(view.subject),
        html=html,
        text=text,
        form=form,
        trial=trial,
        calendar=_calendar(week, policy),
        pdf=on_paper(layout, sheet.cutoff, policy) if policy.attach_pdf else None,
        reasons=[
            *address_reasons(week.rep),
            *pause_reasons(week.rep, week.monday, policy),
            *unread_reasons(week.unread_week),
            *content_reasons(html, text, passages),
        ],
    )


def on_paper(layout: str, cutoff: dt.datetime, policy: CoachingPolicy) -> bytes:
    """The PDF of a digest whose layout was kept."""
    from cs_assets.coaching.digest.paper import as_pdf  # fonts: of use only where it is wanted

    return as_pdf(as_it_was(json.loads(layout), policy), cutoff, policy)


def _calendar(week: RepWeek, policy: CoachingPolicy) -> str | None:
    """The look-back at this week's focus, so many weeks after the digest; none without one."""
    if not policy.follow_up_weeks or week.nothing_new or not week.open_focus:
        return None
    area = week.open_focus[0]
    behaviour = behaviour_of(area, policy)
    day = week.monday + dt.timedelta(weeks=1 + policy.follow_up_weeks)
    title = language_of(policy).say("look_back", title=behaviour.title)
    return follow_up(week.rep.user_id, area.focus_id, area.since_week, day, title, behaviour.action)


def file_stem(name: str, identity: str) -> str:
    """A file name for people that no name can bend: letters and a hash of the id."""
    plain_letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^a-z0-9]+", "-", plain_letters.lower()).strip("-")[:40] or "rep"
    return f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
