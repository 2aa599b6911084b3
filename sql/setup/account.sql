-- Warehouse, database and schemas. Run by SYSADMIN.
USE ROLE SYSADMIN;
CREATE WAREHOUSE IF NOT EXISTS <% warehouse %>
    WAREHOUSE_SIZE = 'XSMALL'
    AUTO_SUSPEND = 60
    AUTO_RESUME = TRUE
    INITIALLY_SUSPENDED = TRUE
    STATEMENT_TIMEOUT_IN_SECONDS = 3600
    STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 600
    COMMENT = 'cs_assets: every statement of the platform';
CREATE DATABASE IF NOT EXISTS <% database %> COMMENT = 'cs_assets: calls, customers, reviews, coaching';
CREATE SCHEMA IF NOT EXISTS <% database %>.SOURCE COMMENT = 'Views on what other teams own; read only';
CREATE SCHEMA IF NOT EXISTS <% database %>.GONG COMMENT = 'Calls and transcripts, raw and staged; restricted';
CREATE SCHEMA IF NOT EXISTS <% database %>.ANALYTICS COMMENT = 'What the platform makes';
CREATE SCHEMA IF NOT EXISTS <% database %>.OPS COMMENT = 'Locks, gates, batches and ledgers';
