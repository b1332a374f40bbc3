"""Pure rules on where people work and how far they can go for it."""

from services.registry.events import LaborCapacity, Mobility, SpellKind, Status, Transfer
from shared.regions import LENGTH, Level

_PROVINCE, _COUNTY, _TOWNSHIP = (LENGTH[each] for each in (Level.PROVINCE, Level.COUNTY, Level.TOWNSHIP))
_CANNOT = frozenset({LaborCapacity.LOST, LaborCapacity.NONE})
_WEAK = frozenset({LaborCapacity.WEAK, LaborCapacity.HALF})
_SERIOUS_ILLNESS = "M1"
_ILL = frozenset({"3", "6"})  # chronic disease, disability
_WORKING_AGE, _OLD = 16, 60


def transfer_of(kind: str, home: str, work_region: str | None) -> Transfer | None:
    """转移就业 of a spell of someone managed by the village `home`.

    None for work on one's own farm, for a public post in the home township, and where the place is not known well
    enough: `53` for someone of Yunnan may be their own county or another.
    """
    if work_region is None or kind == SpellKind.OWN_FARM:
        return None
    if kind == SpellKind.PUBLIC_POST and work_region.startswith(home[:_TOWNSHIP]):
        return None
    if work_region[:_PROVINCE] != home[:_PROVINCE]:
        return Transfer.OUTSIDE_PROVINCE
    if work_region.startswith(home[:_COUNTY]):
        return Transfer.WITHIN_COUNTY
    return None if home.startswith(work_region) else Transfer.OUTSIDE_COUNTY


def default_mobility(capacity: str, health: str | None, age: int) -> Mobility | None:
    """三类 as far as capacity, health and age tell; an officer who knows better sets it.

    无法外出: 丧失 or 无劳动力, or a serious illness. 能外出不能远行: 弱 or 半劳动力, chronic disease, disability, or
    60 years and more. 能外出可远行: everybody else of 16 and more. None below 16.
    """
    if age < _WORKING_AGE:
        return None
    if capacity in _CANNOT or health == _SERIOUS_ILLNESS:
        return Mobility.UNABLE
    if capacity in _WEAK or health in _ILL or age >= _OLD:
        return Mobility.NEAR
    return Mobility.FAR


def status_without_work(capacity: str, *, willing: bool) -> Status:
    """The status of someone who does not work: unable, unwilling (no intent stated as such), or unemployed."""
    if capacity in _CANNOT:
        return Status.UNABLE
    return Status.UNEMPLOYED if willing else Status.UNWILLING


def verifying_region(initial: str, region: str, hukou: str, work_region: str | None) -> str:
    """Whose officers verify (S003-W3): the hukou place the unemployed, the work place the employed.

    A work place that is unknown, known to the city only, or outside this province has nobody here to ask: the hukou
    place verifies by phone or proof; and the managing village, where the hukou lies outside this province.
    """
    here = region[:_PROVINCE]
    if initial == Status.EMPLOYED and work_region and len(work_region) >= _COUNTY and work_region.startswith(here):
        return work_region
    return hukou if hukou.startswith(here) else region
