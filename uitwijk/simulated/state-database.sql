-- Run once in the database `uitwijk` by its administrator. Passwords are set apart: \password uitwijk_operator …
REVOKE ALL ON DATABASE uitwijk FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Whoever runs `pulumi up` owns the table, for the engine insists on making it.
CREATE ROLE uitwijk_operator LOGIN;
CREATE SCHEMA state AUTHORIZATION uitwijk_operator;
ALTER ROLE uitwijk_operator SET search_path = state;

-- The other site's guard and `uitwijk check` read.
CREATE ROLE uitwijk_reader LOGIN;
ALTER ROLE uitwijk_reader SET search_path = state;
ALTER ROLE uitwijk_reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA state TO uitwijk_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE uitwijk_operator IN SCHEMA state GRANT SELECT ON TABLES TO uitwijk_reader;

GRANT CONNECT ON DATABASE uitwijk TO uitwijk_operator, uitwijk_reader;
-- How far the copy is; it shows who is connected, and no data.
GRANT pg_read_all_stats TO uitwijk_operator, uitwijk_reader;

-- The other site fetches the copy.
CREATE ROLE uitwijk_copy LOGIN REPLICATION;
