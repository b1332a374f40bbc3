"""Looking back: what was refused to whom, what was handed out, and how to go on."""

from cli.demo.stage import Stage


def look_back(stage: Stage) -> None:
    stage.act("8 小结 Looking back")
    refusals = stage.table(
        "被拒绝的请求 What was refused to whom", "账号 Who", "请求 What", "状态 Status#", "代码 Code", "原因 Why"
    )
    for one in stage.story.refusals:
        refusals.add_row(one.who, one.what, str(one.status), one.code, one.why)
    stage.show(refusals)
    files = stage.table("文件 Files", "文件 File", "字节 Bytes#")
    for path in stage.story.files.values():
        if path.exists():
            files.add_row(path.name, f"{path.stat().st_size:,}")
    stage.show(files)
    stage.console.print(f"文件位置 They are in {stage.folder}", soft_wrap=True)
    stage.say(
        "继续了解 To look further: `make run` 启动平台,接口文档在 http://127.0.0.1:8000/docs ,账号和密码在数据文件夹的 "
        "credentials.json。 It starts the platform; /docs documents the interface, and credentials.json in its data "
        "folder has the accounts."
    )
