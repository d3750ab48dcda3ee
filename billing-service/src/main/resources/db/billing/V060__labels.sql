-- What callers call their requests, beside the records: those never change, while these are let go
-- of after some time, and may be erased.
create table usage_label (
  bucket date not null,
  event_id uuid not null,
  client_reference text null check (length(client_reference) between 1 and 512),
  end_user text null check (length(end_user) between 1 and 512),
  metadata jsonb null check (jsonb_typeof(metadata) = 'object'),
  primary key (bucket, event_id)
);

-- The part of usage_hourly whose callers said for whom they asked.
create table usage_hourly_user (
  tenant_id bigint not null,
  hour timestamptz not null,
  project_id bigint not null,
  api_key_id bigint not null,
  model_id int not null,
  version_id bigint not null,
  win int not null,
  batch boolean not null,
  end_user text not null check (length(end_user) between 1 and 512),
  requests bigint not null,
  tok_hit bigint not null,
  tok_miss bigint not null,
  tok_reason bigint not null,
  tok_answer bigint not null,
  waived_in bigint not null,
  waived_out bigint not null,
  cancelled bigint not null,
  amount numeric(38,0) not null,
  primary key (tenant_id, hour, project_id, api_key_id, model_id, version_id, win, batch, end_user)
) with (fillfactor = 70);
create index on usage_hourly_user (hour);

-- The same of held records, for whoever confirms one.
create table usage_held_label (
  held_id bigint primary key references usage_held,
  day date not null,
  labels bytea not null check (octet_length(labels) <= 65536)
);
create index on usage_held_label (day);
comment on column usage_held_label.day is 'UTC day of the id, or on which it was held if that is less';
comment on column usage_held_label.labels is 'JSON, in UTF-8';

-- named_usage by end user: those that are known, and all less those, so that both views add up to
-- the same whatever has been let go of.
create view named_user_usage as
  select tenant_id, hour, project_id, api_key_id, model_id, model, version_id, win, currency,
    requests, cancelled, tok_hit, tok_miss, tok_reason, tok_answer, amount, batch,
    null::text as end_user
  from named_usage
  union all
  select u.tenant_id, u.hour, u.project_id, u.api_key_id, u.model_id, m.name, u.version_id, u.win,
    c.currency, s.sign * u.requests, s.sign * u.cancelled, s.sign * u.tok_hit,
    s.sign * u.tok_miss, s.sign * u.tok_reason, s.sign * u.tok_answer, s.sign * u.amount, u.batch,
    case s.sign when 1 then u.end_user end
  from usage_hourly_user u
    join model m using (model_id)
    join rate_card_version v using (version_id)
    join rate_card c using (card_id)
    cross join (values (1), (-1)) as s(sign);

create view user_usage_line as
  select u.tenant_id, u.hour, u.project_id, u.api_key_id, u.model, u.version_id, u.currency, l.sku,
    l.tokens * p.unit_pico::numeric as amount, u.batch, u.end_user
  from named_user_usage u
    cross join lateral (values ('HIT', u.tok_hit), ('MISS', u.tok_miss),
      ('REASONING', u.tok_reason), ('ANSWER', u.tok_answer)) as t(kind, tokens)
    cross join lateral (
      select t.kind || case when u.batch then '_BATCH' else '' end as sku, t.tokens) as l
    join unit_price p on p.version_id = u.version_id and p.model_id = u.model_id and p.win = u.win
      and p.sku = l.sku
  where l.tokens <> 0;

grant select, insert, delete on usage_label, usage_held_label to r1_billing;
grant select, insert, update, delete on usage_hourly_user to r1_billing;
grant select on named_user_usage, user_usage_line to r1_billing;
