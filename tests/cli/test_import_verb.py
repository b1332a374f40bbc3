"""What the import verb reads from an error workbook."""

from pathlib import Path

from cli.verbs import imports
from shared.spreadsheet import Writer


def test_reasons_are_counted_by_their_texts_and_rows_by_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    rows = [
        ["", "", ""],
        ["原行号", "姓名", "错误原因"],
        ["7", "甲", "证件号码:证件号码与第 6 行重复;民族:没有这个民族"],
        ["9", "乙", "证件号码:成了数字,末位已丢失;请改为文本格式"],
    ]
    with Writer(path) as writer:
        sheet = writer.sheet("错误行")
        for line, cells in enumerate(rows):
            for place, value in enumerate(cells):
                writer.put(sheet, line, place, value)
    assert imports.read_errors(path) == [
        (7, ["证件号码:证件号码与其他行重复", "民族:没有这个民族"]),
        (9, ["证件号码:成了数字,末位已丢失;请改为文本格式"]),
    ]
