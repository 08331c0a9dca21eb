"""The language of filters: what it finds, what it tells, and that nothing typed breaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voltui.model.filter import LANGUAGE, Ask, Facts, examples, half_typed, parse, without_last_word

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


ROWS = {
    "data": Facts("shop_pgdata", "shop_pgdata db 2 h ok local", {"env": "prod"}, "shop", "local", False, False,
                  2 * 10**9, ago(hours=2)),
    "media": Facts("shop_media", "shop_media unused 9 d local nfs", {"env": ""}, "shop2", "local", True, False,
                   500, ago(days=9)),
    "anon": Facts("db:/cache", "db:/cache never local", {}, "", "nfs", True, True, None, None),
}  # fmt: skip


def found(text: str, *, near: bool = False) -> list[str]:
    made = parse(text, now=NOW)
    assert not made.fault
    return made.select(ROWS, ROWS, near=near).keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ["data", "media", "anon"]),
        ("SHOP", ["data", "media"]),
        ("shop !nfs", ["data"]),
        ("!", ["data", "media", "anon"]),
        ("label=env", ["data", "media"]),
        ("label=env=prod", ["data"]),
        ("label=env=", ["media"]),
        ("!label=env", ["anon"]),
        ("label=*", ["data", "media"]),
        ("label=e*=*o*", ["data"]),
        ("label=env=*", ["data", "media"]),
        ("label=env=pr*", ["data"]),
        ("label=*=prod", ["data"]),
        ("project=shop", ["data"]),
        ("project=shop*", ["data", "media"]),
        ("!project=*", ["anon"]),
        ("project=sho?", []),
        ("project=[s]hop", []),
        ("driver=nfs", ["anon"]),
        ("unused", ["media", "anon"]),
        ("!unused", ["data"]),
        ("anonymous", ["anon"]),
        ("size>1G", ["data"]),
        ("size<1k", ["media"]),
        ("size<0.5Ki", ["media"]),
        ("size>499B", ["data", "media"]),
        ("backup>7d", ["media", "anon"]),
        ("backup<180min", ["data"]),
        ("backup<1w", ["data"]),
        ("backup=never", ["anon"]),
        ("!backup=never shop", ["data", "media"]),
    ],
)
def test_what_a_filter_finds(text: str, keys: list[str]) -> None:
    assert found(text) == keys


def test_an_unknown_size_meets_nothing() -> None:
    assert "anon" not in found("size>0") + found("size<1T") + found("!size>1G")


def test_where_nothing_matches_what_comes_near_does() -> None:
    assert found("spg") == []
    assert found("spg", near=True) == ["data"]
    assert found("project=sho", near=True) == ["data", "media"]
    assert found("project=shop", near=True) == ["data"], "what matches keeps out what only comes near"
    assert found("!spg nfs project=sho", near=True) == ["media"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("size>", "size needs a bound: size>1G or size<500k"),
        ("size=3", "size needs a bound: size>1G or size<500k"),
        ("backup>7", "backup needs an age: backup>7d or backup<12h"),
        ("backup=new", "backup= is for never; of an age: backup>7d"),
        ("label=", "label needs a name: label=env or label=env=prod"),
        ("!project=", "project needs a name: project=shop"),
        ("lable=x", "There is no lable here; is it label=env=prod?"),
        ("unused=yes", "There is no unused here; is it unused?"),
    ],
)
def test_a_term_that_means_nothing_is_told_and_finds_nothing(text: str, told: str) -> None:
    made = parse(f"shop_media {text}", now=NOW)
    assert made.fault == told
    assert made.select(ROWS, ROWS).keys == []


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("shop siz", True),
        ("size", True),
        ("!size>", True),
        ("lable=x", True),
        ("size>1G", False),
        ("size> ", False),
        ("size-x", False),
        ("unused", False),
        ("unu", True),
        ("web", False),
        ("", False),
    ],
)
def test_a_word_that_may_become_a_term_is_half_typed(text: str, half: bool) -> None:
    assert half_typed(text, frozenset(Ask)) == half


def test_what_was_typed_before_the_last_word() -> None:
    assert [without_last_word(text) for text in ("shop size>", "size>", "shop ", "")] == ["shop", "", "shop", ""]


def test_a_list_has_only_the_terms_that_make_sense_for_it() -> None:
    asks = frozenset((Ask.LABEL,))
    assert parse("unused", asks, NOW).select(ROWS, ROWS).keys == ["media"], "there it is a word like any other"
    assert parse("size>1", asks, NOW).fault == "There is no size here; there is label=env=prod"
    assert parse("size>1", frozenset(), NOW).fault == "There is no size here; there is word and !word"


def test_every_term_has_an_example_that_holds() -> None:
    assert set(LANGUAGE) == {None, *Ask}
    assert all(not parse(example).fault for example, _ in examples(frozenset(Ask)))


@given(st.text(alphabet=st.sampled_from("!=<>*[]()\\abk0.9 \0é🦑sizelabelbackupproject"), max_size=40))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    for near in (False, True):
        parse(text, now=NOW).select(ROWS, ROWS, near=near)
    for name in ("size", "backup", "label", "project"):
        parse(f"{name}>{text} {name}={text}", now=NOW).select(ROWS, ROWS)
