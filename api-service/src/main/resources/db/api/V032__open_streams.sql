-- Every replica asks each second for the streams that are not done; the others only become more.
create index on shipping (replica_id, epoch) where reported_at is null;
create index on shipping (replica_id, epoch) where settled_at is null;
