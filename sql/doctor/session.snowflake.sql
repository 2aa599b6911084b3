-- Who this session is and where it runs (Snowflake).
SELECT CURRENT_USER() AS user_name, CURRENT_ROLE() AS role_name,
       CURRENT_WAREHOUSE() AS warehouse_name, CURRENT_DATABASE() AS database_name,
       CURRENT_REGION() AS region_name
