"""What an account may hold, and who may give it. Pure rules, without a database.

1. An admin manages the accounts of its own region and of all regions below.
2. Admins and auditors are made from above: only for a region strictly below the admin's own.
3. Nobody changes the account that they are logged in with, their password excepted.
4. A level has the duties that it has work for; the finance duty belongs to the finance department.
5. Who approves does not also prepare, check or pay; who administers or audits has no other duty.

With 2 and 3 no admin comes to hold `approver`, with 5 no approver comes to hold what it approves.
"""

from collections.abc import Mapping, Set

from shared import regions
from shared.auth import Department, Duty, Principal, Role
from shared.errors import FieldError, Text

_HIGH = frozenset({Duty.REVIEWER, Duty.FINANCE, Duty.APPROVER, Duty.REPORTER, Duty.AUDITOR, Duty.ADMIN})
DUTIES: Mapping[Role, Set[Duty]] = {
    Role.VILLAGE: frozenset({Duty.REGISTRAR, Duty.REPORTER}),
    Role.TOWNSHIP: frozenset({Duty.REGISTRAR, Duty.REVIEWER, Duty.REPORTER}),
    Role.COUNTY: _HIGH | {Duty.REGISTRAR},
    Role.CITY: _HIGH,
    Role.PROVINCE: _HIGH,
}

_LOW_DEPARTMENTS = frozenset({Department.HRSS, Department.AGRICULTURE})
DEPARTMENTS: Mapping[Role, Set[Department]] = {
    role: _LOW_DEPARTMENTS if role in (Role.VILLAGE, Role.TOWNSHIP) else frozenset(Department) for role in DUTIES
}

ALONE = (Duty.ADMIN, Duty.AUDITOR)
APPROVES_FOR = frozenset({Duty.REGISTRAR, Duty.REVIEWER, Duty.FINANCE})

_READ = frozenset({"registry:read", "jobs:read", "subsidy:read", "reporting:read"})
_CASEWORK = frozenset({"registry:write", "registry:pii", "jobs:write", "subsidy:write"})
SCOPES: Mapping[Duty, Set[str]] = {
    Duty.REGISTRAR: _CASEWORK,
    Duty.REVIEWER: _CASEWORK,
    Duty.APPROVER: _CASEWORK | {"subsidy:pay"},
    Duty.FINANCE: frozenset({"registry:pii", "subsidy:write", "subsidy:pay"}),
    Duty.REPORTER: frozenset({"reporting:write"}),
    Duty.AUDITOR: frozenset({"admin:read"}),
    Duty.ADMIN: frozenset({"admin:read", "admin:write", "registry:write", "jobs:write", "subsidy:write"}),
}
"""The first of the two gates. What is done within a scope is decided by each service's permissions."""


def role_of(region: str) -> Role:
    return Role(regions.level(region).value)


def scopes(duties: Set[str]) -> frozenset[str]:
    """What the token of an officer with these duties carries."""
    return _READ.union(*(SCOPES[Duty(duty)] for duty in duties))


def manages(admin: Principal, account_id: str, region: str, duties: Set[str]) -> bool:
    """Whether an admin may make or change an account with these duties (rules 1 to 3)."""
    if admin.region is None or admin.subject == account_id or not regions.contains(admin.region, region):
        return False
    return region != admin.region or not duties & set(ALONE)


def faults(region: str, department: str, duties: Set[str]) -> list[FieldError]:
    """What an account may not hold together (rules 4 and 5); empty when it may."""
    role = role_of(region)
    found = []
    if Department(department) not in DEPARTMENTS[role]:
        found.append(_fault("/department", "该级别没有这个部门", "This level has no such department"))
    if unknown := sorted(duties - DUTIES[role]):
        names = "、".join(unknown), ", ".join(unknown)
        found.append(_fault("/duties", f"该级别不能承担:{names[0]}", f"Not a duty of this level: {names[1]}"))
    if Duty.FINANCE in duties and department != Department.FINANCE:
        found.append(_fault("/duties", "财务职责只属于财政部门", "The finance duty belongs to the finance department"))
    if len(duties) > 1 and duties & set(ALONE):
        found.append(_fault("/duties", "管理员和审计员不得兼任其他职责", "Admins and auditors have no other duty"))
    if Duty.APPROVER in duties and duties & APPROVES_FOR:
        found.append(
            _fault("/duties", "审批人不得兼任登记、审核或财务", "An approver does not register, review or pay")
        )
    return found


def _fault(pointer: str, zh: str, en: str) -> FieldError:
    return FieldError(pointer, Text(zh, en), "not_permitted")
