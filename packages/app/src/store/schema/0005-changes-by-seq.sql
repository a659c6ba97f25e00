-- The inbox walks what is new since the last look and passes over what its reader wrote: it has to see whose it is without
-- reading each change.
DROP INDEX changes_by_seq;
CREATE INDEX changes_by_seq ON changes (seq, target, author, subject);
-- What is written here is stamped later than everything that has come here.
CREATE INDEX changes_by_hlc ON changes (hlc);
