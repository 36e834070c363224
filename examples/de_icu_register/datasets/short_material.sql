-- ---
-- description = "Whether any ICU area of a state declares a lack of material"
-- measure = "short_material"
-- ---
SELECT m.place, m.category, m.reference_date,
       CASE WHEN m.value > 0 THEN 1.0 ELSE 0.0 END AS value
FROM units_short_material AS m
JOIN places AS p ON p.place = m.place
WHERE m.value IS NOT NULL AND p.kind = 'region'
