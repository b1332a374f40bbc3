"""Who may do what in the registry. Bound to endpoints as annotated parameters.

Where a row lies is not asked here: rows outside the caller's region are invisible by query and by row-level security.
"""

from typing import Annotated

from fastapi import Depends

from shared.auth import Duty, Principal, Role
from shared.errors import Text
from shared.permissions import ANY_LEVEL, COUNTY_AND_ABOVE, Guard, Permission

_SERVICES = frozenset({Role.SERVICE})
_REGISTRARS = frozenset({Duty.REGISTRAR})
_CHECKERS = frozenset({Duty.REGISTRAR, Duty.REVIEWER})

REGION_READ = Permission(
    "registry.region.read",
    Text("查看行政区划", "Read divisions"),
    scope="registry:read",
    levels=ANY_LEVEL,
    clients=frozenset({Role.SYSTEM, Role.SERVICE}),
)
RegionReader = Annotated[Principal, Depends(Guard(REGION_READ))]

REGION_WRITE = Permission(
    "registry.region.write",
    Text("维护本地管理单元和区划类型", "Keep local units and types of divisions"),
    scope="registry:write",
    levels=COUNTY_AND_ABOVE,
    duties=frozenset({Duty.REGISTRAR, Duty.ADMIN}),
)
RegionEditor = Annotated[Principal, Depends(Guard(REGION_WRITE))]

REGION_LOAD = Permission(
    "registry.region.load",
    Text("导入国家区划数据", "Load national divisions"),
    scope="admin:write",
    levels=frozenset({Role.PROVINCE}),
    duties=frozenset({Duty.ADMIN}),
)
RegionLoader = Annotated[Principal, Depends(Guard(REGION_LOAD))]

PERSON_READ = Permission(
    "registry.person.read",
    Text("查看人员", "Read people"),
    scope="registry:read",
    levels=ANY_LEVEL,
)
PersonReader = Annotated[Principal, Depends(Guard(PERSON_READ))]

PERSON_WRITE = Permission(
    "registry.person.write",
    Text("登记和修改人员", "Register and change people"),
    scope="registry:write",
    levels=ANY_LEVEL,
    duties=_REGISTRARS,
)
PersonWriter = Annotated[Principal, Depends(Guard(PERSON_WRITE))]

PERSON_VERIFY = Permission(
    "registry.person.verify",
    Text("核实人员信息", "Verify people"),
    scope="registry:write",
    levels=ANY_LEVEL,
    duties=_CHECKERS,
)
PersonVerifier = Annotated[Principal, Depends(Guard(PERSON_VERIFY))]

PERSON_IDENTITY = Permission(
    "registry.person.identity",
    Text("查看完整证件号码和电话", "See full ID numbers and phones"),
    scope="registry:pii",
    levels=ANY_LEVEL,
    duties=frozenset({Duty.REGISTRAR, Duty.REVIEWER, Duty.FINANCE}),
)
IdentityReader = Annotated[Principal, Depends(Guard(PERSON_IDENTITY))]

PERSON_FACTS = Permission(
    "registry.person.facts",
    Text("读取人员事实(服务间)", "Read a person's facts (services)"),
    scope="registry:read",
    clients=_SERVICES,
)
FactsReader = Annotated[Principal, Depends(Guard(PERSON_FACTS))]

PERSON_BATCH = Permission(
    "registry.person.batch",
    Text("批量取得姓名和掩码号码", "Names and masked numbers of several people"),
    scope="registry:read",
    levels=ANY_LEVEL,
    clients=_SERVICES,
)
BatchReader = Annotated[Principal, Depends(Guard(PERSON_BATCH))]

SPELL_WRITE = Permission(
    "registry.spell.write",
    Text("写入录用产生的就业记录(服务间)", "Write spells that come of placements (services)"),
    scope="registry:write",
    clients=_SERVICES,
)
SpellService = Annotated[Principal, Depends(Guard(SPELL_WRITE))]

IMPORT_WRITE = Permission(
    "registry.import.write",
    Text("批量导入人员", "Import people"),
    scope="registry:write",
    levels=ANY_LEVEL,
    duties=_REGISTRARS,
)
Importer = Annotated[Principal, Depends(Guard(IMPORT_WRITE))]

FEED_READ = Permission(
    "registry.feed.read",
    Text("读取变更流", "Read the change feed"),
    scope="feed:read",
    clients=_SERVICES,
)
FeedReader = Guard(FEED_READ)
