"""Entry point that Alembic calls: the connection is handed over by ``vigie.state.migrating``."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], render_as_batch=True, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
