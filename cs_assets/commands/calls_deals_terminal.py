"""How deals look on a terminal. Only wording and layout live here."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from cs_assets.calls.deals import outlook, stages
from cs_assets.calls.deals.outlook import Backtest, Outlook
from cs_assets.calls.deals.stages import DealPath
from cs_assets.commands.console import Console
from cs_assets.config.deals import DealRules


def document(
    found: Sequence[DealPath],
    names: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, Outlook],
    tried: Backtest,
) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "backtest": tried.as_dict(),
        "deals": [
            {
                "deal_id": path.deal_id, **names.get(path.deal_id, {}),
                "stage": path.stage, "amount": path.amount, "close_date": path.close_date,
                "days_in_stage": path.days_in_stage, "ended": path.ended,
                "outlook": told[path.deal_id].as_dict() if path.deal_id in told else None,
                "calls": [one.as_dict() for one in path.calls],
            }
            for path in found
        ],
    }  # fmt: skip


def print_deals(
    found: Sequence[DealPath],
    names: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, Outlook],
    tried: Backtest,
    rules: DealRules,
) -> None:
    """Open deals with what became of them since their last call and how likely they close."""
    console = Console(markup=True)
    if not found:
        console.print("No call of these days was on a deal.")
        return
    table = Table(
        title="Deals spoken about, largest first", title_justify="left", box=box.SIMPLE_HEAD,
        pad_edge=False,
    )  # fmt: skip
    for heading in ("deal", "amount", "calls", "stages at calls", "since the last call",
                    f"won in {rules.horizon_days} days"):  # fmt: skip
        table.add_column(heading, overflow="fold", justify="right" if heading in ("amount", "calls")
                         else "left")  # fmt: skip
    for path in found:
        name = names.get(path.deal_id, {}).get("name") or path.deal_id
        table.add_row(
            escape(str(name)), _amounts(path), str(len(path.calls)), escape(_stages(path)),
            escape(stages.in_words(path.calls[-1], path)),
            "ended" if path.ended else escape(outlook.chance(told.get(path.deal_id))),
        )  # fmt: skip
    console.print(table)
    console.print(outlook.about(tried))


def _stages(path: DealPath) -> str:
    """Stages in the order of the calls, a row of calls in the same one once, with its days."""
    parts: list[str] = []
    for at, one in enumerate(path.calls):
        after = path.calls[at + 1] if at + 1 < len(path.calls) else None
        if after is not None and after.stage == one.stage:
            continue
        stood = f" ({one.days_in_stage} d)" if one.days_in_stage else ""
        parts.append(f"{one.stage or 'not known'}{stood}")
    return " > ".join(parts)


def _amounts(path: DealPath) -> str:
    then = next((one.amount for one in path.calls if one.amount is not None), None)
    now = "not known" if path.amount is None else f"${path.amount:,.0f}"
    return now if then is None or then == path.amount else f"${then:,.0f} > {now}"
