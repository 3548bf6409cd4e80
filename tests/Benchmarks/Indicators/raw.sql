-- What a district sends: who is enrolled where, when each school is open, and the marks as canonical bytes
-- (category in the low three bits: 1 present, 2 late, 3 left early, 4 partial, 5 absent, 6 not required; reason above).
CREATE TABLE school (school INTEGER, sessions UTINYINT);
CREATE TABLE calendar (school INTEGER, date DATE);
CREATE TABLE enrolment (pupil INTEGER, school INTEGER, entry DATE, exit DATE);
-- pm is null where the school records the whole day.
CREATE TABLE mark (pupil INTEGER, school INTEGER, date DATE, am UTINYINT, pm UTINYINT);
