from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from evidence import PUBLIC, Database, Selection, Viewer, connect, items, prepare
from evidence.access.row_security import of_estates
from evidence.database import DatabaseRole, Role, password, role_name
from evidence.published_tables import published_tables
from geo.errors import Refused
from layers._layer import Shown
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
ROLES: tuple[DatabaseRole, ...] = get_args(DatabaseRole)
LAYER = next(iter(LAYERS.values()))
SHOWN = next(layer for layer in LAYERS.values() if isinstance(layer.disclosure, Shown))
RELATIONS = """
    SELECT format('%I.%I', nspname, relname) AS name, nspname AS schema, relkind AS kind,
        EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') AS of_extension
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
    AND nspname !~ '^pg_' AND nspname <> 'information_schema'"""

WRITES = (
    "INSERT INTO {} DEFAULT VALUES",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {} ADD COLUMN more int",
    "DROP TABLE {}",
)


@pytest.fixture
def beside(fresh_database: Any, tmp_path: Path) -> Iterator[Database]:
    """Another database of the same server and the same home."""
    with fresh_database() as url:
        database = connect(url, tmp_path / "home")
        prepare(database, tmp_path / "home")
        yield database
        database.close()


def relations(database: Database) -> list[Any]:
    """Every table, view and sequence that is not the server's own."""
    with database.owner.connect() as connection:
        return list(connection.execute(text(RELATIONS)))


def allowed(engine: Engine, statement: str) -> bool:
    """Whether a role may do something, were it not for its being read-only; it is undone either way."""
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("SET TRANSACTION READ WRITE")
            connection.exec_driver_sql(statement)
        except ProgrammingError as error:
            if isinstance(error.orig, InsufficientPrivilege):
                return False
            raise
        return True


def readable(engine: Engine, known: list[Any]) -> set[str]:
    """The relations of ours, not PostGIS's, that a role may read."""
    return {each.name for each in known if not each.of_extension and allowed(engine, f"SELECT * FROM {each.name}")}


def test_the_public_role_reads_what_is_published_and_nothing_else(settled: Database) -> None:
    """Every table is tried. A bug in a page cannot leak what the role cannot read."""
    known = relations(settled)
    published = {each.name for each in known if each.schema == "published"}
    assert published >= {f"published.{each.name}" for each in published_tables()} >= {f"published.{SHOWN.id}"}
    assert readable(settled.public, known) == {f"published.{each.name}" for each in published_tables()}
    assert {each.schema for each in known if not each.of_extension} == {"evidence", "published", "plans"}


def test_the_analyst_role_reads_the_evidence(settled: Database) -> None:
    """Tables of the evidence, and runs: what is published is the public's, and the log is nobody's."""
    known = relations(settled)
    tables = {each.name for each in known if each.schema == "evidence" and each.kind == "r"}
    assert {f"evidence.{layer.id}" for layer in LAYERS.values()} < tables
    assert readable(settled.analyst, known) == tables | {"plans.run"}


def test_the_officer_role_reads_what_is_secured_by_row(settled: Database) -> None:
    """Layers, survey and homes, and what residents sent: the ledger names files, and the log who saw what."""
    known = relations(settled)
    secured = {f"evidence.{each.name}" for each in of_estates()}
    assert {f"evidence.{layer.id}" for layer in LAYERS.values()} < secured
    assert readable(settled.officer, known) == secured | {"plans.submission", "plans.reply"}


@pytest.mark.parametrize("role", ROLES)
def test_the_reading_roles_write_nowhere(settled: Database, role: str) -> None:
    """No row, no table, no schema; PostGIS's own tables and the sequences included."""
    engine = getattr(settled, role)
    known = relations(settled)
    for each in known:
        if each.kind == "S":
            assert not allowed(engine, f"SELECT nextval('{each.name}')"), each.name
        if each.kind == "r":
            for statement in WRITES:
                assert not allowed(engine, statement.format(each.name)), (each.name, statement)
    for schema in {"public", *(each.schema for each in known)}:
        assert not allowed(engine, f"CREATE TABLE {schema}.more (a int)"), schema
    assert not allowed(engine, "CREATE TEMPORARY TABLE more (a int)")
    assert not allowed(engine, "CREATE SCHEMA more")
    assert not allowed(engine, "CREATE ROLE more")
    assert not allowed(engine, f'ALTER ROLE "{role_name(settled.owner, "officer")}" SUPERUSER')


