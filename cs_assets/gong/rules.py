"""The rules of staging: what a call is about by its title, which mail domains say nothing."""

import re
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


def as_table(rules: StagingRules) -> pd.DataFrame:
    """Rows of ``gong_staging_rules``: patterns match the whole of a lower-case text."""
    types = [
        ("call_type", place, rf"(.*\W)?({'|'.join(rule.words)}).*", rule.type)
        for place, rule in enumerate(rules.call_types)
    ]
    domains = [
        ("shared_mail_domain", place, domain.strip().lower(), "shared")
        for place, domain in enumerate(rules.shared_mail_domains)
    ]
    return pd.DataFrame([*types, *domains], columns=["kind", "priority", "pattern", "outcome"])
