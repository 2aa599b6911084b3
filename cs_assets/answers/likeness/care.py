"""Words, as stems, by which a reading by likeness is careful (``care.yaml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from cs_assets.answers.likeness import spoken

_FILE = Path(__file__).with_name("care.yaml")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    orders: dict[str, str]
    tells: str
    open: str
    narrows: str
    clause: str
    asks: str
    polite: str
    moves: str
    objects: str
    things: str
    bounds: str
    units: str
    filters: str
    asked: str
    kinds: str
    before_names: str
    own: str
    others: str
    pointing: str
    never: str


@dataclass(frozen=True)
class Care:
    """The file, each entry as the stems of its words; ``orders`` by stem."""

    orders: Mapping[str, str]
    tells: frozenset[tuple[str, ...]]
    open: frozenset[str]
    narrows: frozenset[str]
    clause: frozenset[str]
    asks: frozenset[str]
    polite: frozenset[str]
    moves: frozenset[str]
    objects: frozenset[str]
    things: frozenset[str]
    bounds: frozenset[str]
    units: frozenset[str]
    filters: frozenset[str]
    asked: frozenset[str]
    kinds: frozenset[str]
    before_names: frozenset[str]
    own: frozenset[str]
    others: frozenset[str]
    pointing: frozenset[str]
    never: frozenset[str]


@cache
def care() -> Care:
    """What stands in ``care.yaml``."""
    said = _File.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    plain = said.model_dump(exclude={"orders", "tells"})
    stems = {name: frozenset(spoken.stems(text.split())) for name, text in plain.items()}
    stems["before_names"] |= stems["filters"]
    orders = {
        stem: order for order, text in said.orders.items() for stem in spoken.stems(text.split())
    }
    tells = frozenset(tuple(spoken.stems(one.split())) for one in said.tells.split(","))
    return Care(orders=orders, tells=tells, **stems)
