"""What can stand in the way of a claim."""

from shared.errors import Conflict, FieldError, Forbidden, Invalid, Text


class UnknownBenefit(Invalid):
    code = "unknown-benefit"
    title = Text("没有这项补贴", "There is no such benefit")


class WrongClaimant(Invalid):
    """Some benefits are claimed by organisations, others for a person by an officer."""

    code = "wrong-claimant"
    title = Text("您的身份不能申报该项补贴", "This benefit is not claimed by you")


class PayeeUnfit(Invalid):
    code = "payee-unfit"
    title = Text(
        "收款账户应属于申报人,并登记在支付地", "The payee has to be the claimant's, registered where the money is paid"
    )

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/payee_id", self.title, "payee")])


class EvidenceUnfit(Invalid):
    code = "evidence-unfit"
    title = Text("材料类型不属于该项补贴,或文件不存在", "Not a proof of this benefit, or no such file")


class Incomplete(Invalid):
    """Nothing is refused yet: `errors` names each fact, proof or county value that is missing."""

    code = "claim-incomplete"
    title = Text("材料或信息不全,补齐后再提交", "Something is missing: complete it, then submit again")


class PolicyHeld(Conflict):
    code = "policy-held"
    title = Text("政策文件已到期,暂缓办理", "The document has ended: held until a successor")


class NoPolicy(Conflict):
    code = "no-policy"
    title = Text("该地当时没有适用的政策文件", "No document of this place applied at the time")


class NotTheClaimant(Forbidden):
    code = "not-the-claimant"
    title = Text("单位的申报由该单位自行办理", "An organisation's claim is its own to submit, change or withdraw")


class NotYourTurn(Forbidden):
    code = "not-your-turn"
    title = Text("该事项不在您的办理环节", "This is not at your step")


class NotDecided(Conflict):
    code = "not-decided"
    title = Text("尚未提交,没有审核结论", "Not submitted yet: nothing has been decided")
