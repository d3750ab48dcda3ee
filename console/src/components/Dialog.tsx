import { Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A modal dialog whose cross has a name. */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  const { t } = useTranslation();
  return <Modal opened closeButtonProps={{ 'aria-label': t('app.close') }} {...props} />;
}
