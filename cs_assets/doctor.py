"""``cs-assets doctor``: one line a check, what is wrong and how to mend it."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email import policy
from typing import Literal

from rich.console import Console
from rich.markup import escape

from resources.errors import CsAssetsError
from resources.settings import Settings
from resources.warehouse_choice import warehouse as chosen_warehouse

Verdict = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Finding:
    """The result of one check; ``mend`` says what to do about it."""

    check: str
    verdict: Verdict
    detail: str
    mend: str = ""


def report(*, as_json: bool) -> int:
    """Print every finding; exit status 1 when one has failed."""
    findings = list(examine())
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        console = Console()
        for finding in findings:
            console.print(_line(finding), highlight=False, soft_wrap=True)
    return 1 if any(finding.verdict == "failed" for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """Run the checks in order; without good settings the others cannot be asked."""
    try:
        settings = Settings.load()
    except CsAssetsError as error:
        yield Finding("settings", "failed", str(error), "correct the variable and try again")
        return
    yield Finding("settings", "ok", f"environment {settings.cs_assets_environment}")
    yield _interpreter()
    if settings.cs_assets_warehouse == "snowflake":
        yield from _snowflake(settings)
    for name, check in _CHECKS:
        try:
            yield check(settings)
        except CsAssetsError as error:
            yield Finding(name, "failed", str(error))


def _interpreter() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if hasattr(policy.EmailPolicy, "verify_generated_headers"):
        return Finding("python", "ok", version)
    return Finding(
        "python",
        "warning",
        f"{version} lacks the mail header fix (CVE-2024-6923); our own header rules still hold",
        "use 3.11.10, 3.12.5 or newer",
    )


def _snowflake(settings: Settings) -> Iterator[Finding]:
    from cs_assets import doctor_snowflake

    try:
        for found in doctor_snowflake.examine(settings, chosen_warehouse(settings)):
            yield Finding(*found)
    except CsAssetsError as error:
        yield Finding("connection", "failed", str(error))


def _mail(settings: Settings) -> Finding:
    keys = {
        "sendgrid": ("SENDGRID_API_KEY", settings.sendgrid_api_key),
        "ses": ("AWS_REGION", settings.aws_region),
        "smtp": ("SMTP_HOST", settings.smtp_host),
    }
    variable, value = keys.get(settings.email_provider or "console", ("", "not needed"))
    if not value:
        detail = f"EMAIL_PROVIDER={settings.email_provider} without {variable}"
        return Finding("mail", "failed", detail, f"set {variable}")
    return Finding("mail", "ok", settings.email_provider or "console: mails stay in the outbox")


def _home(settings: Settings) -> Finding:
    settings.home.ensure()
    return Finding("home", "ok", str(settings.home.root))


def _warehouse(settings: Settings) -> Finding:
    with chosen_warehouse(settings).session("doctor") as db:
        tables = len(db.query("doctor/tables"))
    return Finding("warehouse", "ok", f"{settings.cs_assets_warehouse}, {tables} tables")


def _sources(settings: Settings) -> Finding:
    with chosen_warehouse(settings).session("doctor") as db:
        customers = int(db.query("doctor/customers")["customers"].iloc[0])
    if customers:
        return Finding("source tables", "ok", f"{customers} customers")
    return Finding(
        "source tables",
        "warning",
        "no customers are loaded",
        f"put CSV files into {settings.home.sources} or run cs-assets demo",
    )


def _gong(settings: Settings) -> Finding:
    if settings.gong_access_key and settings.gong_access_key_secret:
        return Finding("gong", "ok", f"API at {settings.gong_base_url or 'the default address'}")
    answers = (
        sorted(settings.gong_dir.glob("calls-extensive*")) if settings.gong_dir.is_dir() else []
    )
    if answers:
        return Finding("gong", "ok", f"{len(answers)} files of answers in {settings.gong_dir}")
    return Finding(
        "gong",
        "warning",
        "neither an access key nor files of answers",
        "set GONG_ACCESS_KEY and GONG_ACCESS_KEY_SECRET, or GONG_EXPORT_DIR",
    )


def _writer(settings: Settings) -> Finding:
    if settings.cs_assets_writer == "claude" and settings.anthropic_api_key is None:
        return Finding(
            "writer", "failed", "CS_ASSETS_WRITER=claude without a key", "set ANTHROPIC_API_KEY"
        )
    return Finding("writer", "ok", settings.cs_assets_writer)


def _slack(settings: Settings) -> Finding:
    if settings.slack_webhook_url is None:
        return Finding("slack", "ok", "not set; summaries stay in the outbox")
    return Finding("slack", "ok", "webhook set")


def _dagster(settings: Settings) -> Finding:
    from cs_assets.definitions import build_defs

    definitions = build_defs(settings)
    graph = definitions.resolve_asset_graph()
    set_home = os.environ.get("DAGSTER_HOME")
    return Finding(
        "dagster",
        "ok",
        f"{len(graph.get_all_asset_keys())} assets"
        + (f", DAGSTER_HOME={set_home}" if set_home else ""),
    )


_CHECKS: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
    ("home", _home),
    ("warehouse", _warehouse),
    ("source tables", _sources),
    ("gong", _gong),
    ("writer", _writer),
    ("mail", _mail),
    ("slack", _slack),
    ("dagster", _dagster),
)


def _line(finding: Finding) -> str:
    mark = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]"}[finding.verdict]
    mend = f" [dim]→ {escape(finding.mend)}[/]" if finding.mend else ""
    return f"{mark} {finding.check:<14} {escape(finding.detail)}{mend}"
