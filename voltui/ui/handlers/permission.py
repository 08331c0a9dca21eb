"""What may not be changed, told before anything is asked, read or opened for it."""

from __future__ import annotations

from voltui.jobs.protection import refuse_protected
from voltui.model.errors import Refused
from voltui.model.safe import safe
from voltui.model.source import Source
from voltui.ui.actions import Action
from voltui.ui.host import Host


def may_change(app: Host, target: Source, command: str) -> bool:
    """Whether the files of a source may be changed here; where not, that is told, with a command that does it.

    ``{name}`` in the command is the volume's.
    """
    inventory = app.store.state.inventory
    if inventory is None:
        app.tell("The engine does not answer.", warning=True)
        return False
    name = safe(target.name)
    try:
        refuse_protected(inventory, target, f"`{command.format(name=name)} --force {name}` does it all the same.")
    except Refused as error:
        app.tell_error(error)
        return False
    return True


def tell_read_only(app: Host, action: Action) -> None:
    """Say that an action changes something, and why it is not done."""
    from voltui.jobs.submit import READ_ONLY_HINT

    app.tell_error(Refused(f"{action.label}: VolTUI is read-only here.", READ_ONLY_HINT))
