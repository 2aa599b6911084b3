-- Members of solved batches without exactly one outcome, or whose batch no checker confirmed.
SELECT m.batch_id, m.account_id, COUNT(r.account_id) AS outcomes
FROM ops.routing_batches AS m
JOIN analytics.routing_solutions AS s ON s.batch_id = m.batch_id
LEFT JOIN analytics.csm_routing_recommendations AS r
       ON r.batch_id = m.batch_id AND r.account_id = m.account_id AND r.rank = 1
GROUP BY m.batch_id, m.account_id, s.assigned, s.certificate
HAVING COUNT(r.account_id) <> 1
    OR (s.assigned > 0 AND s.certificate NOT LIKE '%"holds": true%')
ORDER BY m.batch_id, m.account_id
