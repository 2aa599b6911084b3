-- A monthly ceiling for the warehouse's credits. Run by ACCOUNTADMIN. AI credits are not part of it. A
-- warehouse has one monitor: of one that was there already this takes the place.
USE ROLE ACCOUNTADMIN;
CREATE RESOURCE MONITOR IF NOT EXISTS <% warehouse %>_MONITOR
    WITH CREDIT_QUOTA = <% credits %>
    FREQUENCY = MONTHLY
    START_TIMESTAMP = IMMEDIATELY
    TRIGGERS
        ON 75 PERCENT DO NOTIFY
        ON 95 PERCENT DO SUSPEND
        ON 110 PERCENT DO SUSPEND_IMMEDIATE;
ALTER WAREHOUSE <% warehouse %> SET RESOURCE_MONITOR = <% warehouse %>_MONITOR;
