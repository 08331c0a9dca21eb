"""Sharing: which containers get the volumes, and just what that does to them. Enter asks once more, Esc leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container as Box

from voltui.jobs.sharing import Taker, losses, refuse_other, shares, taker_of
from voltui.jobs.volume_plans import ImagePlan, SharePlan
from voltui.model.container import Container, ContainerDetail
from voltui.model.errors import VoltuiError
from voltui.model.inventory import Inventory
from voltui.model.mount import MountKind
from voltui.model.names import check_new_name
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.model.text import listed
from voltui.ui.frame import WIDE, detail_title
from voltui.ui.screens.ask import AskScreen
from voltui.ui.screens.confirm import ConfirmScreen
from voltui.ui.screens.overlay import LEAVING, MOVING, Overlay, leaving
from voltui.ui.spans import Line, Span, line
from voltui.ui.typed import check_image_and_file, image_and_file, words
from voltui.ui.views.base import Column, labelled, paragraph
from voltui.ui.views.words import state_glyph
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.table import Rows, Table

_COLUMNS = (Column("CONTAINER", share=1, middle=True), Column("STATE", width=12), Column("", share=2))
_PAUSE = 0.15
"""Seconds the cursor must rest before an engine is asked what a container has written: it may look through a lot."""


class ShareScreen(Overlay[SharePlan | ImagePlan]):
    """Returns the plan of a sharing, consented to."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        leaving(),
        Binding("down", "go('down')", show=False),
        Binding("up", "go('up')", show=False),
        Binding("o", "read_only", show=False),
        Binding("d", "direct", show=False),
        Binding("n", "name", show=False),
        Binding("a", "at", show=False),
        Binding("w", "new_container", show=False),
        Binding("i", "image", show=False),
        Binding("enter", "take", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - Textual's own form
    MEANS: ClassVar[Mapping[str, str]] = {**LEAVING, **MOVING, "mark": "mark"}

    def __init__(self, plan: SharePlan, inventory: Inventory, details: Mapping[str, ContainerDetail]) -> None:
        super().__init__()
        self._plan = plan
        self._data = plan.data
        self._details = details
        self._containers = {
            one.id: one
            for one in sorted(inventory.containers.values(), key=lambda one: (not one.running, one.name))
            if one.id in details and not one.data_container and one.name != plan.data
        }
        self._marked: frozenset[str] = frozenset()
        self._losses: dict[str, tuple[str, ...]] = {}

    def compose(self) -> ComposeResult:
        """What is shared, the containers, what it does to the one under the cursor."""
        with Box(id="share"):
            yield Lines(id="share-what")
            with Box(id="share-body"):
                yield Table(id="share-table")
                yield Lines(id="share-effect")

    def on_mount(self) -> None:
        """Show all containers."""
        self.query_one(Table).focus()
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    # What is shown.

    def _show(self) -> None:
        what = self.query_one("#share-what", Lines)
        volumes = listed([safe(share.volume) for share in self._plan.shares], most=2)
        marks = self.app.store.state.key("mark")
        title = detail_title(f"Share {volumes}", f"{marks} marks, Enter shares, Esc closes", what.size.width)
        what.show([title, *self._what(what.size.width)])
        table = self.query_one(Table)
        nothing = (line("   There is no container to share with. Enter makes the data container."),)
        table.show(Rows(_COLUMNS, list(self._containers), self._cells, self._marked, nothing))
        self._show_effect()

    def _what(self, width: int) -> list[Line]:
        plan = self._plan
        through = f"the data container {safe(plan.data)}" if plan.data else "nothing: they mount it themselves"
        places = listed([safe(share.at) for share in plan.shares])
        access = "read and write" if not plan.read_only else "read only"
        return [
            labelled(
                "through",
                f"{through}   ",
                *_key("n", "name"),
                *_key("d", "directly" if plan.data else "data container"),
            ),
            labelled("at", f"{places}   ", *(_key("a", "another path") if len(plan.shares) == 1 else ())),
            labelled("they may", f"{access}   ", *_key("o", "also write" if plan.read_only else "only read")),
            labelled(
                "or",
                Span("w", "key"),
                Span(" with a new container ", "dim"),
                *_key("i", "as an image, for another host"),
            ),
        ]

    def _cells(self, key: str) -> tuple[Line, ...]:
        container = self._containers[key]
        taker = self._taker(key)
        if taker.refusal is not None:
            effect = Span(taker.refusal.sentence, "dim")
        else:
            effect = Span("is made anew") if key in self._marked else Span(self._has(container), "dim")
        name = line(state_glyph(container), f" {safe(container.name)}")
        return name, line(safe(container.state)), line(effect)

    def _has(self, container: Container) -> str:
        shared = {share.volume for share in self._plan.shares}
        had = {mount.source for mount in container.mounts if mount.kind is MountKind.VOLUME}
        return "has it already" if shared <= had else "has some of it already" if shared & had else ""

    def _taker(self, key: str) -> Taker:
        found = taker_of(self._details, self._details[key], self._plan)
        return replace(found, loses=self._losses.get(key, ()))

    @on(Table.Moved)
    def _show_effect(self) -> None:
        effect, key = self.query_one("#share-effect", Lines), self.query_one(Table).cursor_key
        width = effect.size.width
        lines: list[Line] = [detail_title(safe(self._containers[key].name) if key else "", "", width)]
        if key:
            taker = self._taker(key)
            lines += self._effect(taker, width)
            if taker.refusal is None and key not in self._losses:
                self.run_worker(self._look_up(self._containers[key]), exclusive=True, exit_on_error=False)
        if len(lines) > effect.size.height > 1:
            lines[effect.size.height - 1 :] = [labelled("", Span("… `voltui share` tells all of it", "dim"))]
        effect.show(lines)

    def _effect(self, taker: Taker, width: int) -> list[Line]:
        if taker.refusal is not None:
            return [
                *paragraph("refused", taker.refusal.sentence, width),
                *paragraph("", taker.refusal.hint, width, "dim"),
            ]
        lines = [
            labelled("gets", f"{safe(one.volume)} at {safe(one.at)} {'ro' if one.read_only else 'rw'}")
            for one in taker.gains
        ]
        if taker.loses:
            lines += paragraph("loses", taker.loss, width, "warn")
        for number, sentence in enumerate(taker.notices):
            lines += paragraph("" if number else "then", sentence, width)
        lines += [labelled("" if number else "compose", safe(text)) for number, text in enumerate(taker.snippet)]
        return lines

    # What the keys do.

    def action_mark(self) -> None:
        """Share with it, or not; what it would lose is looked up."""
        key = self.query_one(Table).cursor_key
        if not key:
            return
        taker = self._taker(key)
        if taker.refusal is not None:
            self.app.tell(taker.refusal.sentence, warning=True)
            return
        self._marked ^= {key}
        self._show()

    async def _look_up(self, container: Container) -> None:
        """Ask the engine what a container has written itself. Where it does not say, the job asks again."""
        await asyncio.sleep(_PAUSE)
        with suppress(VoltuiError):
            self._losses[container.id] = await losses(self.app.live.engine, self._details[container.id])
        self._show()

    def action_read_only(self) -> None:
        """Whether they may only read."""
        self._change(read_only=not self._plan.read_only)

    def action_direct(self) -> None:
        """Through a data container, or directly."""
        self._change(data="" if self._plan.data else self._data)

    def action_name(self) -> None:
        """Ask for the data container's name."""

        def named(name: str | None) -> None:
            if name:
                self._data = name
                self._change(data=name)

        hint = "It is made where there is none of that name."
        check = partial(check_new_name, "container")
        self.app.push_screen(AskScreen("The data container's name", hint, self._data, check=check), named)

    def action_at(self) -> None:
        """Ask for the path of a volume that is shared alone."""
        if len(self._plan.shares) > 1:
            return
        volume, at = self._plan.shares[0].volume, self._plan.shares[0].at

        def chosen(path: str | None) -> None:
            if path:
                self._change(shares=shares([volume], [path]))

        title = f"Where containers find {safe(volume)}"
        check = lambda path: shares([volume], [path])  # noqa: E731
        self.app.push_screen(AskScreen(title, "An absolute path.", at, check=check), chosen)

    def action_new_container(self) -> None:
        """Ask for a local image, and start a container of it with the data."""
        if not self._plan.data:
            self.app.tell("A new container takes the mounts of a data container: d makes one.", warning=True)
            return

        def named(text: str | None) -> None:
            typed = words(text or "")
            if typed:
                self.dismiss(replace(self._plan, image=typed[0], command=tuple(typed[1:])))

        hint = "A local image, then its command, if not the image's own. Nothing is pulled."
        self.app.push_screen(AskScreen("Start a container of", hint), named)

    def action_image(self) -> None:
        """Ask for a name, and put the volume's content into an image."""
        if len(self._plan.shares) > 1:
            self.app.tell("One image holds one volume.", warning=True)
            return
        volume, common = self._plan.shares[0].volume, self._plan.common

        def named(text: str | None) -> None:
            if text:
                reference, file = image_and_file(text)
                self.dismiss(ImagePlan(common, Source("volume", volume), reference, file))

        hint = "NAME:TAG, then a file to write it to; without one it stays in the engine."
        proposed = f"{volume.lower()}:latest ./{volume}.tar"
        title = f"{safe(volume)} as the image"
        self.app.push_screen(AskScreen(title, hint, proposed, check=check_image_and_file), named)

    def _change(self, **fields: object) -> None:
        self._plan = replace(self._plan, **fields)
        self._marked = frozenset(key for key in self._marked if self._taker(key).refusal is None)
        self._show()

    def action_take(self) -> None:
        """Return the plan; where containers are made anew, after one more question."""
        try:
            refuse_other([one.container for one in self._details.values()], self._plan)
        except VoltuiError as error:
            self.app.tell_error(error)
            return
        marked = [key for key in self._containers if key in self._marked]
        if not marked:
            self._without_takers()
        elif all(key in self._losses for key in marked):
            self._ask(marked)
        else:
            self.app.plan(self._look_up_and_ask(marked))

    async def _look_up_and_ask(self, marked: list[str]) -> None:
        """What one loses is consented to only when it was shown."""
        try:
            for key in marked:
                if key not in self._losses:
                    self._losses[key] = await losses(self.app.live.engine, self._details[key])
        except VoltuiError as error:
            self.app.tell_error(error)
            return
        if self.is_current:
            self._show()
            self._ask(marked)

    def _ask(self, marked: list[str]) -> None:
        takers = [self._taker(key) for key in marked]
        names = tuple(taker.detail.container.name for taker in takers)
        plan = replace(self._plan, takers=names, lose=any(taker.loses for taker in takers))

        def decided(yes: bool | None) -> None:
            if yes:
                self.dismiss(plan)

        facts = [sentence for taker in takers for sentence in (taker.loss, *taker.notices) if sentence]
        question = f"Make {listed([taker.name for taker in takers], most=2)} anew with {self._named()}?"
        self.app.push_screen(ConfirmScreen(question, facts, "Share"), decided)

    def _without_takers(self) -> None:
        if self._plan.data:
            self.dismiss(self._plan)
        else:
            self.app.tell("Mark the containers that are to mount it.", warning=True)

    def _named(self) -> str:
        return listed([safe(share.volume) for share in self._plan.shares], most=2)


def _key(key: str, label: str) -> tuple[Span, ...]:
    return Span(f" {key}", "key"), Span(f" {label} ", "dim")
