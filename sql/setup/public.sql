-- Every role of an account may use AI by way of PUBLIC; after this step only roles that were given it.
-- It concerns the whole account: other teams lose what they had by PUBLIC. Run by ACCOUNTADMIN.
USE ROLE ACCOUNTADMIN;
-- An account gives it by the role PUBLIC, by Snowflake's application role of that name, which every user has
-- too, or by both. It is taken back from each; one that does not hold it says so in its answer, and nothing
-- happens. The doctor tells what is left.
EXECUTE IMMEDIATE $$BEGIN REVOKE DATABASE ROLE SNOWFLAKE.CORTEX_USER FROM ROLE PUBLIC; EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
EXECUTE IMMEDIATE $$BEGIN REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC; EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
EXECUTE IMMEDIATE $$BEGIN CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('DB_ROLE', 'CORTEX_USER'); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
EXECUTE IMMEDIATE $$BEGIN CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('PRIVILEGE', 'USE_AI_FUNCTIONS'); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;$$;
