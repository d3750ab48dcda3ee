package io.r1platform.api.keys;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tells every replica that budgets have changed, on the way by which changes of keys reach them:
 * billing's database need not be theirs.
 */
@Component
public class BudgetNews {
  private final JdbcClient database;

  BudgetNews(JdbcClient database) {
    this.database = database;
  }

  /** Tells it when the caller's transaction commits; each replica hears {@link BudgetsChanged}. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void tell(long organizationId) {
    database
        .sql("select note_budget_change(?)")
        .param(organizationId)
        .query((row, number) -> true)
        .single();
  }
}
