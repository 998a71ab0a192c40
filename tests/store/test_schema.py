from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from engine.store import (
    alarm_tables,
    campaign_table,
    cleansing_tables,
    consignment_table,
    contract_tables,
    migrations,
    parcel_tables,
    sheet_table,
    shipment_table,
    stock_tables,
    tables,
    traffic_tables,
)

OURS = tuple(
    one.__name__
    for one in (
        alarm_tables,
        campaign_table,
        cleansing_tables,
        consignment_table,
        contract_tables,
        parcel_tables,
        sheet_table,
        shipment_table,
        stock_tables,
        tables,
        traffic_tables,
    )
)


def migrated(folder: Path) -> str:
    url = f"sqlite:///{folder / 'orderloom.db'}"
    migrations.migrate(url)
    return url


def test_the_migrated_schema_is_that_of_the_models(tmp_path: Path) -> None:
    engine = create_engine(migrated(tmp_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_the_migrated_tables_are_made_as_the_models_make_them(tmp_path: Path) -> None:
    """What Alembic does not compare: partial indexes, tables without row ids."""
    (tmp_path / "models").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path / 'models' / 'orderloom.db'}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    migrated(tmp_path)
    assert statements(tmp_path / "orderloom.db") == statements(tmp_path / "models" / "orderloom.db")


def test_a_schema_that_lacks_a_column_is_noticed(tmp_path: Path) -> None:
    """Negative control of the comparison above."""
    engine = create_engine(migrated(tmp_path))
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE run DROP COLUMN fingerprint")
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) != []
    engine.dispose()


def test_a_database_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "old" / "orderloom.db"
    file.parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = f"sqlite:///{file}"
    command.upgrade(config, "0001")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO event VALUES (7, 'f', 1, 't', 'k', 'o', 0, 'hook', 1, 0, 1, x'00')")
        connection.commit()
    assert not migrations.is_current(file)
    migrations.migrate(f"sqlite:///{file}")
    assert migrations.is_current(file)
    migrated(tmp_path)
    assert statements(file) == statements(tmp_path / "orderloom.db")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id FROM event INDEXED BY event_passes WHERE passes").fetchall() == [(7,)]


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    url = migrated(tmp_path)
    before = statements(tmp_path / "orderloom.db")
    migrations.migrate(url)
    assert statements(tmp_path / "orderloom.db") == before


def test_the_head_named_in_the_code_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_only_a_migrated_database_counts_as_current(tmp_path: Path) -> None:
    file = tmp_path / "orderloom.db"
    assert not migrations.is_current(file)
    sqlite3.connect(file).close()
    assert not migrations.is_current(file)
    migrated(tmp_path)
    assert migrations.is_current(file)


def test_every_model_has_its_table(tmp_path: Path) -> None:
    engine = create_engine(migrated(tmp_path))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    assert {model.__tablename__ for model in SQLModel.__subclasses__() if model.__module__ in OURS} == names - {"alembic_version"}


def statements(file: Path) -> list[str]:
    """What made the tables and indexes, as one reads it: without the layout, which differs."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'").fetchall()
    connection.close()
    return sorted("".join(row[0].split()).lower() for row in rows)
