"""The mail of a book: who first and why, renewals, changes, promises, what is held."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.facts.wording import counted, listed
from cs_assets.lettering.line import shortened
from cs_assets.names import shown
from cs_assets.paper.brand import Brand
from cs_assets.reviews.books.account import Account, said_of
from cs_assets.reviews.books.book import Book, day_of, money, total_worth, worth
from cs_assets.reviews.books.ranking import Ranked, notice_words, renewal_words
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.editions.templating import environment
from cs_assets.reviews.editions.text import WIDTH
from cs_assets.reviews.writing.book_line import Promise
from cs_assets.reviews.writing.follow_up import NOTHING_NOTED

#: A mail over many books names so many of a kind; the portfolio attached has all of them.
_MOST = 12

Link = Callable[[Account], str]


@dataclass(frozen=True)
class Line:
    """One line about one customer: name, what to know, what to do, where its review is."""

    name: str
    told: str
    do: str = ""
    link: str = ""


@dataclass(frozen=True)
class Part:
    """A list of the mail under its title."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""
    is_first: bool = False


def write(book: Book, first: int, attached: Sequence[str], link: Link, brand: Brand) -> Mail:
    """The mail of ``book``.

    ``attached``: customers whose reviews are attached. ``link``: from a customer to where
    readers open its page, empty where they cannot.
    """
    subject = _subject(book)
    view = {
        "brand": brand,
        "subject": subject,
        "greeting": f"Hello {shown(book.reader.name)}," if book.reader.name else "Hello,",
        "title": _title(book),
        "period": f"Week to {day_of(book.week_end)}",
        "why": book.reader.why,
        "counts": counts(book),
        "parts": list(_parts(book, first, link)),
        "closing": _closing(book, attached),
    }
    html = environment().get_template("book_mail.html.j2").render(view)
    return Mail(subject, _plain(view), html)


def _title(book: Book) -> str:
    if book.is_team:
        return "All books"
    return f"Book of {book.owner}" if book.reader.why else "Your book"


def _subject(book: Book) -> str:
    said = f"{shown(_title(book))}, week to {day_of(book.week_end)}"
    if not book.urgent:
        return f"{said}: nothing urgent"
    top = book.urgent[0]
    # Of a reason with several parts the first one: a subject is read on a phone.
    reason = re.split(r" \(|, | and ", top.reasons[0], maxsplit=1)[0]
    return f"{said}: {shortened(top.account.name, 40)} first ({shortened(reason, 60)})"


def counts(book: Book) -> str:
    """The book in one line: customers, revenue, health, renewals, clear changes, held."""
    total = book.total
    parts = [f"{counted(total.customers, 'customer')} worth {total_worth(total)}"]
    if total.red or total.yellow:
        parts.append(f"{total.red} Red and {total.yellow} Yellow")
    if total.renewals:
        verb = "renews" if total.renewals == 1 else "renew"
        parts.append(f"{total.renewals} {verb} within 90 days ({money(total.renewing_arr)})")
    if total.falls or total.rises:
        parts.append(f"{total.falls} clearly down, {total.rises} clearly up")
    if total.held:
        parts.append(f"{counted(total.held, 'review')} held")
    return "; ".join(parts) + "."


def _parts(book: Book, first: int, link: Link) -> Iterator[Part]:
    most = _MOST if book.is_team else len(book.ranked)
    top = book.urgent[:first]
    yield Part(
        "Open first" if top else "Nothing urgent",
        tuple(_first(place, book, link) for place in top),
        "" if top else "No renewal is near, no health is Red or Yellow, nothing clearly fell.",
        is_first=True,
    )
    for title, places, words in (
        ("Renewals within 90 days", book.renewals, _renewal),
        ("Clearly down", book.falling, _down),
        ("Clearly up", book.rising, _up),
        ("Held back", book.held, _held),
    ):
        if places:
            lines = tuple(_line(place, book, words(place), link) for place in places[:most])
            more = len(places) - len(lines)
            yield Part(title, lines, f"And {more} more, in the portfolio attached." if more else "")
    if book.promised:
        yield _promises(book, top, link)
    if book.is_team:
        yield Part("By book", tuple(_shelf_lines(book)))
        if book.unread:
            yield Part("Books that nobody reads", tuple(Line("", why) for why in book.unread))
        return
    told = [*top, *book.renewals, *book.falling, *book.rising, *book.held]
    rest = [p for p in book.ranked if p not in told and p.account.headline]
    if rest:
        lines = tuple(_line(place, book, place.account.headline, link) for place in rest)
        yield Part("All others", lines)
    if book.silent:
        names = ", ".join(place.account.name for place in book.silent)
        yield Part("Without any data", (), f"Nothing has ever been recorded of {names}.")


