-- ---
-- description = "Vials, syringes and pens issued: the quantity of the file over what one holds; of each trust, and of England as the sum of the trusts that reported"
-- measure = "containers_issued"
-- ---
WITH of_trusts AS (
    SELECT m.place, m.category, m.reference_date, m.value / p.pack_size AS value
    FROM medicine_issued AS m
    JOIN products AS p ON p.product = m.category
    WHERE m.value IS NOT NULL
)
SELECT place, category, reference_date, value FROM of_trusts
UNION ALL
-- England has its own series, so that its forecast rests on its own months: many trusts issue a
-- product only now and then, and their months without a row are unknown, not zero.
SELECT 'ENGLAND' AS place, category, reference_date, sum(value) AS value
FROM of_trusts
GROUP BY category, reference_date
