"""What can stand against a registration besides the person's own data."""

from shared.errors import Forbidden, Invalid, Text


class OutsideRegion(Forbidden):
    code = "outside-region"
    title = Text("只能在本地区范围内登记", "Only below your own region")


class NoSuchVillage(Invalid):
    code = "no-such-village"
    title = Text("行政村代码不存在", "There is no such village")


class SexUnknown(Invalid):
    code = "sex-unknown"
    title = Text("请填写性别(证件号码不能说明)", "State the sex: the number does not tell")
