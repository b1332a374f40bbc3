"""What can be wrong with postings and with what is done to them."""

from shared.errors import Conflict, Invalid, Text


class PostingRefused(Invalid):
    code = "posting-refused"
    title = Text("岗位信息不符合发布要求", "The posting does not meet the requirements")


class WrongState(Conflict):
    code = "posting-wrong-state"
    title = Text("岗位当前状态不允许此操作", "The posting's state does not allow this")


class PostingFull(Conflict):
    code = "posting-full"
    title = Text("该岗位已招满", "All vacancies of this posting are filled")


class NotPublished(Conflict):
    code = "posting-not-published"
    title = Text("岗位未在发布中", "The posting is not published at present")
