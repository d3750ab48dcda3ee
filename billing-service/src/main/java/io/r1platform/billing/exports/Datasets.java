package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The datasets by name. */
@Component
class Datasets {
  private final Map<String, Dataset> byName = new TreeMap<>();

  Datasets(List<Dataset> datasets) {
    for (Dataset dataset : datasets) {
      if (byName.put(dataset.name(), dataset) != null) {
        throw new IllegalStateException("two datasets are named " + dataset.name());
      }
    }
  }

  /**
   * The dataset of this name.
   *
   * @throws ServiceException {@code unknown_dataset}, with the names that there are
   */
  Dataset named(String name) {
    Dataset dataset = byName.get(name);
    if (dataset == null) {
      throw ServiceException.unknownDataset(name, String.join(", ", byName.keySet()));
    }
    return dataset;
  }

  /** All of them, by name. */
  List<Dataset> all() {
    return List.copyOf(byName.values());
  }

  /** Names of those that can be of one project. */
  List<String> ofProjects() {
    return byName.values().stream().filter(Dataset::hasProjects).map(Dataset::name).toList();
  }
}
