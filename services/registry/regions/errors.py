"""What can be wrong with divisions."""

from shared.errors import Conflict, Invalid, Text


class DivisionExists(Conflict):
    code = "division-exists"
    title = Text("该区划代码已存在", "A division with this code exists")


class NoSuchParent(Invalid):
    code = "no-such-parent"
    title = Text("上级区划不存在,请先添加上级区划", "The division above does not exist: add it first")


class NoSuchPredecessor(Invalid):
    code = "no-such-predecessor"
    title = Text("原区划不存在", "A predecessor does not exist")


class NoSuchProvince(Invalid):
    code = "no-such-province"
    title = Text("数据中没有该省级代码", "The data have no such province")
