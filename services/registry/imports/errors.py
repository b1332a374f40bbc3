"""What can be wrong with an upload."""

from shared.errors import Conflict, Forbidden, Text, TooLarge


class UploadTooLarge(TooLarge):
    code = "upload-too-large"
    title = Text("文件超过 20 MB,请分成几个文件上传", "The file is larger than 20 MB: split it")


class ImportOutsideRegion(Forbidden):
    code = "outside-region"
    title = Text("只能导入本地区范围内的人员", "Only below your own region")


class NotFinished(Conflict):
    code = "import-not-finished"
    title = Text("导入尚未完成,请稍后下载", "The import has not finished: try again later")
