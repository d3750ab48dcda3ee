import { ActionIcon, Badge, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { FILTERS, type Filter, type Selection } from '@/features/usage/search';

interface FiltersProps {
  filters: Selection;
  /** Names that the page knows; an id stands for itself where it knows none. */
  nameOf: (filter: Filter, id: string) => string | undefined;
  onRemove: (filter: Filter) => void;
}

/** The filters in force, each with a button that removes it. */
export function Filters({ filters, nameOf, onRemove }: FiltersProps) {
  const { t } = useTranslation();
  const set = FILTERS.flatMap((filter) => {
    const id = filters[filter];
    return id === undefined ? [] : [{ filter, name: nameOf(filter, id) ?? id }];
  });
  if (set.length === 0) return null;
  return (
    <Group gap="xs">
      {set.map(({ filter, name }) => (
        <Badge
          key={filter}
          size="lg"
          variant="default"
          pr={3}
          rightSection={
            <ActionIcon
              size={24}
              variant="transparent"
              color="gray"
              aria-label={t('filter.remove', { name: `${t(`filter.${filter}`)} ${name}` })}
              onClick={() => {
                onRemove(filter);
              }}
            >
              <Icon name="cross" size={13} />
            </ActionIcon>
          }
        >
          {t(`filter.${filter}`)}: {name}
        </Badge>
      ))}
    </Group>
  );
}
