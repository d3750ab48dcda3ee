-- What callers call their requests (client_reference, end_user, metadata; JSON): beside the record,
-- whose bytes stay what receipts show. It goes with its day of the journal. Not valid, so that old
-- days are not read: none of them has any.
alter table usage_journal add column labels bytea;
alter table usage_journal add constraint usage_journal_labels_check
  check (octet_length(labels) <= 65536) not valid;
