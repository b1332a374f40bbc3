"""What can be wrong with a payee."""

from shared.errors import Invalid, Text


class OwnerUnclear(Invalid):
    code = "payee-owner"
    title = Text(
        "干部登记时请填写人员;单位登记时请填写支付地县级代码,且只能是本单位账户",
        "An officer names the person; an organisation names the paying county, for an account of its own",
    )
