import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';

/** Switches a panel between its chart and the same numbers as a table. */
export function ViewSwitch({
  table,
  onChange,
}: {
  table: boolean;
  onChange: (table: boolean) => void;
}) {
  const { t } = useTranslation();
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      flex="none"
      leftSection={<Icon name={table ? 'usage' : 'table'} size={15} />}
      onClick={() => {
        onChange(!table);
      }}
    >
      {t(table ? 'panel.asChart' : 'panel.asTable')}
    </Button>
  );
}
