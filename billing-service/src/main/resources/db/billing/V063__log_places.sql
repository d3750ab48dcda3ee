-- What others read of the log of receipts.

-- Where in the log the records of each journal are; nothing of those that wait. The leaves of a
-- journal are read as one value, and not once for each of them: that is what the offsets are for.
create view log_place as
  select b.journal_id, p.leaf, p.log_index
  from log_batch b
    cross join lateral (
      select substring(whole.leaves from 32 * i + 1 for 32) as leaf, b.first_index + i as log_index
      from (select b.leaves || ''::bytea as leaves offset 0) whole
        cross join generate_series(0, length(b.leaves) / 32 - 1) i
      offset 0) p
  where b.first_index is not null;

-- Journals that the sequencer has still to give their place; none where no log was ever signed.
create view log_waiting as
  select journal_id from log_batch
  where first_index is null and exists (select from log_checkpoint);

create view newest_checkpoint as
  select note from log_checkpoint order by size desc limit 1;

grant select on log_place, log_waiting, newest_checkpoint to r1_billing;
