-- Vectors of chunks that are no more, or say something else, go. Parameters: first day, last day.
DELETE FROM analytics.transcript_embeddings
WHERE call_date BETWEEN ? AND ?
  AND NOT EXISTS (
      SELECT 1
      FROM analytics.transcript_chunks c
      WHERE c.call_id = transcript_embeddings.call_id
        AND c.call_date = transcript_embeddings.call_date
        AND c.chunk_index = transcript_embeddings.chunk_index
        AND c.text_hash = transcript_embeddings.text_hash
  )