def _first(place: Ranked, book: Book, link: Link) -> Line:
    account = place.account
    health = f", health {account.health}" if account.health == "Green" else ""
    waits = "Look at what holds its review back, below" if account.status == "held" else ""
    do = account.actions[0][0] if account.actions else waits
    do += f" ({account.because})" if do and account.because else ""
    return _line(place, book, f"{place.why}. {worth(account)} a year{health}.", link, do)


def _line(place: Ranked, book: Book, told: str, link: Link, do: str = "") -> Line:
    account = place.account
    name = account.name
    if book.is_team and account.csm_name:
        name = f"{name} ({account.csm_name})"
    return Line(name, told, do, link(account))


def _renewal(place: Ranked) -> str:
    account = place.account
    assert account.renewal is not None
    dates = (f"{account.renewal.day} {account.renewal:%B}", renewal_words(account.days or 0),
             notice_words(account))  # fmt: skip
    health = f", {account.health}" if account.health != "Unknown" else ""
    return f"{', '.join(told for told in dates if told)}; {worth(account)}{health}"


def _down(place: Ranked) -> str:
    account = place.account
    parts = [f"clear fall of {said_of(account.falls)}"] if account.falls else []
    parts += [listed(account.lost)] if account.lost else []
    return "; ".join(parts)


def _up(place: Ranked) -> str:
    return f"clear rise of {said_of(place.account.rises)}"


def _promises(book: Book, top: Sequence[Ranked], link: Link) -> Part:
    """What was promised to whom comes first, or where somebody noted what became of it."""
    noted = [p for p in book.promised if any(_is_noted(one) for one in p.account.promises)]
    told = [place for place in book.promised if place in noted or place in top][:_MOST]
    lines = tuple(_line(place, book, _promised(place), link) for place in told)
    rest = len(book.promised) - len(told)
    more = f"Of {counted(rest, 'more customer')} the last page of the review says it."
    return Part("Promised last time", lines, more if rest else "")


def _is_noted(promise: Promise) -> bool:
    return promise.state != NOTHING_NOTED


def _promised(place: Ranked) -> str:
    """All that somebody noted, and the first of the rest: the others stand in the review."""
    every = place.account.promises
    first = next((promise for promise in every if not _is_noted(promise)), None)
    return "; ".join(
        f"{promise.title} ({', '.join(part for part in (promise.state, promise.measured) if part)})"
        for promise in every
        if _is_noted(promise) or promise is first
    )


def _held(place: Ranked) -> str:
    return "; ".join(place.account.held) or "not judged yet"


def _shelf_lines(book: Book) -> Iterator[Line]:
    for one in book.shelves:
        yield Line(
            one.name,
            f"{counted(one.customers, 'customer')}, {total_worth(one)}, "
            f"{money(one.at_stake)} at stake; {one.red} Red, {one.yellow} Yellow; "
            f"{one.renewals} renew within 90 days; {one.held} held",
        )


def _closing(book: Book, attached: Sequence[str]) -> tuple[str, ...]:
    made = sum(bool(place.account.pdf_path) for place in book.ranked)
    lines = ["Ranked by yearly revenue times urgency; reasons stand beside each name."]
    if book.is_team:
        return (*lines, "The portfolio with all books is attached as PDF.")
    if not attached:
        return tuple(lines)
    if len(attached) == made:
        return (*lines, f"All {made} reviews are attached as PDF, in this order.")
    rest = "The others are in the viewer, they would make the mail too large."
    return (*lines, f"{len(attached)} of {made} reviews are attached as PDF. {rest}")


def _plain(view: Mapping[str, Any]) -> str:
    lines = [str(view["greeting"]), "", f"{view['title']}. {view['period']}."]
    lines += [str(view["why"])] if view["why"] else []
    lines += ["", str(view["counts"])]
    for part in view["parts"]:
        lines += ["", part.title.upper()]
        for number, line in enumerate(part.lines, start=1):
            mark = f"{number}. " if part.is_first else "- "
            lines.append(f"{mark}{line.name}: {line.told}" if line.name else f"{mark}{line.told}")
            lines += [f"   Do: {line.do}"] if line.do else []
            lines += [f"   {line.link}"] if line.link else []
        lines += [part.note] if part.note else []
    lines += ["", *view["closing"]]
    return "\n".join(_wrapped(line) for line in lines) + "\n"


def _wrapped(line: str) -> str:
    if line.strip().startswith("https://"):
        return line
    indent = "   " if line.startswith(("-", " ")) or line.split(" ")[0].endswith(".") else ""
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=indent)) if line else ""
