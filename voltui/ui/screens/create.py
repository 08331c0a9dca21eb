"""The form of a new volume: what its kind means, and what has to be filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.widgets import Input

from voltui.jobs.common import Common
from voltui.jobs.volume_plans import CreatePlan
from voltui.model.errors import VoltuiError
from voltui.model.volume_kinds import Field, VolumeKind
from voltui.ui.frame import detail_title
from voltui.ui.screens.overlay import Overlay
from voltui.ui.spans import Line, Span, line
from voltui.ui.views.base import labelled
from voltui.ui.widgets.lines import Lines
from voltui.ui.widgets.sentence import Sentence

_NAME = Field("name", "The volume's name.")


class CreateScreen(Overlay[CreatePlan]):
    """Returns the plan of a new volume. Tab and Shift-Tab go through the fields, Enter makes it, Esc leaves.

    ``check`` raises `VoltuiError` for a name that will not do.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("tab,down", "app.focus_next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", show=False, priority=True),
    ]
    MEANS: ClassVar[Mapping[str, str]] = {}  # keys are typed

    def __init__(self, common: Common, kind: VolumeKind, check: Callable[[str], object]) -> None:
        super().__init__()
        self._common = common
        self._kind = kind
        self._check = check
        self._wrong = ""
        """What is wrong with what is filled in, until something is typed."""
        self._fields = (_NAME, *kind.fields)

    def compose(self) -> ComposeResult:
        """What the kind means, a line a field, the hint of the one with the cursor."""
        with Container(id="create"):
            yield Lines(id="create-kind")
            for field in self._fields:
                with Horizontal(classes="field"):
                    yield Lines(id=f"label-{field.name}", lines=[line(Span(f" {field.name}", "dim"))])
                    yield Input(field.default, id=f"field-{field.name}", password=field.secret, compact=True)
            yield Sentence(id="create-hint", said=Span(_NAME.hint, "dim"))

    def on_mount(self) -> None:
        """Begin with the name."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one("#field-name", Input).focus()
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        lines = self.query_one("#create-kind", Lines)
        lines.show([detail_title(f"New volume: {self._kind.label}", "Tab next, Enter makes it, Esc leaves",
                                 lines.size.width), *_meaning(self._kind)])  # fmt: skip
        self._show_hint()

    def on_descendant_focus(self) -> None:
        """The hint is of the field with the cursor."""
        self._show_hint()

    @on(Input.Changed)
    def _mended(self) -> None:
        self._wrong = ""
        self._show_hint()

    def _show_hint(self) -> None:
        if self._wrong:
            self.query_one(Sentence).say(Span(self._wrong, "warn"))
            return
        at = self.focused.id if self.focused is not None else ""
        field = next((field for field in self._fields if f"field-{field.name}" == at), _NAME)
        optional = "" if field.needed else " (may be empty)"
        self.query_one(Sentence).say(Span(f"{field.hint}{optional}", "dim"))

    @on(Input.Submitted)
    def _taken(self) -> None:
        values = {field.name: self.query_one(f"#field-{field.name}", Input).value.strip() for field in self._fields}
        try:
            self._check(values["name"])
        except VoltuiError as error:
            self._refuse(error)
            self.query_one("#field-name", Input).focus()
            return
        try:
            driver, options = self._kind.made_of(values)
        except VoltuiError as error:
            self._refuse(error)
            return
        self.dismiss(CreatePlan(self._common, values["name"], driver, options))

    def _refuse(self, error: VoltuiError) -> None:
        self._wrong = error.words
        self._show_hint()


def _meaning(kind: VolumeKind) -> list[Line]:
    return [
        labelled("speed", kind.speed),
        labelled("shared", kind.sharing),
        labelled("durable", kind.durability),
        labelled("reach", kind.reach),
    ]
