"""What can stand against registering, changing or verifying a person."""

from shared.errors import Conflict, Forbidden, Text


class AlreadyRegistered(Conflict):
    """Says nothing about the other record: who sees it and where it lies is not the caller's to know."""

    code = "already-registered"
    title = Text(
        "该证件号码已经登记,不能重复登记;如需迁入,请报上级处理",
        "This ID number is registered already: one person, one record; ask the level above about a move",
    )


class CategoryDiffers(Conflict):
    code = "category-differs"
    title = Text(
        "该户已按另一人员类别登记,请核对户编号,或先变更该户的类别",
        "The household is registered with another category: check its number, or change its category first",
    )


class AlreadyVerified(Conflict):
    code = "already-verified"
    title = Text("该人员已经核实", "This person is verified already")


class VerifiedElsewhere(Conflict):
    code = "verified-elsewhere"
    title = Text(
        "初始状态为已就业的由就业地核实,未就业的由户籍地核实;该人员不由本地核实",
        "The work place verifies the employed, the hukou place the others: this person is verified elsewhere",
    )


class SecondPersonNeeded(Forbidden):
    code = "second-person-needed"
    title = Text("登记人不能核实自己登记的人员,须由他人核实", "Somebody other than the surveyor must verify")


class HasOpenSpell(Conflict):
    code = "has-open-spell"
    title = Text("该人员有未结束的就业记录,请先结束就业记录", "There is an open spell of employment: end it first")
