-- Tokens of some texts as AI functions count them, in their order; without charge. Parameter: the
-- texts, in JSON.
SELECT LENGTH(one.value::STRING) AS characters,
       AI_COUNT_TOKENS('ai_sentiment', one.value::STRING) AS tokens
FROM TABLE(FLATTEN(input => PARSE_JSON(?))) one
ORDER BY one.index
