-- What the plan of an organization gives it while the engine is contended: tokens for each token of
-- an organization of weight 1.
alter table organization
  add column weight smallint not null default 1 check (weight between 1 and 100);
grant update (weight) on organization to r1_api;
