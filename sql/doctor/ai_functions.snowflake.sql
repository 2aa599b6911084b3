-- Whether this role may use the AI functions, and whether the embedding model is alive (Snowflake).
-- Parameters: the model.
SELECT AI_EMBED(?, 'hello') IS NOT NULL AS embeds,
       AI_SENTIMENT('We are glad.') IS NOT NULL AS judges
