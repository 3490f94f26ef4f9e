"""Files of patents as public sources send them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.cli.command import invoke

KPSS = """patent_num,permno,issue_date,filing_date,xi_nominal,xi_real,cites
1568040,10006,01/05/1926,07/25/1921,0.5,2.8,1
1568041,10006,01/05/1926,,0.75,4.25,0
1568042,10014,01/12/1926,02/01/1926,1.25,7.1,12
"""
GOOGLE = """search URL:,https://patents.google.com/?assignee=Alfa&oq=alfa
id,title,assignee,inventor/author,priority date,filing/creation date,publication date,\
grant date,result link,representative figure link
CN-101234567-B,"Battery, with
a lid",Alfa Co. ,Zhang San,2010-01-02,2010-02-03,2012-05-06,2012-05-06,https://x/1,
CN-201234567-U,=1+1,ALFA  CO.,Li Si,2010-01-02,2010-02-03,2011-05-06,2011-05-06,https://x/2,
US-2019123456-A1,Method,Beta Inc,,2018-01-02,2018-02-03,2019-05-06,,https://x/3,
"""


def test_values_by_grant_are_read_and_renamed(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text(KPSS)
    words = ["evidence", "patents", "kpss", "k.csv", "--output", "out.parquet", "--json"]
    done = invoke(words, tmp_path)
    assert done.code == 0, done.stderr
    answer = done.json()
    assert answer["n"] == 3
    codes = {finding["code"] for finding in answer["findings"]}
    assert codes == {"kpss_file_units", "kpss_file_filing_after_issue"}
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert table["patent"].to_list() == ["1568040", "1568041", "1568042"]
    assert table["firm"].to_list() == ["10006", "10006", "10014"]
    assert [str(day) for day in table["date"]] == ["1926-01-05", "1926-01-05", "1926-01-12"]
    assert table["filing_date"].null_count() == 1
    assert table["value_real"].to_list() == [2.8, 4.25, 7.1]


def test_a_search_becomes_grants_of_firms(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(GOOGLE)
    (tmp_path / "firms.csv").write_text("assignee,firm\nalfa co.,600001\n")
    words = ["evidence", "patents", "google-patents", "g.csv", "--firms", "firms.csv"]
    more = ["--kinds", "B=invention,U=utility model", "--output", "out.csv", "--json"]
    done = invoke([*words, *more], tmp_path)
    assert done.code == 0, done.stderr
    codes = {finding["code"] for finding in done.json()["findings"]}
    assert codes == {"google_patents_applications", "google_patents_without_firm"}
    table = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert table["firm"].to_list() == ["600001", "600001", None]
    assert table["group"].to_list() == ["invention", "utility model", None]
    assert table["kind"].to_list() == ["B", "U", "A1"]
    assert table["date"].to_list() == ["2012-05-06", "2011-05-06", None]
    assert table["title"].to_list()[1] == "'=1+1"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_read_is_shown(tmp_path: Path, language: str) -> None:
    (tmp_path / "k.csv").write_text(KPSS)
    done = invoke(["evidence", "patents", "kpss", "k.csv", "--lang", language], tmp_path)
    assert done.code == 0, done.stderr
    assert "value_nominal" in done.stdout


def test_a_full_export_is_cut_off(tmp_path: Path) -> None:
    rows = [f"CN-{100000000 + i}-B,t,a,b,,,,2012-05-06,," for i in range(1000)]
    head = GOOGLE.splitlines()[:2]
    (tmp_path / "g.csv").write_text("\n".join([*head, *rows]) + "\n")
    done = invoke(["evidence", "patents", "google-patents", "g.csv", "--json"], tmp_path)
    assert {finding["code"] for finding in done.json()["findings"]} == {"google_patents_cut_off"}
