-- Search over case studies for the agents. Run by SYSADMIN, who owns the service: searches run with
-- the owner's rights. Vectors cover the first 512 tokens of a text only, so what tells most comes
-- first; words are found in all of it. A source that is a view needs CHANGE_TRACKING, and so do
-- its tables.
USE ROLE SYSADMIN;
CREATE CORTEX SEARCH SERVICE IF NOT EXISTS <% database %>.<% analytics %>.CASE_STUDY_SEARCH
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
FROM <% database %>.<% source %>.CASE_STUDIES;
GRANT USAGE ON CORTEX SEARCH SERVICE <% database %>.<% analytics %>.CASE_STUDY_SEARCH TO ROLE <% role %>_REPORT;
