-- Run once, by the superuser, in the empty database `hoert`: who may do what.
--
-- hoert_owner  owns the tables and changes them; used by `hoert migrate` alone.
-- hoert_app    what the running product is. No superuser, does not bypass row-level security, owns nothing, makes
--              nothing. Which rows of which tables it may read and write is granted by `hoert migrate`, table by table.
CREATE ROLE hoert_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
CREATE ROLE hoert_app   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;

DO $$
BEGIN
  EXECUTE format('ALTER ROLE hoert_owner PASSWORD %L', btrim(pg_read_file('/run/secrets/database_owner_password'), E' \r\n'));
  EXECUTE format('ALTER ROLE hoert_app   PASSWORD %L', btrim(pg_read_file('/run/secrets/database_app_password'), E' \r\n'));
END
$$;

ALTER DATABASE hoert OWNER TO hoert_owner;
REVOKE ALL ON DATABASE hoert FROM PUBLIC;
GRANT CONNECT ON DATABASE hoert TO hoert_app;

ALTER SCHEMA public OWNER TO hoert_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hoert_app;

-- A transaction somebody forgot does not hold the others up for ever.
ALTER ROLE hoert_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE hoert_app SET statement_timeout = '60s';
