"""What can be wrong with placements and with what is reported of them."""

from shared.errors import Conflict, Invalid, Text, UnsupportedMedia


class PersonNotAvailable(Conflict):
    code = "person-not-available"
    title = Text("该人员目前不能推荐就业", "This person cannot be referred at present")


class AlreadyPlaced(Conflict):
    code = "already-placed"
    title = Text("该人员已通过另一推荐就业,尚未结束", "Employed through another placement that has not ended")


class AlreadyReferred(Conflict):
    code = "already-referred"
    title = Text("该人员已推荐到此岗位", "Already referred to this posting")


class WrongStep(Conflict):
    code = "placement-wrong-step"
    title = Text("推荐就业的当前状态不允许此操作", "The placement's state does not allow this")


class ReportedOtherwise(Conflict):
    code = "reported-otherwise"
    title = Text("此事项已按另一内容报告", "This was reported already, with other facts")


class WrongDates(Invalid):
    code = "wrong-dates"
    title = Text("日期不符合要求", "The dates do not fit")


class NotAProof(UnsupportedMedia):
    code = "not-a-proof"
    title = Text("证明材料应为 PDF、JPG 或 PNG 文件", "Proof should be a PDF, JPG or PNG file")
