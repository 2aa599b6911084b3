-- Warehouse, database and schemas. Run by SYSADMIN.
USE ROLE SYSADMIN;
-- Of the first generation: one credit an hour. Left out, Snowflake makes one of the second, which takes
-- 1.35 (1.25 on Azure), and most of the bill are starts, which no hardware shortens.
CREATE WAREHOUSE IF NOT EXISTS <% warehouse %>
    WAREHOUSE_SIZE = 'XSMALL'
    GENERATION = '1'
    AUTO_SUSPEND = <% auto_suspend %>
    AUTO_RESUME = TRUE
    INITIALLY_SUSPENDED = TRUE
    STATEMENT_TIMEOUT_IN_SECONDS = <% statement_timeout %>
    STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 600
    COMMENT = 'cs_assets: every statement of the platform';
-- One that is there already gets these too, and keeps its size and generation.
ALTER WAREHOUSE <% warehouse %> SET AUTO_SUSPEND = <% auto_suspend %> AUTO_RESUME = TRUE STATEMENT_TIMEOUT_IN_SECONDS = <% statement_timeout %> STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 600;
CREATE DATABASE IF NOT EXISTS <% database %> COMMENT = 'cs_assets: calls, customers, reviews, coaching';
CREATE SCHEMA IF NOT EXISTS <% database %>.<% source %> COMMENT = 'Views on what other teams own; read only';
-- What people said: kept out of Fail-safe, and one day in Time Travel.
CREATE TRANSIENT SCHEMA IF NOT EXISTS <% database %>.<% gong %> DATA_RETENTION_TIME_IN_DAYS = 1 COMMENT = 'Calls and transcripts, raw and staged: words and people';
CREATE TRANSIENT SCHEMA IF NOT EXISTS <% database %>.<% words %> DATA_RETENTION_TIME_IN_DAYS = 1 COMMENT = 'What was made of the words of calls';
CREATE SCHEMA IF NOT EXISTS <% database %>.<% analytics %> COMMENT = 'What the platform makes: tables without words; public views, searches, agents';
CREATE SCHEMA IF NOT EXISTS <% database %>.<% ops %> COMMENT = 'Locks, gates, batches, ledgers, and what people decided';
CREATE SCHEMA IF NOT EXISTS <% database %>.<% report %> COMMENT = 'Views for reports and BI: no words, no people';
CREATE SCHEMA IF NOT EXISTS <% database %>.<% people %> COMMENT = 'Views with people, under policies: no words';
