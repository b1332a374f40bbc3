"""What can be wrong with managing accounts."""

from shared.errors import Conflict, Forbidden, Text


class UsernameTaken(Conflict):
    code = "username-taken"
    title = Text("用户名已被使用", "The username is taken")


class BeyondYourRights(Forbidden):
    """The account, or what it is to be given, is not this admin's to manage."""

    code = "beyond-your-rights"
    title = Text("该账号须由上级管理员管理", "This account is for an admin above you to manage")