@pytest.mark.parametrize("role", ROLES)
def test_the_reading_roles_begin_read_only(settled: Database, role: str) -> None:
    """What they may not do by a grant, they would not do by accident either."""
    engine = getattr(settled, role)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"


@pytest.mark.parametrize("role", ROLES)
def test_the_reading_roles_cannot_become_another(settled: Database, role: str) -> None:
    """Neither the other reader nor the owner, nor one that reads the server's files."""
    engine = getattr(settled, role)
    others = (role_name(settled.owner, other) for other in ROLES if other != role)
    for name in (*others, settled.owner.url.username, "pg_read_server_files", "pg_read_all_data"):
        assert not allowed(engine, f'SET ROLE "{name}"')
    assert not allowed(engine, "SELECT pg_read_file('pg_hba.conf')")
    assert not allowed(engine, "COPY (SELECT 1) TO PROGRAM 'true'")


def test_tables_made_later_are_for_the_analyst_alone(world: Database) -> None:
    """A start that adds a table to the evidence need not think of it.

    Officers would see all of a table without row-level security; the public reads what is named.
    """
    with world.owner.begin() as connection:
        connection.execute(text("CREATE TABLE evidence.later (a int)"))
        connection.execute(text("CREATE TABLE published.later (a int)"))
    assert allowed(world.analyst, "SELECT * FROM evidence.later")
    assert not allowed(world.officer, "SELECT * FROM evidence.later")
    assert not allowed(world.public, "SELECT * FROM published.later")
    assert not allowed(world.public, "SELECT * FROM evidence.later")


def test_roles_of_two_databases_on_one_server_are_separate(settled: Database, beside: Database) -> None:
    """Whoever reads one database cannot read the other, not even with the name of the same role."""
    known = relations(settled)
    here = settled.owner.url
    for role in ROLES:
        stranger = getattr(beside, role).url.set(database=here.database)
        engine = create_engine(stranger)
        assert readable(engine, known) == set()
        engine.dispose()
    assert items(beside, OFFICER, LAYER, Selection()).matched == 0


def test_the_reader_is_chosen_by_who_asks(settled: Database) -> None:
    """The engine of a viewer is that of the role, and no other."""
    readers: tuple[tuple[Viewer, DatabaseRole], ...] = (
        (PUBLIC, "public"),
        (Viewer("planner"), "analyst"),
        (OFFICER, "analyst"),
    )
    for viewer, role in readers:
        with settled.reader(viewer).connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == role_name(settled.owner, role)
    with settled.of_patch(OFFICER) as connection:
        assert connection.scalar(text("SELECT current_user")) == role_name(settled.owner, "officer")


def test_who_sees_which_records_singly() -> None:
    """An officer those of the patch, an administrator all, nobody else any; and without a patch there is none."""
    patch = frozenset({"E01"})
    roles: tuple[Role, ...] = get_args(Role)
    assert {role: Viewer(role, estates=patch).patch for role in roles} == {
        "public": frozenset(),
        "planner": frozenset(),
        "officer": patch,
        "administrator": None,
    }
    assert Viewer("officer").patch == frozenset()
    assert Viewer("officer", estates=None).patch is None
    assert Viewer("planner", estates=None).patch == frozenset()


def test_the_key_is_the_owners_alone_and_stays(settled: Database, tmp_path: Path) -> None:
    """Passwords are the same at every start and differ by role, database and home; nobody else reads the key."""
    first, second = tmp_path / "first", tmp_path / "second"
    known = password(settled.owner, "public", first)
    assert password(settled.owner, "public", first) == known
    assert (first / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in first.iterdir()] == ["key"]
    others = {password(settled.owner, role, first) for role in ROLES[1:]} | {password(settled.owner, "public", second)}
    assert len(others | {known}) == 4


def test_several_starts_at_once_end_with_one_key(settled: Database, tmp_path: Path) -> None:
    """Whoever comes second takes the first one's key."""
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: password(settled.owner, "public", tmp_path / "new"), range(32)))
    assert len(found) == 1


