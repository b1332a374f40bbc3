"""Who may do what in jobs. Bound to endpoints as annotated parameters.

Officers come with a region, organisations (agencies, employers, workshops) with their own `org`, the other services
with neither. What a caller sees is decided by query and row-level security, not here.
"""

from typing import Annotated

from fastapi import Depends

from shared.auth import Department, Duty, Principal, Role
from shared.errors import Text
from shared.permissions import ANY_LEVEL, COUNTY_AND_ABOVE, Guard, Permission

_ORGANISATION = frozenset({Role.ORGANISATION})
_SERVICE = frozenset({Role.SERVICE})
_HRSS = frozenset({Department.HRSS})
_AT_COUNTY = frozenset({Role.COUNTY})
_BELOW_CITY = frozenset({Role.COUNTY, Role.TOWNSHIP, Role.VILLAGE})

ORGANISATION_READ = Permission(
    "jobs.organisation.read",
    Text("查看用人单位和服务机构", "Read organisations"),
    scope="jobs:read",
    levels=ANY_LEVEL,
    clients=_ORGANISATION,
)
OrganisationReader = Annotated[Principal, Depends(Guard(ORGANISATION_READ))]

ORGANISATION_REGISTER = Permission(
    "jobs.organisation.register",
    Text("登记用人单位和服务机构", "Register organisations"),
    scope="jobs:write",
    levels=COUNTY_AND_ABOVE,
    departments=_HRSS,
    duties=frozenset({Duty.REGISTRAR, Duty.REVIEWER, Duty.ADMIN}),
)
OrganisationRegistrar = Annotated[Principal, Depends(Guard(ORGANISATION_REGISTER))]

ORGANISATION_FILE = Permission(
    "jobs.organisation.file",
    Text("办理机构备案、暂停和恢复", "File, suspend and resume organisations"),
    scope="jobs:write",
    levels=_AT_COUNTY,
    departments=_HRSS,
    duties=frozenset({Duty.REVIEWER}),
)
OrganisationFiler = Annotated[Principal, Depends(Guard(ORGANISATION_FILE))]

POSTING_READ = Permission(
    "jobs.posting.read",
    Text("查看岗位", "Read postings"),
    scope="jobs:read",
    levels=ANY_LEVEL,
    clients=_ORGANISATION,
)
PostingReader = Annotated[Principal, Depends(Guard(POSTING_READ))]

POSTING_WRITE = Permission(
    "jobs.posting.write",
    Text("发布、修改、暂停和关闭本单位岗位", "Submit, edit, pause and close one's own postings"),
    scope="jobs:write",
    clients=_ORGANISATION,
)
PostingWriter = Annotated[Principal, Depends(Guard(POSTING_WRITE))]

POSTING_REVIEW = Permission(
    "jobs.posting.review",
    Text("审核岗位", "Review postings"),
    scope="jobs:write",
    levels=_AT_COUNTY,
    departments=_HRSS,
    duties=frozenset({Duty.REVIEWER}),
)
PostingReviewer = Annotated[Principal, Depends(Guard(POSTING_REVIEW))]

MATCH_READ = Permission(
    "jobs.match.read",
    Text("人岗匹配", "Match people and postings"),
    scope="jobs:read",
    levels=ANY_LEVEL,
    departments=frozenset({Department.HRSS, Department.AGRICULTURE}),
)
MatchReader = Annotated[Principal, Depends(Guard(MATCH_READ))]

PLACEMENT_READ = Permission(
    "jobs.placement.read",
    Text("查看推荐和就业情况", "Read placements"),
    scope="jobs:read",
    levels=ANY_LEVEL,
)
PlacementReader = Annotated[Principal, Depends(Guard(PLACEMENT_READ))]

PLACEMENT_REFER = Permission(
    "jobs.placement.refer",
    Text("向岗位推荐人员", "Refer people to postings"),
    scope="jobs:write",
    levels=_BELOW_CITY,
    departments=_HRSS,
    duties=frozenset({Duty.REGISTRAR}),
)
Referrer = Annotated[Principal, Depends(Guard(PLACEMENT_REFER))]

REFERRAL_READ = Permission(
    "jobs.referral.read",
    Text("查看推荐给本单位的人员", "Read referrals to one's own postings"),
    scope="jobs:read",
    clients=_ORGANISATION,
)
ReferralReader = Annotated[Principal, Depends(Guard(REFERRAL_READ))]

PLACEMENT_REPORT = Permission(
    "jobs.placement.report",
    Text("报告面试、录用、跟踪回访和离职", "Report interviews, hires, follow-ups and ends"),
    scope="jobs:write",
    clients=_ORGANISATION,
)
PlacementReporter = Annotated[Principal, Depends(Guard(PLACEMENT_REPORT))]

PLACEMENT_FACTS = Permission(
    "jobs.placement.facts",
    Text("读取就业事实", "Read the facts of a placement"),
    scope="jobs:read",
    clients=_SERVICE,
)
FactsReader = Annotated[Principal, Depends(Guard(PLACEMENT_FACTS))]

FEED_READ = Permission(
    "jobs.feed.read", Text("读取变更流", "Read the change feed"), scope="feed:read", clients=_SERVICE
)
FeedReader = Guard(FEED_READ)
