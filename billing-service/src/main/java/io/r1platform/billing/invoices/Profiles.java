package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Who is billed, and how. */
@Component
class Profiles {
  /**
   * A profile; it is copied onto what is finalized.
   *
   * @param address lines, separated by line breaks
   * @param country ISO 3166-1, upper case; decides taxes
   * @param email where invoices go; null: nowhere
   * @param language {@code en} or {@code ko}
   * @param paper {@code A4} or {@code LETTER}
   * @param dueDays days after its issue that an invoice is due
   */
  record Profile(
      String name,
      String address,
      @Nullable String country,
      @Nullable String taxNumber,
      @Nullable String email,
      String language,
      String paper,
      int dueDays) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Profiles(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  Optional<Profile> find(long tenant) {
    return jdbc.sql("select * from billing_profile where tenant_id = ?")
        .param(tenant)
        .query(
            (row, n) ->
                new Profile(
                    row.getString("name"),
                    row.getString("address"),
                    row.getString("country"),
                    row.getString("tax_number"),
                    row.getString("email"),
                    row.getString("language"),
                    row.getString("paper"),
                    row.getInt("due_days")))
        .optional();
  }

  /** The profile, or what stands on an invoice that was waived through without one. */
  Profile of(long tenant) {
    return find(tenant)
        .orElseGet(
            () -> new Profile("Organization " + tenant, "", null, null, null, "en", "A4", 30));
  }

  /** Sets it; what is finalized keeps what it has. */
  void set(long tenant, Profile p, String actor) {
    try {
      jdbc.sql(
              """
              insert into billing_profile (tenant_id, name, address, country, tax_number, email,
                language, paper, due_days, changed_by, changed_at)
              values (:tenant, :name, :address, :country, :tax, :email, :language, :paper, :due,
                :actor, :now)
              on conflict (tenant_id) do update set name = excluded.name,
                address = excluded.address, country = excluded.country,
                tax_number = excluded.tax_number, email = excluded.email,
                language = excluded.language, paper = excluded.paper,
                due_days = excluded.due_days, changed_by = excluded.changed_by,
                changed_at = excluded.changed_at
              """)
          .param("tenant", tenant)
          .param("name", p.name)
          .param("address", p.address)
          .param("country", p.country)
          .param("tax", p.taxNumber)
          .param("email", p.email)
          .param("language", p.language)
          .param("paper", p.paper)
          .param("due", p.dueDays)
          .param("actor", actor)
          .param("now", clock.instant().atOffset(ZoneOffset.UTC))
          .update();
    } catch (DataIntegrityViolationException e) {
      throw ServiceException.invalidRequest(
          "A profile has a name of up to 200 characters, an address of up to 1000, a country of two"
              + " capitals or none, an e-mail address or none, the language en or ko, the paper A4"
              + " or LETTER, and from 0 to 365 due_days.");
    }
  }
}
