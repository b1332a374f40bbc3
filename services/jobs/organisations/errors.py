"""What can be wrong with organisations."""

from shared.errors import Conflict, Text


class OrganisationExists(Conflict):
    code = "organisation-exists"
    title = Text("该统一社会信用代码已登记", "An organisation with this social credit code is registered")


class NotFiled(Conflict):
    code = "organisation-not-filed"
    title = Text("机构尚未在县级人社部门备案,不能发布岗位", "Not filed with its county yet: it cannot post jobs")


class Suspended(Conflict):
    code = "organisation-suspended"
    title = Text("机构已被暂停,不能办理此业务", "The organisation is suspended")
