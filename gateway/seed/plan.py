"""The accounts and clients of the demo: one chain from province to village, neighbours, and who stands outside.

The divisions are real (2023): 云南省 红河州 弥勒市 虹溪镇 啥咩村. The duties are spread so that four eyes hold: who
registers does not approve, who approves does not pay. An account names a post, not a person.
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.auth import Department, Duty, Role

PROVINCE, CITY, COUNTY = "53", "5325", "532504"
TOWNSHIP, VILLAGE, NEIGHBOUR_VILLAGE = "532504103", "532504103202", "532504103203"
NEIGHBOUR_TOWNSHIP, NEIGHBOUR_COUNTY, FAR_COUNTY = "532504102", "532503", "530111"

DEMO_AGENCY: UUID = uuid5(NAMESPACE_URL, "https://bangfu.example/organisations/demo-agency")
"""The organisation of the demo's HR agency (人力资源机构), in jobs' data as well."""


@dataclass(frozen=True, slots=True)
class Post:
    """An account to be: `use` says to a reader what it is for."""

    username: str
    title: str
    region: str
    duties: tuple[Duty, ...]
    use: str
    department: Department = Department.HRSS


@dataclass(frozen=True, slots=True)
class Program:
    """A client to be."""

    id: str
    name: str
    role: Role
    region: str
    scopes: tuple[str, ...]
    use: str
    organisation_id: UUID | None = None


_CASEWORK = (Duty.REGISTRAR, Duty.REVIEWER)

POSTS = (
    Post("yunnan-admin", "云南省人社厅 系统管理岗", PROVINCE, (Duty.ADMIN,), "管理全省用户和系统客户端,加载区划"),
    Post("yunnan-auditor", "云南省人社厅 审计岗", PROVINCE, (Duty.AUDITOR,), "查看用户和审计记录"),
    Post("yunnan-reporter", "云南省人社厅 统计岗", PROVINCE, (Duty.REPORTER,), "全省报表"),
    Post("honghe-reporter", "红河州人社局 统计岗", CITY, (Duty.REPORTER,), "全州报表"),
    Post("mile-admin", "弥勒市人社局 系统管理岗", COUNTY, (Duty.ADMIN,), "管理全市用户和机构客户端"),
    Post("mile-officer", "弥勒市人社局 审核岗", COUNTY, _CASEWORK, "登记、审核、机构备案、岗位审核"),
    Post("mile-approver", "弥勒市人社局 审批岗", COUNTY, (Duty.APPROVER,), "审批补贴和发放批次"),
    Post("mile-finance", "弥勒市财政局 国库岗", COUNTY, (Duty.FINANCE,), "发放补贴、登记银行结果", Department.FINANCE),
    Post("mile-reporter", "弥勒市人社局 统计岗", COUNTY, (Duty.REPORTER,), "全市报表"),
    Post("hongxi-officer", "虹溪镇社会保障服务中心 经办岗", TOWNSHIP, _CASEWORK, "镇级登记、复核"),
    Post("hongxi-reporter", "虹溪镇社会保障服务中心 统计岗", TOWNSHIP, (Duty.REPORTER,), "镇级报表"),
    Post(
        "shamie-officer",
        "啥咩村 就业信息员",
        VILLAGE,
        (Duty.REGISTRAR, Duty.REPORTER),
        "村级登记、走访、推送岗位、代办申请",
    ),
    Post(
        "zhaobei-officer",
        "招北村 就业信息员",
        NEIGHBOUR_VILLAGE,
        (Duty.REGISTRAR, Duty.REPORTER),
        "邻村:看不到啥咩村的人",
    ),
    Post("xinshao-officer", "新哨镇社会保障服务中心 经办岗", NEIGHBOUR_TOWNSHIP, _CASEWORK, "邻镇"),
    Post("mengzi-officer", "蒙自市人社局 审核岗", NEIGHBOUR_COUNTY, _CASEWORK, "邻县:迁入、异地就业"),
    Post("guandu-officer", "昆明市官渡区人社局 审核岗", FAR_COUNTY, _CASEWORK, "就业地:省内县外"),
)

PROGRAMS = (
    Program(
        "organisation-demo-agency",
        "示例人力资源公司",
        Role.ORGANISATION,
        COUNTY,
        ("jobs:read", "jobs:write", "subsidy:read", "subsidy:write"),
        "机构批量发布岗位、回报推荐结果、申请服务补贴",
        DEMO_AGENCY,
    ),
    Program(
        "system-demo-bank",
        "示例代发银行",
        Role.SYSTEM,
        COUNTY,
        ("subsidy:read", "subsidy:pay"),
        "领取发放文件、回传结果、对账",
    ),
)
