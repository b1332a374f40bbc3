"""What can go wrong with payment batches."""

from collections.abc import Sequence
from typing import Any

from shared.errors import Conflict, Text


class NothingToPay(Conflict):
    code = "nothing-to-pay"
    title = Text("没有待支付的申报", "No approved claim waits for payment from this fund")


class NamesMissing(Conflict):
    """The registry does not give a name for a payee: the bank could not match the account."""

    code = "names-missing"
    title = Text("有人员未能取得姓名,不能生成支付文件", "The registry gave no name for some of those to be paid")


class Quarantined(Conflict):
    """The bank's result does not fit the batch: taken apart whole, nothing was changed. `reasons` says what."""

    code = "result-quarantined"
    title = Text(
        "支付结果与批次不符,已整体隔离,未作任何变更", "The result does not fit: kept apart whole, nothing changed"
    )

    def __init__(self, reasons: Sequence[dict[str, Any]]) -> None:
        super().__init__(reasons=list(reasons))
        self.reasons = list(reasons)
