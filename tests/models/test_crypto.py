"""Sealing: what goes in comes out, only with the same key at the same place, and never twice the same blob."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import crypto
from models.tables.fields import UtcDatetimeField, micros, new_id

KEY = bytes(range(32))


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_what_is_sealed_opens_with_the_same_key_and_place(clear: bytes, place: bytes) -> None:
    blob = crypto.seal(KEY, clear, place)
    assert crypto.unseal(KEY, blob, place) == clear
    assert blob != crypto.seal(KEY, clear, place)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_bit_changed_anywhere_does_not_open(clear: bytes, data: st.DataObject) -> None:
    blob = bytearray(crypto.seal(KEY, clear, b"here"))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(KEY, bytes(blob), b"here")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" * 28, b"\x02" * 60])
def test_what_is_no_blob_is_unreadable_and_says_nothing_of_its_content(blob: bytes) -> None:
    with pytest.raises(crypto.Unreadable) as refusal:
        crypto.unseal(KEY, blob, b"")
    assert str(refusal.value) in {"not a blob of this version", "wrong key or wrong place"}


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=4),
    st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=4),
)
def test_different_places_are_never_written_the_same(one: list[str | None], other: list[str | None]) -> None:
    assert (crypto.associated(*one) == crypto.associated(*other)) is (one == other)


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_the_blind_index_meets_only_the_same_parts_under_the_same_key(one: list[str], other: list[str]) -> None:
    assert (crypto.blind(KEY, *one) == crypto.blind(KEY, *other)) is (one == other)
    assert crypto.blind(KEY, *one) != crypto.blind(bytes(32), *one)


def test_derived_keys_differ_by_purpose_and_from_their_source() -> None:
    keys = {crypto.derive(KEY, info) for info in (b"blind index", b"house", b"trail", b"")} | {KEY}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {crypto.KEY_BYTES}


def test_ids_are_128_random_bits() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in ids)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(-12, 14))
def test_an_instant_comes_back_to_the_microsecond_whatever_zone_it_was_written_in(at: datetime, hours: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    back = UtcDatetimeField().to_python_value(micros(aware))
    assert back == aware
    assert back is not None
    assert back.tzinfo is UTC


def test_a_naive_instant_never_reaches_the_database() -> None:
    with pytest.raises(ValueError, match="naive"):
        micros(datetime(2026, 11, 17, 9))
