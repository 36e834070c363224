-- ---
-- description = "Vials, syringes and pens issued: the quantity of the file over what one holds"
-- measure = "containers_issued"
-- ---
SELECT m.place, m.category, m.reference_date, m.value / p.pack_size AS value
FROM medicine_issued AS m
JOIN products AS p ON p.product = m.category
WHERE m.value IS NOT NULL
