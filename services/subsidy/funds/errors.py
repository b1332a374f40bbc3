"""What can go wrong with funds."""

from shared.errors import Conflict, Text
from shared.money import format_yuan


class FundExists(Conflict):
    code = "fund-exists"
    title = Text("该指标文号的资金已登记", "A fund with this budget document number exists")


class FundShort(Conflict):
    """The account that the money is to come from holds less."""

    code = "fund-short"
    title = Text("资金不足", "The fund does not hold enough")

    def __init__(self, needed: int, held: int) -> None:
        super().__init__(
            Text(
                f"资金可用余额不足:需要 {format_yuan(needed)} 元,现有 {format_yuan(held)} 元",
                f"The fund does not hold enough: {format_yuan(needed)} yuan needed, {format_yuan(held)} held",
            ),
            needed=format_yuan(needed),
            held=format_yuan(held),
        )


class FundUnclear(Conflict):
    """No fund, or several, could pay: the approver names one."""

    code = "fund-unclear"
    title = Text(
        "没有或有多项可支付的资金,请指定资金(fund_id)",
        "No fund, or more than one, could pay this: name the fund (fund_id)",
    )
