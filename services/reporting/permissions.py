"""Who may do what in reporting. Bound to endpoints as annotated parameters.

Where a region lies is not asked here: one outside the caller's region is invisible, by query and by row-level security.
"""

from typing import Annotated

from fastapi import Depends

from shared.auth import Duty, Principal, Role
from shared.errors import Text
from shared.permissions import ANY_LEVEL, Guard, Permission

INDICATOR_READ = Permission(
    "reporting.indicator.read",
    Text("查看指标定义", "Read the definitions of indicators"),
    scope="reporting:read",
    levels=ANY_LEVEL,
    clients=frozenset({Role.SYSTEM}),
)
IndicatorReader = Annotated[Principal, Depends(Guard(INDICATOR_READ))]

FIGURE_READ = Permission(
    "reporting.figure.read",
    Text("查看统计数值和报表", "Read figures and forms"),
    scope="reporting:read",
    levels=ANY_LEVEL,
    duties=frozenset({Duty.REPORTER, Duty.REVIEWER}),
)
FigureReader = Annotated[Principal, Depends(Guard(FIGURE_READ))]
