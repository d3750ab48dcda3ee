-- What a batch of usage pays for beside its rows.
--
-- A foreign key is checked row by row. Whatever is posted is summed by hour in the same transaction,
-- so checking the sums' version checks the records' too, fifty rows instead of thousands.
alter table usage_record drop constraint usage_record_version_id_fkey;
alter table usage_hourly add foreign key (version_id) references rate_card_version;
comment on column usage_record.version_id is 'a rate_card_version; usage_hourly has its foreign key';

-- An index whose predicate reads a column that an update changes makes PostgreSQL write a new entry
-- into each index of the table for each update. A stored column that says the same and hardly ever
-- changes lets it update in place (HOT), if the row's page has room.
alter table lease
  add column holds boolean not null generated always as (granted > spent + returned) stored;
comment on column lease.holds is 'something of it is neither spent nor returned';
drop index lease_replica_id_epoch_idx;
drop index lease_recalled;
create index on lease (replica_id, epoch) where holds;
create index lease_recalled on lease (replica_id, epoch) where recalled and holds;

alter table budget_period
  add column lends boolean not null generated always as (leased > 0) stored;
drop index budget_period_upper_idx;
create index on budget_period (upper(period)) where lends;

alter table credit_grant
  add column pays boolean not null generated always as (remaining > 0) stored;
drop index credit_grant_tenant_id_idx;
create index on credit_grant (tenant_id) where pays;

alter table lease set (fillfactor = 50);
alter table budget_period set (fillfactor = 50);
alter table credit_grant set (fillfactor = 50);
alter table usage_hourly set (fillfactor = 70);
alter table account_day set (fillfactor = 70);
