-- Every role of an account may use AI by way of PUBLIC; after this step only roles that were given it.
-- It concerns the whole account: other teams lose what they had by PUBLIC. Run by ACCOUNTADMIN.
USE ROLE ACCOUNTADMIN;
REVOKE DATABASE ROLE SNOWFLAKE.CORTEX_USER FROM ROLE PUBLIC;
REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC;
-- Where Snowflake's application role PUBLIC, which every user has, holds the same, it is taken back there
-- too; where it does not, the answer says so and nothing happens. The doctor tells what is left.
EXECUTE IMMEDIATE $$BEGIN CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('DB_ROLE', 'CORTEX_USER'); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
EXECUTE IMMEDIATE $$BEGIN CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('PRIVILEGE', 'USE_AI_FUNCTIONS'); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
