-- Search over what was said in calls, for cs-assets calls similar. Run by SYSADMIN, who owns the
-- service: searches run with the owner's rights, so only the service's own role may ask it. Chunks fit
-- into the vectors' 512 tokens. A source that is a view needs CHANGE_TRACKING, and so do
-- its tables.
USE ROLE SYSADMIN;
CREATE CORTEX SEARCH SERVICE IF NOT EXISTS <% database %>.<% analytics %>.CALL_SEARCH
    ON chunk_text
    ATTRIBUTES call_id, call_date, rep_user_id, customer_id, call_type, deal_stage, outcome
    WAREHOUSE = <% warehouse %>
    TARGET_LAG = '2 hours'
    EMBEDDING_MODEL = 'snowflake-arctic-embed-m-v1.5'
    COMMENT = 'cs_assets: passages of calls'
AS
SELECT k.chunk_text, k.call_id, k.call_date, k.chunk_index, k.first_sentence, k.last_sentence,
       a.rep_user_id, c.customer_id, c.call_type,
       COALESCE(c.deal_stage_at_call, d.deal_stage) AS deal_stage,
       CASE WHEN CONTAINS(LOWER(d.deal_stage), 'won') THEN 'won'
            WHEN CONTAINS(LOWER(d.deal_stage), 'lost') THEN 'lost'
            WHEN d.deal_stage IS NOT NULL THEN 'open' END AS outcome
FROM <% database %>.<% words %>.TRANSCRIPT_CHUNKS k
JOIN <% database %>.<% gong %>.STG_GONG_CALLS c ON c.call_id = k.call_id AND c.call_date = k.call_date
LEFT JOIN <% database %>.<% words %>.CALL_ANALYSIS a ON a.call_id = k.call_id AND a.call_date = k.call_date
LEFT JOIN <% database %>.<% source %>.HUBSPOT_DEALS d ON d.deal_id = c.hubspot_deal_id
WHERE NOT c.is_private;
GRANT USAGE ON CORTEX SEARCH SERVICE <% database %>.<% analytics %>.CALL_SEARCH TO ROLE <% role %>_TRANSFORM;
