import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { Problem } from '@/lib/http';

/** Why a dialog's action was not done, and which field it is about. */
export function FormError({ error }: { error: Error }) {
  const { t } = useTranslation();
  const code = error instanceof Problem ? error.code : 'error';
  return (
    <Alert role="alert" color="red" icon={<Icon name="warning" />}>
      {t('form.failed', { title: error.message, code })}
      {error instanceof Problem && error.detail !== undefined && ` ${error.detail}`}
      {error instanceof Problem && error.param !== undefined && (
        <div>
          {t('form.field')} <span className="mono">{error.param}</span>
        </div>
      )}
    </Alert>
  );
}
