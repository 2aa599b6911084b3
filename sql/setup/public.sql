-- Every role of an account may use AI by way of PUBLIC; after this step only roles that were given it.
-- It concerns the whole account: other teams lose what they had by PUBLIC. Run by ACCOUNTADMIN.
USE ROLE ACCOUNTADMIN;
REVOKE DATABASE ROLE SNOWFLAKE.CORTEX_USER FROM ROLE PUBLIC;
REVOKE USE AI FUNCTIONS ON ACCOUNT FROM ROLE PUBLIC;
