-- When an instance began. Its death explains a missing receipt only of a request that it can have
-- served. Null: reported before this column existed; such a death explains nothing.
alter table engine_instance add column started_at timestamptz null;
alter table engine_instance add check (started_at is null or ended_at is not null);
