"""What to order of each product, by when: a result of a run."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["STOCK_ADVICE"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()

STOCK_ADVICE = Table(
    name="stock_advice",
    role="result",
    meaning="What to order, by when, with open orders alone: nothing that a site may still order.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "place", TEXT, "Where.", required=True),
        column(3, "category", TEXT, "Product.", required=True),
        column(4, "as_of", DATE, "Day of the run.", required=True),
        column(5, "horizon_days", WHOLE, "Days looked ahead.", unit="days", required=True),
        column(6, "unit", TEXT, "Unit of stock, orders and use.", required=True),
        column(7, "stock", NUMBER, "Units on hand, last told.", required=True),
        column(8, "on_order", NUMBER, "Units of open orders; null where no order is told at all."),
        column(
            9,
            "cover_q10",
            NUMBER,
            "10 % quantile of the days that stock lasts without deliveries, counted from the day "
            "of the run (the next one where its stock is told); horizon_days: at least so long.",
            unit="days",
            required=True,
        ),
        column(10, "cover_q50", NUMBER, "Median, as above.", unit="days", required=True),
        column(11, "cover_q90", NUMBER, "90 % quantile, as above.", unit="days", required=True),
        column(
            12,
            "probability",
            NUMBER,
            "P(short by the horizon) when nothing is ordered anew.",
            unit="0 to 1",
            required=True,
        ),
        column(
            13,
            "fill_rate",
            NUMBER,
            "Share of the demand up to the horizon that is met on its day, as above.",
            unit="0 to 1",
            required=True,
        ),
        column(
            14,
            "latest_order_date",
            DATE,
            "Last day on which an order comes in time, but for the risk accepted; horizon_days + "
            "1 less the slow lead time: then or later; null: even today is too late, or no lead "
            "time is known.",
        ),
        column(
            15,
            "late_probability",
            NUMBER,
            "P(short before an order of today comes); null: no lead time is known.",
            unit="0 to 1",
        ),
        column(
            16,
            "order_quantity",
            NUMBER,
            "Units to order today, whole packs, to last the week after they come; 0: none is "
            "needed before the next review; null: no lead time is known.",
        ),
        column(17, "packs", WHOLE, "The same in packs."),
        column(
            18,
            "lead_time_q10",
            NUMBER,
            "10 % quantile of the days from an order of today to its receipt; null: unknown, or "
            "after the horizon.",
            unit="days",
        ),
        column(19, "lead_time_q50", NUMBER, "Median, as above.", unit="days"),
        column(20, "lead_time_q90", NUMBER, "90 % quantile, as above.", unit="days"),
        column(21, "supplier", TEXT, "Who took the last order; empty: not told.", required=True),
        column(
            22,
            "expired",
            NUMBER,
            "Units counted that are past their last day of use, not in stock; null: no lot told.",
        ),
        column(23, "next_expiry_date", DATE, "Last day of use of the next lots to expire."),
        column(24, "next_expiry_quantity", NUMBER, "Units counted of these lots."),
        column(
            25,
            "expiring",
            NUMBER,
            "Units expected to expire unused up to the horizon, the next lot used first.",
        ),
        column(26, "capped_supplier", TEXT, "Who cannot deliver all; empty: nobody is declared."),
        column(27, "cap_per_day", NUMBER, "Units that it can deliver to all places a day."),
        column(
            28,
            "waiting",
            NUMBER,
            "Units of open orders of the place that it is expected to owe on the day on which it "
            "owes most, beyond what comes late anyway; null: nobody is declared.",
        ),
        column(29, "waiting_end", NUMBER, "Those still owed after the horizon, as above."),
        column(
            30,
            "sent",
            NUMBER,
            "Units of moves sent since the last report, taken off stock; null: none.",
        ),
    ),
    key=("run", "place", "category"),
    partition="run",
    order=("place", "category"),
)
