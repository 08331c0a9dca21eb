"""Comparing the files of two volumes or backups: by their lists first, then by content where these leave a doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from voltui.engine.tools import made_by_a_job
from voltui.format import size
from voltui.jobs.look import Files, Opened
from voltui.model.contents import text_of
from voltui.model.differences import Difference, What, changed_in, differences
from voltui.model.errors import Refused
from voltui.model.files import FileNode, FileTree
from voltui.model.kinds import FILE, LINK
from voltui.model.textdiff import MOST_TEXT, DiffLine, unified


class TextDifference(Struct, frozen=True):
    """What differs between the contents of one path."""

    lines: tuple[DiffLine, ...] = ()
    sentence: str = ""
    """What is to be said besides, or in their place: safe for a terminal."""


class Comparing:
    """Two sides that are open. Contents are read only where lists don't tell."""

    def __init__(self, before: Opened, after: Opened) -> None:
        self._before, self._after = before, after
        self._trees = FileTree(), FileTree()
        self._done = [0, 0]
        self.total = 0
        """Bytes of content that are to be read; 0 before that is known, and where nothing is."""

    @property
    def done(self) -> int:
        """Bytes of content that were read so far."""
        return min(sum(self._done), self.total)

    @property
    def cut(self) -> bool:
        """Whether one side had too many entries to be listed."""
        return any(tree.cut for tree in self._trees)

    def known(self, path: bytes) -> bool:
        """Whether a side has an entry at the path."""
        return any(tree.find(path) is not None for tree in self._trees)

    async def listed(self) -> list[Difference]:
        """What the lists tell. Raises `VoltuiError` where they can't be read."""
        before, after = self._trees
        await asyncio.gather(self._before.load(before), self._after.load(after))
        return await self._found()

    async def settled(self, found: list[Difference]) -> list[Difference]:
        """The same with contents compared where lists left it open. What can't be read stays unsure."""
        unsure = [one for one in found if one.what is What.UNSURE]
        before = [one.before for one in unsure if one.before is not None and not one.before.hash]
        after = [one.after for one in unsure if one.after is not None and not one.after.hash]
        self.total = sum(node.size for node in (*before, *after))
        if not before and not after:
            return found
        await asyncio.gather(self._learn(0, before), self._learn(1, after))
        return await self._found()

    async def _learn(self, side: int, nodes: list[FileNode]) -> None:
        if not nodes:
            return

        def count(done: int) -> None:
            self._done[side] = done

        hashes = await (self._before, self._after)[side].hashes(nodes, count)
        count(sum(node.size for node in nodes))  # holes were not read
        await asyncio.to_thread(self._trees[side].learn, hashes)

    async def _found(self) -> list[Difference]:
        """What jobs have put aside in a volume, or are about to put there, is none of its data."""

        def find() -> list[Difference]:
            return [one for one in differences(*self._trees) if not made_by_a_job(one.path)]

        return await asyncio.to_thread(find)

    async def text(self, one: Difference, *, swapped: bool = False) -> TextDifference:
        """The unified diff of a path, the other way round where it is ``swapped``, or a sentence where there is none.

        Raises `VoltuiError` where it can't be read, `Refused` where it is too large.
        """
        shown = one.swapped if swapped else one
        if any(node.kind not in (FILE, LINK) for node in one.sides):
            return TextDifference(sentence=_kinds(shown))
        if any(node.size > MOST_TEXT for node in one.sides):
            largest = max(node.size for node in one.sides)
            raise Refused(
                f"{one.sides[0].shown_path} has {size(largest)}: lines are compared up to {size(MOST_TEXT)}.",
                "Enter in the files (f) shows its beginning.",
            )
        old, new = await asyncio.gather(_content(self._before, one.before), _content(self._after, one.after))
        return await asyncio.to_thread(_text_difference, shown, *((new, old) if swapped else (old, new)))


@asynccontextmanager
async def comparing(before: Files, after: Files) -> AsyncIterator[Comparing]:
    """Open both sides. Raises `VoltuiError`."""
    async with before.opened() as one, after.opened() as other:
        yield Comparing(one, other)


async def _content(opened: Opened, node: FileNode | None) -> bytes:
    return await opened.content(node, MOST_TEXT) if node is not None and node.size else b""


def _text_difference(one: Difference, old: bytes, new: bytes) -> TextDifference:
    if old == new:
        return TextDifference(sentence=_alike(one))
    texts = text_of(old), text_of(new)
    if texts[0] is None or texts[1] is None:
        return TextDifference(sentence=f"It is no text: {_sizes(one)}, and the contents differ.")
    return TextDifference(tuple(unified(texts[0], texts[1])))


def _alike(one: Difference) -> str:
    if one.before is None or one.after is None:
        return "It is empty."
    others = changed_in(one.before, one.after)
    return f"The content is the same; {' and '.join(others) or 'nothing'} differs."


def _kinds(one: Difference) -> str:
    """What to say of folders, links and special files."""
    if one.before is None or one.after is None:
        return f"It is a {one.sides[0].kind}, which has no text."
    if one.before.kind != one.after.kind:
        return f"It was a {one.before.kind} and is a {one.after.kind}."
    others = [*(["target"] if one.before.link != one.after.link else []), *changed_in(one.before, one.after)]
    return f"It is a {one.after.kind}; {' and '.join(others) or 'nothing'} differs."


def _sizes(one: Difference) -> str:
    if one.before is None or one.after is None:
        return size(one.sides[0].size)
    return f"{size(one.before.size)} before, {size(one.after.size)} after"
