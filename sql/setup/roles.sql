-- One role for each duty, and one that the service signs in with. None owns a table. Run by
-- SECURITYADMIN, whose MANAGE GRANTS the future grants need.
USE ROLE SECURITYADMIN;
CREATE ROLE IF NOT EXISTS <% role %>_INGEST COMMENT = 'cs_assets: writes raw and staged calls';
CREATE ROLE IF NOT EXISTS <% role %>_TRANSFORM COMMENT = 'cs_assets: reads calls and sources, writes analytics';
CREATE ROLE IF NOT EXISTS <% role %>_REPORT COMMENT = 'cs_assets: reads analytics; for people and agents';
CREATE ROLE IF NOT EXISTS <% role %> COMMENT = 'cs_assets: what the service signs in with';
GRANT ROLE <% role %>_INGEST TO ROLE <% role %>;
GRANT ROLE <% role %>_TRANSFORM TO ROLE <% role %>;
GRANT ROLE <% role %>_REPORT TO ROLE <% role %>;
GRANT ROLE <% role %> TO ROLE SYSADMIN;

GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_REPORT;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_REPORT;

-- Sources are read, never written. Ingestion reads them to tell whose call it was.
GRANT USAGE ON SCHEMA <% database %>.SOURCE TO ROLE <% role %>_INGEST;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_INGEST;
GRANT SELECT ON FUTURE TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_INGEST;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_INGEST;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_INGEST;
GRANT USAGE ON SCHEMA <% database %>.SOURCE TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON FUTURE TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_TRANSFORM;

-- Rows come in through temporary tables and a temporary stage of the session's schema, OPS.
GRANT USAGE, CREATE TABLE, CREATE STAGE ON SCHEMA <% database %>.OPS TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.OPS TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.OPS TO ROLE <% role %>_INGEST;
GRANT USAGE, CREATE TABLE, CREATE STAGE ON SCHEMA <% database %>.OPS TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.OPS TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.OPS TO ROLE <% role %>_TRANSFORM;

-- Ingestion writes calls; a call that vanishes or turns private is purged from what was made of
-- it, too, and rows of other calls that quoted it are written again without the quote.
GRANT USAGE, CREATE VIEW ON SCHEMA <% database %>.GONG TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.GONG TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.GONG TO ROLE <% role %>_INGEST;
GRANT USAGE ON SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_INGEST;
GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_INGEST;
GRANT SELECT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_INGEST;

-- Transformation reads calls and writes analytics.
GRANT USAGE ON SCHEMA <% database %>.GONG TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.GONG TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON FUTURE TABLES IN SCHEMA <% database %>.GONG TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.GONG TO ROLE <% role %>_TRANSFORM;
GRANT USAGE, CREATE VIEW ON SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_TRANSFORM;

-- Reports read analytics and the sources behind the semantic view.
GRANT USAGE ON SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_REPORT;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_REPORT;
GRANT SELECT ON FUTURE TABLES IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_REPORT;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_REPORT;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.ANALYTICS TO ROLE <% role %>_REPORT;
GRANT USAGE ON SCHEMA <% database %>.SOURCE TO ROLE <% role %>_REPORT;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_REPORT;
GRANT SELECT ON FUTURE TABLES IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_REPORT;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_REPORT;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.SOURCE TO ROLE <% role %>_REPORT;
-- Words of calls are for the service alone, not for whoever may read reports.
REVOKE SELECT ON TABLE <% database %>.ANALYTICS.CALL_TEXTS FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON TABLE <% database %>.ANALYTICS.CALL_JUDGE_WORDS FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON TABLE <% database %>.ANALYTICS.TRANSCRIPT_CHUNKS FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON TABLE <% database %>.ANALYTICS.TRANSCRIPT_EMBEDDINGS FROM ROLE <% role %>_REPORT;
