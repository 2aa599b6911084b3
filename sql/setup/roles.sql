-- One role for each duty, one that the service signs in with, and three for readers. None owns anything,
-- and none has a grant on what is still to come: a table that a newer version brings is granted when
-- this step is run again. Run by SECURITYADMIN.
USE ROLE SECURITYADMIN;
CREATE ROLE IF NOT EXISTS <% role %>_INGEST COMMENT = 'cs_assets: writes raw and staged calls';
CREATE ROLE IF NOT EXISTS <% role %>_TRANSFORM COMMENT = 'cs_assets: reads calls and sources, writes analytics';
CREATE ROLE IF NOT EXISTS <% role %>_READER COMMENT = 'cs_assets: reads views without words and people; for BI';
CREATE ROLE IF NOT EXISTS <% role %>_REPORT COMMENT = 'cs_assets: as READER, and asks agents and Analyst';
CREATE ROLE IF NOT EXISTS <% role %>_PEOPLE COMMENT = 'cs_assets: as READER, and views with people under policies';
CREATE ROLE IF NOT EXISTS <% role %> COMMENT = 'cs_assets: what the service signs in with';
GRANT ROLE <% role %>_READER TO ROLE <% role %>_REPORT;
GRANT ROLE <% role %>_READER TO ROLE <% role %>_PEOPLE;
GRANT ROLE <% role %>_INGEST TO ROLE <% role %>;
GRANT ROLE <% role %>_TRANSFORM TO ROLE <% role %>;
GRANT ROLE <% role %>_REPORT TO ROLE <% role %>;
GRANT ROLE <% role %> TO ROLE SYSADMIN;
GRANT ROLE <% role %>_PEOPLE TO ROLE SYSADMIN;

GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON WAREHOUSE <% warehouse %> TO ROLE <% role %>_READER;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON DATABASE <% database %> TO ROLE <% role %>_READER;

-- Sources are read, never written. Ingestion reads them to tell whose call it was.
GRANT USAGE ON SCHEMA <% database %>.<% source %> TO ROLE <% role %>_INGEST;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.<% source %> TO ROLE <% role %>_INGEST;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% source %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON SCHEMA <% database %>.<% source %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.<% source %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% source %> TO ROLE <% role %>_TRANSFORM;

-- Rows come in through temporary tables, which need no privilege, and a temporary stage.
GRANT USAGE, CREATE STAGE ON SCHEMA <% database %>.<% ops %> TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% ops %> TO ROLE <% role %>_INGEST;
GRANT USAGE, CREATE STAGE ON SCHEMA <% database %>.<% ops %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% ops %> TO ROLE <% role %>_TRANSFORM;

-- Ingestion writes calls; a call that vanishes or turns private is purged from what was made of
-- it, too, and rows that quoted it, of reviews and notes as well, are written again without the quote.
GRANT USAGE ON SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_INGEST;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_INGEST;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_INGEST;
GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_INGEST;
GRANT USAGE ON SCHEMA <% database %>.<% words %> TO ROLE <% role %>_INGEST;
GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% words %> TO ROLE <% role %>_INGEST;

-- Transformation reads calls and writes analytics.
GRANT USAGE ON SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL TABLES IN SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% gong %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_TRANSFORM;
GRANT USAGE ON SCHEMA <% database %>.<% words %> TO ROLE <% role %>_TRANSFORM;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA <% database %>.<% words %> TO ROLE <% role %>_TRANSFORM;

-- Readers see views, each granted by its name in the steps report and people; of ANALYTICS, where
-- agents, Analyst's view and the search over case studies stand, they may use what they are granted.
GRANT USAGE ON SCHEMA <% database %>.<% report %> TO ROLE <% role %>_READER;
GRANT USAGE ON SCHEMA <% database %>.<% analytics %> TO ROLE <% role %>_REPORT;
GRANT USAGE ON SCHEMA <% database %>.<% people %> TO ROLE <% role %>_PEOPLE;
