package io.r1platform.api.upstreams;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Enters models into the catalogue that our own inference-services have and that it does not know:
 * by the name and the number that they have there. Such a model is served as long as a server has
 * it. Servers of others enter nothing.
 */
@Component
class NewModels {
  private static final Logger log = LoggerFactory.getLogger(NewModels.class);
  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}"; // as the table has it

  private final Models models;
  private final Clock clock;
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  NewModels(Models models, Clock clock) {
    this.models = models;
    this.clock = clock;
  }

  /**
   * Enters what is new.
   *
   * @param names by number, of all models that are known
   * @param taken all names and aliases
   */
  void enter(List<OwnUpstreams.Told> told, Map<Integer, String> names, Collection<String> taken) {
    for (OwnUpstreams.Told model : told) {
      Integer number = model.model_id();
      if (number == null || model.id().equals(names.get(number))) {
        continue;
      }
      if (!model.id().matches(NAME)) {
        refuse(model, "a name is a small letter or digit, then up to 63 of a-z 0-9 . _ -");
      } else if (names.containsKey(number)) {
        refuse(model, "the number is that of " + names.get(number));
      } else if (taken.contains(model.id())) {
        refuse(model, "the name is that of another number");
      } else {
        enter(number, model.id());
      }
    }
  }

  private void enter(int number, String name) {
    if (models.enter(number, name, clock.instant()) > 0) {
      log.info("model {} ({}) is entered: an inference-service of ours has it", name, number);
    }
  }

  private void refuse(OwnUpstreams.Told model, String why) {
    if (refused.add(model.id() + " " + model.model_id())) {
      log.error("model {} ({}) is not served: {}", model.id(), model.model_id(), why);
    }
  }
}
