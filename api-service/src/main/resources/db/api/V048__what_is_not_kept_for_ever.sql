-- Changes of keys are told to every replica within a second, and batches that ended are looked at for
-- some weeks: both are removed after a while.
alter table api_key_change add column changed_at timestamptz not null default now();
create index on api_key_change (changed_at);
grant delete on api_key_change to r1_api;

create index batch_ended on batch (ended_at) where ended_at is not null;
grant delete on batch to r1_api;
