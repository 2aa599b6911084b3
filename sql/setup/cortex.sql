-- AI: functions for the transformer; agents, Analyst and search for reports; nobody the whole of
-- Cortex. Run by ACCOUNTADMIN.
USE ROLE ACCOUNTADMIN;
GRANT USE AI FUNCTIONS ON ACCOUNT TO ROLE <% role %>_TRANSFORM;
GRANT DATABASE ROLE SNOWFLAKE.AI_FUNCTIONS_USER TO ROLE <% role %>_TRANSFORM;
GRANT DATABASE ROLE SNOWFLAKE.CORTEX_EMBED_USER TO ROLE <% role %>_TRANSFORM;
-- What statements and AI functions were billed, to hold beside the project's own ledger: of the whole
-- account. Texts are in it of tasks only (TASK_HISTORY has their SQL); no role gives less.
GRANT DATABASE ROLE SNOWFLAKE.USAGE_VIEWER TO ROLE <% role %>_TRANSFORM;
-- An earlier version gave the service all views, texts of statements too; where not, all is well.
EXECUTE IMMEDIATE $$BEGIN REVOKE IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE FROM ROLE <% role %>; EXCEPTION WHEN OTHER THEN RETURN 'it was not given'; END;$$;
GRANT DATABASE ROLE SNOWFLAKE.CORTEX_AGENT_USER TO ROLE <% role %>_REPORT;
GRANT DATABASE ROLE SNOWFLAKE.CORTEX_ANALYST_USER TO ROLE <% role %>_REPORT;
-- SYSADMIN owns the search service and so embeds what it indexes.
GRANT DATABASE ROLE SNOWFLAKE.CORTEX_EMBED_USER TO ROLE SYSADMIN;