@pytest.mark.parametrize("url", ["", "nonsense", "postgresql//host/database"])
def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    """The sentence shows how one looks."""
    with pytest.raises(Refused, match="must look like postgresql://"):
        connect(url, tmp_path)


def test_a_name_that_postgresql_would_cut_short_is_refused(tmp_path: Path) -> None:
    """Cut to 63 bytes, the names of both roles would be one, and the public would read the evidence."""
    connect("postgresql://someone@localhost/" + "x" * 55, tmp_path)
    with pytest.raises(Refused, match="too long"):
        connect("postgresql://someone@localhost/" + "x" * 56, tmp_path)


def test_another_home_has_other_passwords(database_url: str, tmp_path: Path) -> None:
    """A lost key is made anew, and the roles take the new passwords."""
    question = text("SELECT rolpassword FROM pg_authid WHERE starts_with(rolname, current_database())")
    passwords = set()
    for home in (tmp_path / "one", tmp_path / "other", tmp_path / "other"):
        database = connect(database_url, home)
        prepare(database, home)
        with database.owner.connect() as connection:
            passwords.add(frozenset(connection.scalars(question)))
        database.close()
    assert [len(each) for each in passwords] == [3, 3]


def test_roles_that_are_missing_are_made(world: Database, tmp_path: Path) -> None:
    """A database restored on another server has its tables but not its roles."""
    world.close()
    with world.owner.begin() as connection:
        for role in (Identifier(role_name(world.owner, role)) for role in ROLES):
            cursor = connection.connection.cursor()
            cursor.execute(SQL("DROP OWNED BY {}").format(role))
            cursor.execute(SQL("DROP ROLE {}").format(role))
    prepare(world, tmp_path / "home")
    assert items(world, PUBLIC, SHOWN, Selection()).matched == 0
    assert items(world, OFFICER, LAYER, Selection()).matched == 0


def test_a_database_may_have_any_name(database_url: str, tmp_path: Path) -> None:
    """The roles are named after it, so the name goes into statements."""
    plain, name = make_url(database_url), 'it\'s "50%s" at Ämter.live; --'
    postgres = plain.set(drivername="postgresql", database="postgres").render_as_string()
    rename = SQL("ALTER DATABASE {} RENAME TO {}")
    names = Identifier(str(plain.database)), Identifier(name)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(rename.format(*names))
        database = connect(plain.set(database=name).render_as_string(), tmp_path)
        try:
            prepare(database, tmp_path)
            assert items(database, OFFICER, LAYER, Selection()).matched == 0
        finally:
            database.close()
            connection.execute(rename.format(*reversed(names)))


@contextmanager
def owned(url: str, home: Path, attributes: str, owns: bool = True) -> Iterator[Database]:
    """Connect as somebody who is no superuser, and who may own the database."""
    name = Identifier(f"{make_url(url).database}_owner")
    database = Identifier(str(make_url(url).database))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {} LOGIN " + attributes).format(name))
        if owns:
            connection.execute(SQL("ALTER DATABASE {} OWNER TO {}").format(database, name))
        found = connect(make_url(url).set(username=f"{make_url(url).database}_owner").render_as_string(), home)
        yield found
        found.close()
        connection.execute(SQL("ALTER DATABASE {} OWNER TO CURRENT_USER").format(database))


@pytest.mark.parametrize("owns", [True, False])
def test_an_owner_without_enough_rights_is_told_what_to_do(owns: bool, database_url: str, tmp_path: Path) -> None:
    """A sentence for the administrator, and no half of a schema."""
    schemas = text("SELECT nspname FROM pg_namespace WHERE nspname IN ('evidence', 'published')")
    with owned(database_url, tmp_path, "", owns) as database:
        with pytest.raises(Refused, match=r"_owner may not prepare the database.*ALTER ROLE .*_owner. CREATEROLE"):
            prepare(database, tmp_path)
        with database.owner.connect() as connection:
            assert connection.execute(schemas).all() == []


def test_an_owner_who_may_make_roles_need_be_no_superuser(database_url: str, tmp_path: Path) -> None:
    """What the sentence asks the administrator for is enough."""
    with owned(database_url, tmp_path, "CREATEROLE") as database:
        prepare(database, tmp_path)
        assert items(database, OFFICER, LAYER, Selection()).matched == 0
