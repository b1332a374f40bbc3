"""From the services' outboxes to the increments, over their real feeds."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.reporting.projections import service
from services.reporting.projections.service import Cell, Difference
from shared.database import Scope, scoped
from shared.feed import Event
from tests.factories import reporting as make
from tests.fixtures.platform import ServiceUnderTest
from tests.reporting.conftest import Tell
from tests.reporting.recount import FLOWS, MONEY, STOCKS, Recount

pytestmark = pytest.mark.anyio

REGIONS = (make.VILLAGE, make.OTHER_COUNTY, "532504100", "532504", "532503", "5325", "53")


def some_events(seed: int, people: int = 30) -> list[Event]:
    """A year of a few people: registered, hired here and there, moved, corrected, trained, paid."""
    draw = random.Random(seed)
    villages = (make.VILLAGE, make.NEXT_VILLAGE, make.OTHER_TOWNSHIP, make.OTHER_COUNTY)

    def on(first: int = 1, last: int = 6) -> str:
        return f"2018-{draw.randint(first, last):02d}-{draw.randint(1, 28):02d}"

    events: list[Event] = []
    for number in range(1, people + 1):
        subject, job, village = UUID(int=number), UUID(int=1000 + number), draw.choice(villages)
        base = draw.choice(["poverty_alleviated", "poverty_alleviated", "ordinary"])
        registered = on(1, 3)
        events.append(make.person(subject, registered, village=village, base=base))
        started = on()
        transfer = draw.choice(["within_county", "outside_county", "outside_province"])
        events.append(make.spell(job, subject, started, village=village, transfer=transfer, insured=number % 2 == 0))
        if number % 4 == 0:
            begun, ended = make.day(started), make.day("2018-06-29")
            change: dict[str, Any] = {"started_on": begun, "ended_on": ended, "transfer": transfer}
            events.append(make.spell(job, subject, "2018-06-30", version=2, village=village, **change))
        if number % 5 == 0:
            moved: dict[str, Any] = {"base": base, "registered_on": make.day(registered)}
            events.append(make.person(subject, on(4, 6), version=2, village=draw.choice(villages), **moved))
        if number % 6 == 0:
            events.append(make.enrolment(UUID(int=2000 + number), subject, on(), village=village))
        if transfer != "within_county":
            kinds = [("service_subsidy", 30_000), ("travel_subsidy", 26_850 + number)]
            for line, (benefit, fen) in enumerate(kinds):
                told: dict[str, Any] = {"benefit": benefit, "transfer": transfer, "amount_fen": fen}
                events.append(make.payment(UUID(int=3000 + 2 * number + line), on(), village=village, **told))
    return events


async def differences(reporting: ServiceUnderTest) -> list[Difference]:
    async with reporting.runtime.database.system_session() as session:
        return await service.verify(session)


async def figures(reporting: ServiceUnderTest) -> dict[tuple[str, str, str, bool], int]:
    async with reporting.runtime.database.system_session() as session:
        rows = await session.execute(
            text("SELECT region, indicator, month::text, lasting, value FROM increment WHERE value <> 0")
        )
        return {(row.region, row.indicator, row.month, row.lasting): row.value for row in rows}


async def shown(reporting: ServiceUnderTest, indicator: str, region: str, last_month: str, january: str) -> int:
    async with reporting.runtime.database.system_session() as session:
        total = await session.scalar(
            text(
                "SELECT coalesce(sum(value), 0) FROM increment WHERE level = length(:region) AND region = :region AND "
                "indicator = :indicator AND month <= CAST(CAST(:month AS text) AS date) "
                "AND (lasting OR month >= CAST(CAST(:january AS text) AS date))"
            ),
            {"region": region, "indicator": indicator, "month": last_month, "january": january},
        )
        return int(total or 0)


async def test_figures_over_the_real_feeds_are_those_of_a_plain_recount(reported: ServiceUnderTest, tell: Tell) -> None:
    events = some_events(seed=1)
    await tell(*events)
    plain = Recount(events)
    for region in REGIONS:
        for indicator in (*STOCKS, *FLOWS, *MONEY):
            found = await shown(reported, indicator, region, "2018-06-01", "2018-01-01")
            assert found == plain.cell(indicator, region, 2018, 6), (indicator, region)
    assert await differences(reported) == []


async def test_any_order_and_any_repetition_come_to_the_same_increments(reported: ServiceUnderTest, tell: Tell) -> None:
    events: Sequence[Event] = some_events(seed=2, people=12)
    order = random.Random(3)
    delivered = [*events, *order.choices(events, k=len(events) // 2)]
    order.shuffle(delivered)
    half = len(delivered) // 2
    await tell(*delivered[:half])
    assert await differences(reported) == []
    await tell(*delivered[half:])
    assert await differences(reported) == []
    shuffled = await figures(reported)
    async with reported.runtime.database.system_session() as session:
        for name in ("registry", "jobs", "subsidy"):
            await service.forget(session, name)
    assert await figures(reported) == {}
    async with reported.runtime.database.system_session() as session:
        for event in events:
            await service.apply(session, make.envelope(event))
    assert await figures(reported) == shuffled


async def test_a_deleted_spell_is_taken_out_even_when_its_deletion_comes_first(
    reported: ServiceUnderTest, tell: Tell
) -> None:
    person, job = UUID(int=1), UUID(int=11)
    await tell(make.person(person, "2018-02-10"))
    alone = await figures(reported)
    await tell(make.spell(job, person, "2018-06-01", version=2, gone=True), make.spell(job, person, "2018-03-05"))
    assert await figures(reported) == alone
    await tell(make.spell(UUID(int=12), person, "2018-03-05"))
    assert await figures(reported) != alone
    await tell(make.spell(UUID(int=12), person, "2018-06-01", version=2, gone=True))
    assert await figures(reported) == alone


async def test_a_spell_given_to_another_person_leaves_the_first(reported: ServiceUnderTest, tell: Tell) -> None:
    first, second, job = UUID(int=1), UUID(int=2), UUID(int=11)
    people = [make.person(first, "2018-02-10"), make.person(second, "2018-02-10", village=make.NEXT_VILLAGE)]
    await tell(*people, make.spell(job, first, "2018-03-05"), make.spell(job, second, "2018-03-05", version=2))
    assert await shown(reported, "employed_people", make.VILLAGE, "2018-06-01", "2018-01-01") == 0
    assert await shown(reported, "employed_people", make.NEXT_VILLAGE, "2018-06-01", "2018-01-01") == 1
    assert await differences(reported) == []


async def test_one_service_read_anew_leaves_the_others_figures(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(*some_events(seed=4, people=12))
    before = await figures(reported)
    for name in ("jobs", "subsidy", "registry"):
        async with reported.runtime.database.system_session() as session:
            await service.forget(session, name)
        left = {key[1] for key in await figures(reported)}
        assert await differences(reported) == []
        assert not left & {"skill_training_people"}
        if name == "jobs":
            assert {"registered_people", "outside_province_service_paid"} <= left
    await tell(*some_events(seed=4, people=12))
    assert await figures(reported) == before


async def test_what_cannot_be_read_is_parked_and_the_feed_goes_on(reported: ServiceUnderTest, tell: Tell) -> None:
    spoilt = make.payment(UUID(int=31), "2018-04-17", paid_on=None)
    await tell(spoilt, make.payment(UUID(int=32), "2018-04-17"))
    assert await shown(reported, "outside_province_service_paid", "53", "2018-06-01", "2018-01-01") == 30_000
    async with reported.runtime.database.system_session() as session:
        parked = (await session.execute(text("SELECT source, reason FROM feed_parked"))).all()
    assert [tuple(row) for row in parked] == [("subsidy", "ValidationError")]


async def test_verify_names_the_figure_that_differs(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(make.person(UUID(int=1), "2018-02-10"))
    async with reported.runtime.database.system_session() as session:
        await session.execute(
            text("UPDATE increment SET value = 5 WHERE region = '5325' AND indicator = 'registered_people'")
        )
    month = make.day("2018-02-01")
    assert await differences(reported) == [Difference(Cell("5325", "registered_people", month, True), 5, 1)]


async def test_an_officer_reads_increments_of_their_own_region_and_no_persons_history(
    reported: ServiceUnderTest, tell: Tell
) -> None:
    await tell(
        make.person(UUID(int=1), "2018-02-10"), make.person(UUID(int=2), "2018-02-10", village=make.OTHER_COUNTY)
    )
    with scoped(Scope(region="532504")):
        async with reported.runtime.database.session() as session:
            regions = (await session.execute(text("SELECT DISTINCT region FROM increment ORDER BY region"))).scalars()
            assert list(regions) == ["532504", "532504100", "532504100201"]
        for table in ("fact", "subject"):
            with pytest.raises(Exception, match="permission denied"):
                async with reported.runtime.database.session() as session:
                    await session.execute(text(f"SELECT * FROM {table}"))
        with pytest.raises(Exception, match="permission denied"):
            async with reported.runtime.database.session() as session:
                await session.execute(text("UPDATE increment SET value = 0"))
    async with reported.runtime.database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM increment"))).scalar_one() == 0
