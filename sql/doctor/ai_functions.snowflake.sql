-- Whether this role may use the AI functions, and whether the embedding model is alive (Snowflake).
SELECT AI_EMBED(CAST(? AS STRING), 'hello') IS NOT NULL AS embeds,
       AI_SENTIMENT('We are glad.') IS NOT NULL AS judges
