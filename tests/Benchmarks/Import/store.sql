-- A district's attendance in DuckDB as one would lay it out: surrogate keys, types, one mark per pupil, date and session.
CREATE TABLE school (school INTEGER PRIMARY KEY, school_id VARCHAR NOT NULL UNIQUE);
CREATE TABLE student (student INTEGER PRIMARY KEY, student_unique_id VARCHAR NOT NULL UNIQUE);
-- An open enrolment ends in 9999, so that roster rows join by plain comparisons.
CREATE TABLE enrolment (student INTEGER NOT NULL, school INTEGER NOT NULL, entry DATE NOT NULL, exit DATE NOT NULL);
CREATE TABLE calendar (school INTEGER NOT NULL, date DATE NOT NULL, UNIQUE (school, date));
CREATE TABLE code (code VARCHAR PRIMARY KEY, mark UTINYINT NOT NULL);
CREATE TABLE session (name VARCHAR PRIMARY KEY, session UTINYINT NOT NULL);
CREATE TABLE attendance (
    student INTEGER NOT NULL, date DATE NOT NULL, session UTINYINT NOT NULL,
    school INTEGER NOT NULL, mark UTINYINT NOT NULL, feed USMALLINT NOT NULL);
-- Present, excused, unexcused, tardy as canonical bytes.
INSERT INTO code VALUES ('P', 1), ('E', 53), ('U', 133), ('T', 2);
INSERT INTO session VALUES ('DAY', 0), ('AM', 1), ('PM', 2);
