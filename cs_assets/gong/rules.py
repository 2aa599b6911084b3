"""The rules of staging: what a call is about by its title, which mail domains say nothing."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, Field, field_validator

from cs_assets import config


class CallType(BaseModel):
    """A kind of call and the words that tell it, as regular expressions."""

    type: Literal["discovery", "demo", "negotiation", "closing", "success", "support"]
    words: list[str] = Field(min_length=1)

    @field_validator("words")
    @classmethod
    def _are_expressions(cls, words: list[str]) -> list[str]:
        for word in words:
            try:
                re.compile(word)
            except re.error as error:
                raise ValueError(f"'{word}' is no regular expression: {error}") from None
        return words


class StagingRules(BaseModel):
    """What ``gong.yaml`` says."""

    call_types: list[CallType]
    shared_mail_domains: list[str]


def load_rules(folder: Path | None = None) -> StagingRules:
    """The rules in force; raises ``config.BadConfiguration``."""
    return config.load("gong.yaml", StagingRules, folder)


def shared_domains(rules: StagingRules) -> pd.DataFrame:
    """Rows of ``gong_shared_mail_domains``."""
    domains = {domain.strip().lower() for domain in rules.shared_mail_domains}
    return pd.DataFrame({"domain": sorted(domains)})


def types_of(texts: Iterable[str], rules: StagingRules) -> pd.DataFrame:
    """Rows of ``gong_text_types``: the texts (titles, topics) that tell a type of call.

    The first type counts of which a word begins at the begin of a word of the text.
    """
    patterns = [
        (rank, rule.type, re.compile(rf"(?<!\w)(?:{'|'.join(rule.words)})", re.IGNORECASE))
        for rank, rule in enumerate(rules.call_types)
    ]
    rows = []
    for text in sorted(set(texts)):
        for rank, call_type, pattern in patterns:
            if pattern.search(text):
                rows.append({"said": text, "call_type": call_type, "rank": rank})
                break
    return pd.DataFrame(rows, columns=["said", "call_type", "rank"])
