"""The embedded services on the command line: `python -m backend.embedded --help`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack

from backend.embedded import mail, places, processes, records, secret_files, serve, services
from backend.embedded.errors import EmbeddedError


def run(options: argparse.Namespace) -> int:
    """Run a command with the services; returns its exit code."""
    if not options.command:
        raise EmbeddedError("Say what to run: python -m backend.embedded run -- COMMAND …")
    if options.follow_parent:
        processes.follow_parent()
    profile = places.profile(options.profile)
    places.prepare(profile)
    with ExitStack() as stack:
        if options.alone:
            stack.enter_context(
                processes.holding(
                    profile.folder / "alone.lock",
                    notice=f"Waiting for another run on the profile {profile.name} in this folder to end.",
                )
            )
        signals = serve.Signals()
        values = stack.enter_context(services.running(options.profile, fresh=options.fresh))
        if signals.asked():
            return 130
        return signals.attend(options.command, services.command_environment(options.profile, values))


def start(options: argparse.Namespace) -> int:
    """Start the services and leave them running."""
    services.start(options.profile)
    print(f"Running. Stop them with: python -m backend.embedded stop --profile {options.profile}")
    return 0


def stop(options: argparse.Namespace) -> int:
    """Stop the services, of every profile with --all."""
    names = [options.profile]
    if options.all:
        base = places.VAR / "embedded"
        names = sorted(path.name for path in base.iterdir() if path.is_dir()) if base.is_dir() else []
    for name in names:
        print(f"{name}: {'stopped' if services.stop(name) else 'was not running'}")
    return 0


def status(options: argparse.Namespace) -> int:
    """Say whether the services run and where; exit code 1 if not."""
    profile = places.profile(options.profile)
    if not processes.is_held(profile.keeper):
        print("not running")
        return 1
    state = records.read(profile.state)
    print(f"running: PostgreSQL on 127.0.0.1:{state['postgres']}, Valkey on 127.0.0.1:{state['valkey']}")
    print(f"data in {state['home']}, logs in {profile.log.parent}")
    return 0


def url(options: argparse.Namespace) -> int:
    """Print the address of the database for one login."""
    profile = places.profile(options.profile)
    services.environment(options.profile)
    login = "postgres" if options.login == "admin" else f"shugu_{options.login}"
    print(records.database_url(records.load_secrets(profile), records.read(profile.state)["postgres"], login))
    return 0


def show_mail(options: argparse.Namespace) -> int:
    """Print what the mail catcher has taken."""
    mail.show(places.profile(options.profile).mail, options.last)
    return 0


def main(arguments: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m backend.embedded", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", default="main", help="named set of services with data of its own (main)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run", parents=[shared], help="run a command with the services")
    verb.add_argument("--fresh", action="store_true", help="begin with empty servers (not for main)")
    verb.add_argument("--alone", action="store_true", help="wait for other such runs on the profile to end")
    verb.add_argument("--follow-parent", action="store_true", help="end when the process that started this ends")
    verb.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    verb.set_defaults(do=run)
    verb = verbs.add_parser(
        "serve", parents=[shared], help="run the whole system, until Ctrl-C or for the length of a command"
    )
    verb.add_argument("--port", help="where to listen (PORT, or 8000); 0 takes a free one")
    verb.add_argument("--fresh", action="store_true", help="begin with empty servers (not for main)")
    verb.add_argument("--follow-parent", action="store_true", help="end when the process that started this ends")
    verb.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …", help="{url} stands for the address")
    verb.set_defaults(do=serve.serve)
    verbs.add_parser("start", parents=[shared], help="start the services for good").set_defaults(do=start)
    verb = verbs.add_parser("stop", parents=[shared], help="stop the services")
    verb.add_argument("--all", action="store_true", help="of every profile")
    verb.set_defaults(do=stop)
    verbs.add_parser("status", parents=[shared], help="whether and where they run").set_defaults(do=status)
    verb = verbs.add_parser("mail", parents=[shared], help="print the mail that was kept, the latest at the end")
    verb.add_argument("--last", type=int, default=20, help="so many messages (20)")
    verb.set_defaults(do=show_mail)
    verb = verbs.add_parser("url", parents=[shared], help="print the database's address for a login")
    verb.add_argument("login", choices=["app", "owner", "backup", "admin"])
    verb.set_defaults(do=url)
    options = parser.parse_args(arguments)
    if getattr(options, "command", None) and options.command[0] == "--":
        del options.command[0]
    try:
        secret_files.take(os.environ)
        return int(options.do(options))
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
