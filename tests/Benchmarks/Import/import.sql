-- Reads the file once, validates every row by joins with roster, calendar and code table, inserts the good ones under the
-- unique key. Rows that cannot be parsed are kept by DuckDB in reject_errors.
BEGIN;
CREATE TEMP TABLE staged AS
SELECT st.student, f.date, se.session, sc.school, coalesce(co.mark, 0)::UTINYINT AS mark,
       CASE WHEN st.student IS NULL THEN 'unknown student'
            WHEN sc.school IS NULL THEN 'unknown school'
            WHEN se.session IS NULL THEN 'invalid session'
            WHEN ca.date IS NULL THEN 'outside calendar'
            WHEN e.student IS NULL THEN 'outside enrolment' END AS kept_out,
       co.mark IS NULL AS unknown_code
FROM read_csv('$file', header = true, delim = ',', auto_detect = false, store_rejects = true,
              columns = {'date': 'DATE', 'schoolId': 'VARCHAR', 'studentUniqueId': 'VARCHAR', 'session': 'VARCHAR', 'code': 'VARCHAR'}) f
LEFT JOIN student st ON st.student_unique_id = f.studentUniqueId
LEFT JOIN school sc ON sc.school_id = f.schoolId
LEFT JOIN session se ON se.name = f.session
LEFT JOIN code co ON co.code = f.code
LEFT JOIN calendar ca ON ca.school = sc.school AND ca.date = f.date
LEFT JOIN enrolment e ON e.student = st.student AND e.school = sc.school AND e.entry <= f.date AND e.exit >= f.date;
INSERT INTO attendance SELECT student, date, session, school, mark, 2 FROM staged WHERE kept_out IS NULL;
COMMIT;
