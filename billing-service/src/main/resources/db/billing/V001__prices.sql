-- The price book. A published version never changes: requests are charged by its hash for ever.
create domain pico as numeric(38, 0);

create table model (
  model_id int primary key,
  name text not null unique
);

create table rate_card (
  card_id bigint primary key,
  tenant_id bigint null,
  currency char(3) not null,
  name text not null,
  reference boolean not null default false
);
comment on column rate_card.tenant_id is 'null: a public list';
comment on column rate_card.reference is 'true: for comparison only, never charged';

create table rate_card_version (
  version_id bigint primary key,
  card_id bigint not null references rate_card,
  valid tstzrange not null check (not isempty(valid) and not lower_inf(valid) and lower_inc(valid)),
  published_at timestamptz null,
  content_sha256 bytea null unique check (length(content_sha256) = 32),
  check ((published_at is null) = (content_sha256 is null)),
  exclude using gist (card_id with =, valid with &&) where (published_at is not null)
);

create table price (
  version_id bigint not null references rate_card_version,
  model_id int not null references model,
  sku text not null check (sku in ('HIT', 'MISS', 'REASONING', 'ANSWER')),
  win int not null check (win = 0),
  unit_pico bigint not null check (unit_pico >= 0),
  primary key (version_id, model_id, sku, win)
);
comment on column price.win is 'price window; 0: any time, the only one so far';

-- What content_sha256 covers: the card, the lower bound and every price, one a line.
create function price_version_text(asked bigint) returns text
language sql stable as $$
  select format(E'r1-prices-1\ncard %s\ncurrency %s\nreference %s\nvalid_from %s\n',
      c.name, c.currency, c.reference,
      to_char(lower(v.valid) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    || coalesce((select string_agg(
          format(E'%s %s %s %s %s\n', p.model_id, m.name, p.sku, p.win, p.unit_pico), ''
          order by p.model_id, p.sku collate "C", p.win)
        from price p join model m using (model_id) where p.version_id = v.version_id), '')
  from rate_card_version v join rate_card c using (card_id)
  where v.version_id = asked
$$;

create function guard_rate_card_version() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.published_at is null then
    if new.published_at is not null then
      new.content_sha256 := sha256(convert_to(price_version_text(new.version_id), 'UTF8'));
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' and old.published_at is null then
    return old;
  end if;
  if tg_op = 'INSERT' then
    if new.published_at is not null then
      raise exception 'version % must be published by an update, after its prices', new.version_id;
    end if;
    return new;
  end if;
  if tg_op = 'UPDATE'
      and (new.version_id, new.card_id, new.published_at, new.content_sha256, lower(new.valid))
        = (old.version_id, old.card_id, old.published_at, old.content_sha256, lower(old.valid))
      and upper_inf(old.valid) and upper(new.valid) >= now() + interval '5 minutes' then
    return new;
  end if;
  raise exception 'version % is published: only its open end may be closed, 5 minutes ahead',
    old.version_id;
end
$$;

create trigger guard before insert or update or delete on rate_card_version
  for each row execute function guard_rate_card_version();

create function guard_price() returns trigger
language plpgsql as $$
begin
  if exists (
      select from rate_card_version
      where published_at is not null
        and version_id in (
          case when tg_op <> 'INSERT' then old.version_id end,
          case when tg_op <> 'DELETE' then new.version_id end)) then
    raise exception 'a published price cannot change';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger guard before insert or update or delete on price
  for each row execute function guard_price();

-- A card's and a model's name are part of the hash.
create function guard_price_names() returns trigger
language plpgsql as $$
begin
  raise exception '% is named by published prices and cannot change', tg_table_name;
end
$$;

create trigger guard before update or delete on rate_card
  for each row execute function guard_price_names();
create trigger guard before update or delete on model
  for each row execute function guard_price_names();

create function refuse_truncate() returns trigger
language plpgsql as $$
begin
  raise exception '% cannot be truncated', tg_table_name;
end
$$;

create trigger refuse_truncate before truncate on rate_card_version
  for each statement execute function refuse_truncate();
create trigger refuse_truncate before truncate on price
  for each statement execute function refuse_truncate();

-- The first price book. USD per 1M tokens = pico-dollars per token / 10^6.
insert into model (model_id, name) values (1, 'deepseek-r1'), (2, 'r1-nano'), (100, 'o1');

insert into rate_card (card_id, currency, name, reference) values
  (1, 'USD', 'DeepSeek-R1 list', false),
  (2, 'USD', 'OpenAI o1 list (reference, dated 2025-01-20)', true);

insert into rate_card_version (version_id, card_id, valid) values
  (1, 1, tstzrange('2025-01-20T00:00:00Z', null)),
  (2, 2, tstzrange('2025-01-20T00:00:00Z', null));

insert into price (version_id, model_id, sku, win, unit_pico)
  select 1, model_id, sku, 0, unit_pico
  from (values (1), (2)) as r1(model_id),
    (values ('HIT', 140000), ('MISS', 550000), ('REASONING', 2190000), ('ANSWER', 2190000))
      as list(sku, unit_pico);

insert into price (version_id, model_id, sku, win, unit_pico) values
  (2, 100, 'HIT', 0, 7500000),
  (2, 100, 'MISS', 0, 15000000),
  (2, 100, 'REASONING', 0, 60000000),
  (2, 100, 'ANSWER', 0, 60000000);

update rate_card_version set published_at = '2025-01-20T00:00:00Z';

grant select on model, rate_card, rate_card_version, price to r1_billing;
