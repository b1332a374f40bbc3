"""Whether a bank's result fits its batch: any doubt refuses the whole of it. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.subsidy.batches.schemas import ResultIn, ResultLine
from shared.errors import Text

ENDS = {"success": "paid", "failed": "rejected", "refunded": "refunded"}
WAITING = frozenset({"in_transit", "unknown"})


class Sent(NamedTuple):
    """A line as we sent it, and how it stands."""

    amount_fen: int
    state: str


class Fault(NamedTuple):
    """What does not fit; `line_id` is the bank's when it is about one line."""

    code: str
    text: Text
    line_id: UUID | None = None

    def document(self) -> dict[str, str | None]:
        line = str(self.line_id) if self.line_id else None
        return {"code": self.code, "zh": self.text.zh, "en": self.text.en, "line_id": line}


def faults(
    result: ResultIn, batch_id: UUID, sent: Mapping[UUID, Sent], approved_on: date | None, today: date
) -> list[Fault]:
    """Everything that speaks against taking a result in; empty when it fits."""
    if approved_on is None:
        return [Fault("batch_not_sent", Text("该批次未发送", "this batch was never sent"))]
    found = []
    if result.batch_id != batch_id:
        found.append(Fault("wrong_batch", Text("批次号不符", "the result names another batch")))
    if result.count != len(result.lines):
        found.append(Fault("wrong_count", Text("笔数与明细不符", "the count is not that of the lines")))
    if result.sum != sum(line.amount for line in result.lines):
        found.append(Fault("wrong_sum", Text("合计金额与明细不符", "the sum is not that of the lines")))
    if not approved_on <= result.settled_on <= today:
        found.append(
            Fault("wrong_date", Text("日期早于批次审批或晚于今天", "settled before it was sent, or in the future"))
        )
    repeated = Counter(line.line_id for line in result.lines)
    for line_id, times in repeated.items():
        if times > 1:
            found.append(Fault("duplicate_line", Text("明细重复", "a line is given more than once"), line_id))
    return found + [fault for line in result.lines if (fault := _line_fault(line, sent.get(line.line_id)))]


def _line_fault(line: ResultLine, ours: Sent | None) -> Fault | None:
    if ours is None:
        return Fault("unknown_line", Text("明细不属于该批次", "a line is not of this batch"), line.line_id)
    if ours.amount_fen != line.amount:
        return Fault("wrong_amount", Text("明细金额不符", "a line has another amount"), line.line_id)
    if ours.state not in WAITING and ours.state != ENDS[line.result]:
        return Fault("contradiction", Text("与已入账的结果矛盾", "a line ended otherwise before"), line.line_id)
    return None
