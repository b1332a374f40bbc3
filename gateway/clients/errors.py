"""What can be wrong with managing clients."""

from shared.errors import Conflict, Forbidden, Text


class NotFiledByYou(Forbidden):
    code = "not-filed-by-you"
    title = Text("该机构未在本县备案", "The organisation is not filed with your county")


class WrongLevel(Forbidden):
    code = "wrong-level"
    title = Text(
        "机构客户端由县级、系统客户端由省级管理员管理",
        "Counties manage clients of organisations, the province those of systems",
    )


class TwoSecretsLive(Conflict):
    code = "two-secrets-live"
    title = Text("已有两个有效密钥,请先删除一个", "Two secrets are live: delete one first")
