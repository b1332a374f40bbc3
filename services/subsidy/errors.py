"""Errors that claims and payment batches have in common."""

from shared.errors import Conflict, Forbidden, Text


class WrongState(Conflict):
    code = "wrong-state"
    title = Text("当前状态不能进行此操作", "Not possible in the present state")


class FourEyes(Forbidden):
    """Who made or examined something does not approve it."""

    code = "four-eyes"
    title = Text("经办人不能审批自己办理的事项,请由他人审批", "Another person has to approve what you have worked on")
