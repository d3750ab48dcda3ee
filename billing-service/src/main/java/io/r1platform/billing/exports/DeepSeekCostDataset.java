package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.DECIMAL;
import static io.r1platform.billing.exports.Column.Type.TEXT;

import java.util.List;
import org.springframework.stereotype.Component;

/**
 * What usage of a UTC day costs by model and by what pays for it, in the columns of the {@code
 * cost-*.csv} of DeepSeek's export: the same usage at the same prices as {@link DeepSeekDataset}.
 * Credit is known by the ledger's day and kind, and is the organization's; so there is no such file
 * of a project.
 */
@Component
class DeepSeekCostDataset extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("user_id", TEXT, false, "the organization, who pays"),
          new Column("utc_date", TEXT, false, "the UTC day of admission"),
          new Column("model", TEXT, false, "the model's name"),
          new Column(
              "wallet_type",
              TEXT,
              false,
              "Granted: promotional credit, Paid: paid credit, Invoiced: no credit, an invoice has"
                  + " it"),
          new Column("cost", DECIMAL, false, "at the first tier's prices, exact"),
          new Column("currency", TEXT, false, "ISO 4217"));

  private static final String SQL =
      """
      with correction as ( -- a record confirmed late, which the ledger has under another day
        select k.tenant_id, k.version_id, k.admitted_on, k.effective_on, k.amount_pico,
          date_trunc('hour', timestamptz 'epoch' + ('x' || encode(substring(h.record from 49 for 8),
            'hex'))::bit(64)::bigint * interval '1 microsecond', 'UTC') as hour,
          ('x' || encode(substring(h.record from 33 for 8), 'hex'))::bit(64)::bigint as project_id,
          ('x' || encode(substring(h.record from 41 for 8), 'hex'))::bit(64)::bigint as api_key_id,
          ('x' || encode(substring(h.record from 5 for 4), 'hex'))::bit(32)::int as model_id
        from usage_correction k join usage_held h using (held_id)
        where k.effective_on <> k.admitted_on
          and (cast(:organization as bigint) is null
            or k.tenant_id = cast(:organization as bigint))
      ), day as ( -- of the ledger
        select d::date as day
        from generate_series((cast(:from as timestamptz) at time zone 'UTC'),
          (cast(:to as timestamptz) at time zone 'UTC') - interval '1 day', interval '1 day') d
        union
        select effective_on from correction
        where admitted_on >= (cast(:from as timestamptz) at time zone 'UTC')::date
          and admitted_on < (cast(:to as timestamptz) at time zone 'UTC')::date
      ), part as (
        select tenant_id, version_id, (hour at time zone 'UTC')::date as day,
          (hour at time zone 'UTC')::date as admitted_on, hour, project_id, api_key_id, model_id,
          amount
        from usage_hourly
        where hour = any (array(select day::timestamp at time zone 'UTC' + h * interval '1 hour'
            from day cross join generate_series(0, 23) h))
          and (cast(:organization as bigint) is null or tenant_id = cast(:organization as bigint))
        union all
        select k.tenant_id, k.version_id, d.day, k.admitted_on, k.hour, k.project_id, k.api_key_id,
          k.model_id, d.sign * k.amount_pico
        from correction k
          cross join lateral (values (k.admitted_on, -1), (k.effective_on, 1)) as d(day, sign)
        where d.day in (select day from day)
      ), cell as (
        select p.tenant_id, c.currency, p.day, p.admitted_on, p.hour, p.project_id, p.api_key_id,
          p.model_id, sum(p.amount) as amount
        from part p join rate_card_version v using (version_id) join rate_card c using (card_id)
        group by 1, 2, 3, 4, 5, 6, 7, 8
      ), stacked as (
        select c.*, sum(c.amount) over (partition by c.tenant_id, c.currency, c.day
          order by c.hour, c.project_id, c.api_key_id, c.model_id, c.admitted_on
          rows unbounded preceding) as through
        from cell c
      ), drawn as (
        select tenant_id, currency, day, coalesce(sum(amount) filter (where kind = 'PROMO'), 0)
            as granted, sum(amount) as credit
        from credit_drawn
        where day in (select day from day)
          and (cast(:organization as bigint) is null or tenant_id = cast(:organization as bigint))
        group by 1, 2, 3
      ), split as ( -- promotional credit is drawn before paid credit, and both in order of time
        select s.tenant_id, s.currency, s.admitted_on, s.model_id, w.wallet_type,
          sum(least(s.through, w.hi) - greatest(s.through - s.amount, w.lo)) as amount
        from stacked s left join drawn d using (tenant_id, currency, day)
          cross join lateral (values ('Granted', 0, coalesce(d.granted, 0)),
            ('Paid', coalesce(d.granted, 0), coalesce(d.credit, 0)),
            ('Invoiced', coalesce(d.credit, 0), 'Infinity')) as w(wallet_type, lo, hi)
        where least(s.through, w.hi) > greatest(s.through - s.amount, w.lo)
          and s.admitted_on >= (cast(:from as timestamptz) at time zone 'UTC')::date
          and s.admitted_on < (cast(:to as timestamptz) at time zone 'UTC')::date
        group by 1, 2, 3, 4, 5
      )
      select s.tenant_id::text as user_id, s.admitted_on::text as utc_date, m.name as model,
        s.wallet_type, s.amount * 0.000000000001 as cost, s.currency::text as currency
      from split s join model m using (model_id)
      order by s.tenant_id, s.admitted_on, m.name collate "C", s.wallet_type collate "C", s.currency
      """;

  DeepSeekCostDataset() {
    super("deepseek_cost", COLUMNS, SQL);
  }

  @Override
  public boolean ofWholeDays() {
    return true;
  }

  @Override
  public boolean joinsWhatItMade() {
    return true;
  }
}
