"""Loaded by Python before a step's program: no connection to PostgreSQL is used on another server than the run's.

It may be the reader's own, however the program has come to its address.
"""

import os
import sys


def comparable(place):
    """The same for all names of this machine, and for a server of Neon's and its pooler."""
    host, _, port = place.lower().rpartition(" ")
    if host.startswith("127.") or host in ("::1", "0.0.0.0", "::"):
        host = "localhost"
    return host.replace("-pooler.", ".", 1), port


def message(place):
    """Says what is wrong with the server at a place, in the form of the run's; nothing if it is the run's."""
    if comparable(place) == comparable(os.environ.get("GUIDE_SERVER", "")):
        return None
    where = ":".join(place.rsplit(" ", 1))
    return f"{where} is not the server of this run. It may be your own. Connect to DATABASE_URL."


def place_in(connection):
    """Where a connection leads, of psycopg2 and psycopg."""
    return f"{connection.info.host} {connection.info.port}"


def guard(connect, place_of):
    def guarded(*words, **named):
        connection = connect(*words, **named)
        wrong = message(place_of(connection))
        if wrong:
            connection.close()
            raise ConnectionRefusedError(wrong)
        return connection

    return guarded


def guard_async(connect, place_of):
    async def guarded(*words, **named):
        connection = await connect(*words, **named)
        wrong = message(place_of(connection))
        if wrong:
            await connection.close()
            raise ConnectionRefusedError(wrong)
        return connection

    return guarded


def guard_psycopg2(module):
    module.connect = guard(module.connect, place_in)


def guard_psycopg(module):
    for kind, guarding in ((module.Connection, guard), (module.AsyncConnection, guard_async)):
        kind.connect = classmethod(guarding(kind.connect.__func__, place_in))
    module.connect = module.Connection.connect


def guard_asyncpg(module):
    def place_of(connection):
        address = connection._addr
        if isinstance(address, str):
            return address.replace("/.s.PGSQL.", " ")
        return f"{address[0]} {address[1]}"

    module.connect = guard_async(module.connect, place_of)


class Finder:
    """Finds a module as Python does, and has it guarded when it has been loaded."""

    guards = {
        "psycopg2": guard_psycopg2,
        "psycopg": guard_psycopg,
        "asyncpg.connection": guard_asyncpg,
    }

    def find_spec(self, name, path=None, target=None):
        guarding = self.guards.pop(name, None)
        if guarding is None:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            guarding(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Finder())
