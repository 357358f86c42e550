-- Operating positions, reviews of the master alarm list, and what makes the figures of the alarm system quick to count.

CREATE TABLE operating_position (
  id      text PRIMARY KEY,
  -- The first position that covers an equipment has it.
  place   integer NOT NULL,
  name_zh text NOT NULL CHECK (name_zh <> ''),
  name_en text NOT NULL CHECK (name_en <> ''),
  -- Lines of site, building and class; those that are given must all agree.
  covers  jsonb NOT NULL
);

-- What people decided about an alarm of a class; its technical record lives in the class itself.
CREATE TABLE alarm_review (
  class       text NOT NULL,
  alarm       text NOT NULL,
  owner       text,
  reviewed_on date,
  approved_by text,
  review_due  date,
  updated_by  text NOT NULL CHECK (updated_by <> ''),
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (class, alarm),
  CHECK (review_due IS NULL OR reviewed_on IS NULL OR review_due > reviewed_on)
);

CREATE INDEX alarm_journal_by_time ON alarm_journal (server_time);
-- Only what was announced counts; floods are found again from it after a start.
CREATE INDEX alarm_journal_announced ON alarm_journal (seq, server_time) WHERE change ->> 'announced' = 'true';
