"""What of a sweep is stored with the notebook: sheets of pictures, and a table."""

import json
import math
from collections.abc import Callable

import numpy as np

from aigc_helpers.explorers.sprites import Sheet, columns_for, levelled, make_sheet
from aigc_helpers.explorers.sweep.records import (
    NUMBER,
    PICTURE,
    TEXT,
    Record,
    kinds_of,
)
from aigc_helpers.explorers.sweep.setting import SweepSetting
from aigc_helpers.reader import Mistake

LEVELS = (256, 32, 16)  # of each colour; fewer are taken when the files are too large
_LAST_COUNT = 2**53  # beyond it JavaScript leaves whole numbers out


def fitting_sheets(records: list[Record], setting: SweepSetting) -> dict[str, Sheet]:
    """Pictures by name, with as many levels as fit the budget.

    Raises
    ------
    ValueError
        If even the fewest levels exceed it.
    """
    names = [name for name, kind in kinds_of(records[0]).items() if kind == PICTURE]
    table = table_of(records)
    for levels in LEVELS:
        sheets = {name: _sheet(records, name, setting, levels) for name in names}
        size = stored_bytes(sheets, table)
        if size <= setting.max_bytes:
            return sheets
    raise Mistake(
        f"{len(records)} states take {size / 1024:.0f} KB even with {levels} levels of "
        f"each colour; the budget is {setting.max_bytes / 1024:.0f} KB. Take fewer "
        "values, smaller pictures or figures with a lower dpi, or raise max_bytes",
        f"存不下：{len(records)} 种取值要 {size / 1024:.0f} KB，最多 "
        f"{setting.max_bytes / 1024:.0f} KB。少取几个值，把图缩小，或者把 "
        "max_bytes 调大。",
    )


def _sheet(
    records: list[Record], name: str, setting: SweepSetting, levels: int
) -> Sheet:
    pictures = np.stack([record[name] for record in records])  # (N, H, W[, 3])
    columns = len(setting.axes[0].values)
    if len(setting.axes) == 1:
        columns = columns_for(len(records), *pictures.shape[1:3])
    if levels < 256:
        pictures = levelled(pictures / 255, levels)
    return make_sheet(pictures, columns)


def table_of(records: list[Record]) -> dict:
    """Numbers and texts of all records, as the page reads them."""
    kinds = kinds_of(records[0])

    def column(kind: str, form: Callable) -> list[dict]:
        return [
            {"name": name, "values": [form(record[name]) for record in records]}
            for name in kinds
            if kinds[name] == kind
        ]

    return {"numbers": column(NUMBER, _short), "texts": column(TEXT, str)}


def _short(value: float) -> float | str:
    """Six digits, or a count with all of its own.

    JSON has no NaN and no infinity, so they go as JavaScript's words.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value.is_integer() and abs(value) < _LAST_COUNT:
        return int(value)
    return float(f"{value:.6g}")


def stored_bytes(sheets: dict[str, Sheet], table: dict) -> int:
    """Size of what is stored: pictures as base64 text, numbers and texts as JSON."""
    pictures = sum(len(sheet.base64) for sheet in sheets.values())
    return pictures + len(json.dumps(table, ensure_ascii=False).encode())
