-- One row per book of the week: who reads it and what the gate says.
SELECT b.book_id, b.owner_name, b.reader_id, b.reader_why, b.customers, g.verdict, g.reasons
FROM analytics.book_mails b
LEFT JOIN ops.send_gate g
    ON g.kind = 'book' AND g.artefact_id = b.book_id AND g.period_start = b.week_start
WHERE b.week_start = CAST(? AS DATE)
ORDER BY b.book_id
