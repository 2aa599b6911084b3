-- What earlier versions gave and this one does not: whatever was still to come, and the tables
-- themselves for reports. Where it never was given nothing happens. Run by SECURITYADMIN.
USE ROLE SECURITYADMIN;
REVOKE CREATE TABLE ON SCHEMA <% database %>.<% ops %> FROM ROLE <% role %>_INGEST;
REVOKE CREATE TABLE ON SCHEMA <% database %>.<% ops %> FROM ROLE <% role %>_TRANSFORM;
REVOKE CREATE VIEW ON SCHEMA <% database %>.<% gong %> FROM ROLE <% role %>_INGEST;
REVOKE CREATE VIEW ON SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT ON FUTURE TABLES IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_INGEST;
REVOKE SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_INGEST;
REVOKE SELECT ON FUTURE TABLES IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.<% ops %> FROM ROLE <% role %>_INGEST;
REVOKE SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.<% ops %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.<% gong %> FROM ROLE <% role %>_INGEST;
REVOKE SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_INGEST;
REVOKE INSERT ON ALL TABLES IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_INGEST;
REVOKE SELECT ON FUTURE TABLES IN SCHEMA <% database %>.<% gong %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.<% gong %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_TRANSFORM;
REVOKE SELECT ON FUTURE TABLES IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON FUTURE TABLES IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON FUTURE VIEWS IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON ALL TABLES IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% analytics %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON ALL TABLES IN SCHEMA <% database %>.<% words %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON ALL TABLES IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_REPORT;
REVOKE SELECT ON ALL VIEWS IN SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_REPORT;
REVOKE USAGE ON SCHEMA <% database %>.<% source %> FROM ROLE <% role %>_REPORT;
