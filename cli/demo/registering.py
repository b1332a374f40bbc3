"""The county registers its people from a survey's workbook."""

import json

from cli.demo.stage import Stage, expect
from cli.demo.story import COUNTY, Imported
from cli.samples import people
from cli.verbs import imports


def import_people(stage: Stage) -> None:
    stage.act("2 登记 Registering people")
    workbook, manifest = stage.file("people.xlsx"), stage.file("manifest.json")
    people.write(workbook, people.people())
    known = json.loads(manifest.read_text(encoding="utf-8"))
    stage.refused(
        "shamie-officer",
        "村级人员导入全市名单 a village imports for the whole county",
        403,
        lambda village: village.upload("/registry/v1/imports", workbook, {"region": COUNTY}),
    )
    with stage.doing("mile-officer", f"导入 {known['rows']:,} 人 import the survey of 弥勒市") as county:
        result = imports.run(county, workbook, COUNTY, stage.console, stage.file("people-errors.xlsx"))
    stage.show(imports.table(result))
    stage.story.imported = Imported(result.rows, result.done, result.refused, result.reasons, result.refused_rows)
    expect("rows read", result.rows, known["rows"])
    expect("rows that were wrong on purpose", sorted(result.refused_rows), sorted({row for row, _ in _flaws(known)}))
    expect("rows taken in", result.done, known["rows"] - result.refused)
    with stage.doing("mile-officer", "同一文件再次上传 the same file again gives the same import") as county:
        expect(
            "a repeated upload", county.upload("/registry/v1/imports", workbook, {"region": COUNTY})["repeated"], True
        )


def _flaws(manifest: dict[str, list[dict[str, object]]]) -> list[tuple[int, str]]:
    return [(int(str(flaw["row"])), str(flaw["kind"])) for flaw in manifest["bad"]]
