-- Search over case studies for the agents. Run by SYSADMIN, who owns the service.
-- Searches run with the owner's rights; the text is cut into windows of the embedding model by itself.
USE ROLE SYSADMIN;
CREATE CORTEX SEARCH SERVICE IF NOT EXISTS <% database %>.ANALYTICS.CASE_STUDY_SEARCH
    ON search_text
    ATTRIBUTES case_study_id, industry_vertical, company_size, modules, use_cases, channels_used
    WAREHOUSE = <% warehouse %>
    TARGET_LAG = '1 day'
    EMBEDDING_MODEL = 'snowflake-arctic-embed-m-v1.5'
    COMMENT = 'cs_assets: published case studies'
AS
SELECT case_study_id, title, company_name, industry_vertical, company_size, modules, goal,
       key_results, use_cases, channels_used, published_on,
       title || '. ' || COALESCE(goal, '') || ' ' || key_results || ' ' || content AS search_text
FROM <% database %>.SOURCE.CASE_STUDIES;
USE ROLE SECURITYADMIN;
GRANT USAGE ON CORTEX SEARCH SERVICE <% database %>.ANALYTICS.CASE_STUDY_SEARCH TO ROLE <% role %>_REPORT;
