"""What every command has: its options for engine, store and output, and what is made of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from msgspec import Struct
from msgspec.structs import replace

from voltui.cli import complete
from voltui.model.errors import Refused

if TYPE_CHECKING:
    from voltui.config import Settings
    from voltui.engine.adapter import Engine
    from voltui.jobs.common import Common
    from voltui.jobs.directory import JobsDirectory
    from voltui.jobs.keys import Keyring
    from voltui.model.inventory import Inventory
    from voltui.store.local import LocalStore

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class CliContext(Struct, frozen=True, dict=True):
    """The options of one call. Everything else is made when it is first asked for."""

    host: str = ""
    context: str = ""
    store_directory: str = ""
    read_only: bool = False
    as_json: bool = False
    recipients: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    passphrase_file: str = ""

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises `Usage`."""
        from voltui.config import load

        return load(
            host=self.host,
            context=self.context,
            store=self.store_directory,
            read_only=self.read_only,
            recipients=self.recipients,
            identities=self.identities,
            passphrase_file=self.passphrase_file,
        )

    @cached_property
    def store(self) -> LocalStore:
        """The store."""
        from voltui.store.local import LocalStore

        return LocalStore(self.settings.store)

    @cached_property
    def jobs(self) -> JobsDirectory:
        """The jobs of this user."""
        from voltui.jobs.directory import jobs_directory

        return jobs_directory(self.settings.state)

    def with_keys(
        self, *, recipients: tuple[str, ...] = (), identities: tuple[str, ...] = (), passphrase_file: str | None = None
    ) -> CliContext:
        """This context with the keys that options name."""
        return replace(self, recipients=recipients, identities=identities, passphrase_file=passphrase_file or "")

    @property
    def keys(self) -> Keyring:
        """What seals and opens backups."""
        from voltui.jobs.keys import Keyring

        return Keyring.of(self.common, self.settings.state)

    @property
    def common(self) -> Common:
        """What a job needs of the settings."""
        from voltui.jobs.common import Common

        return Common.of(self.settings)

    def ask(self, question: Callable[[Engine], Awaitable[T]]) -> T:
        """The answer of the engine to a coroutine function. What jobs that died have left is cleaned up first."""

        async def run() -> T:
            from voltui.engine.adapter import Engine

            await self.clean_up()
            engine = Engine(self.settings.endpoint)
            try:
                return await question(engine)
            finally:
                engine.close()

        return asyncio.run(run())

    def inventory(self) -> Inventory:
        """What the engine has."""
        return self.ask(lambda engine: engine.inventory())

    def refuse_read_only(self, what: str) -> None:
        """Raise `Refused` where nothing may be changed; ``what`` would be."""
        if self.settings.read_only:
            from voltui.jobs.submit import READ_ONLY_HINT

            raise Refused(f"VolTUI is read-only here: {what}.", READ_ONLY_HINT)

    async def clean_up(self) -> None:
        """Undo what jobs whose process died have left."""
        from voltui.jobs import recover
        from voltui.jobs.owed import is_owed, owed_by

        outcomes = await recover.recover_all(self.jobs, self.settings.endpoint)
        owing = {job: outcome for job, outcome in outcomes.items() if outcome is not None and outcome.undo_owed}
        if warnings := {job: one for job, outcome in owing.items() for one in filter(is_owed, outcome.warnings)}:
            click.echo(f"warning: {owed_by(warnings)}", err=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is replaced or deleted; No is the default. Raises `Refused` for a no, or nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Nobody is there to confirm.", "Say --yes where you are sure.")
    if not click.confirm(question, default=False, err=True):
        raise Refused("It was not confirmed.", "Nothing was changed.")


def with_options(function: F) -> F:
    """Give a command the options that all have; they may stand before the command's name too."""

    @click.option(
        "--host",
        metavar="URL",
        help="The engine: unix:///path, tcp://host:port, ssh://user@host (docker's own choice).",
    )
    @click.option("--context", "docker_context", metavar="NAME", help="The docker context to use (the current one).")
    @click.option(
        "--store",
        metavar="DIR",
        shell_complete=complete.paths,
        help="Where backups are kept (~/.local/share/voltui/store).",
    )
    @click.option("--read-only", is_flag=True, help="Refuse everything that changes something.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @click.pass_context
    def command(
        ctx: click.Context,
        /,
        host: str | None,
        docker_context: str | None,
        store: str | None,
        read_only: bool,
        as_json: bool,
        **rest: Any,
    ) -> Any:
        before = ctx.obj if isinstance(ctx.obj, CliContext) else CliContext()
        ctx.obj = replace(
            before,
            host=host or before.host,
            context=docker_context or before.context,
            store_directory=store or before.store_directory,
            read_only=read_only or before.read_only,
            as_json=as_json or before.as_json,
        )
        ctx.find_root().obj = ctx.obj
        return ctx.invoke(function, ctx.obj, **rest)

    return _wrapped(command, function)


def with_keys(function: F) -> F:
    """Give a command that reads backups the options that name keys, below `with_options`. Secrets stay in files."""

    @click.option(
        "--identity",
        "identities",
        multiple=True,
        metavar="FILE",
        shell_complete=complete.paths,
        help="Secret keys that open encrypted backups.",
    )
    @click.option(
        "--passphrase-file",
        metavar="FILE",
        shell_complete=complete.paths,
        help="A file whose first line is the passphrase.",
    )
    def command(cli: CliContext, /, identities: tuple[str, ...], passphrase_file: str | None, **rest: Any) -> Any:
        return function(cli.with_keys(identities=identities, passphrase_file=passphrase_file), **rest)

    return _wrapped(command, function)


def _wrapped(command: Any, function: F) -> F:
    """The command under the function's name, with the options of both: click hangs them on the function itself."""
    options = [*getattr(function, "__click_params__", ()), *command.__click_params__]
    update_wrapper(command, function)
    command.__click_params__ = options
    return cast(F, command)
