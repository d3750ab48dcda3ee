-- What others read of the log of receipts.

-- Where in the log the records of a journal are: nothing while it waits. Its leaves are read as one
-- value, and not once for each of them.
create function log_places(of_journal uuid) returns table (leaf bytea, log_index bigint)
language plpgsql stable as $$
declare
  first bigint;
  batch bytea;
begin
  select b.first_index, b.leaves || ''::bytea into first, batch
    from log_batch b where b.journal_id = of_journal and b.first_index is not null;
  return query
    select substring(batch from 32 * i + 1 for 32), first + i
    from generate_series(0, length(batch) / 32 - 1) i;
end
$$;

-- Journals that the sequencer has still to give their place; none where no log was ever signed.
create view log_waiting as
  select journal_id from log_batch
  where first_index is null and exists (select from log_checkpoint);

create view newest_checkpoint as
  select note from log_checkpoint order by size desc limit 1;

grant select on log_waiting, newest_checkpoint to r1_billing;
